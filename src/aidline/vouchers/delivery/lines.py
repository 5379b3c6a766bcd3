"""The ways by which a voucher can come to a person, in the order in which they are tried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aidline.channels.contract import Capabilities, Kind, Scheme
from aidline.channels.models import Channel, Template
from aidline.channels.registry import BadConfig, capabilities_of
from aidline.conversations.sending import WINDOW_MARGIN
from aidline.kernel import languages
from aidline.vouchers.models import Programme, Registration

FAMILY = "voucher_ready"  # of the template that asks, unless the programme names another


@dataclass(frozen=True, slots=True)
class Line:
    """A channel as a delivery needs it. `templates`: by family and our code of the language."""

    channel: Channel
    able: Capabilities
    templates: Mapping[tuple[str, str], Template]

    def window_open(self, until: datetime | None, at: datetime) -> bool:
        """For what answers nobody; `until` is when people's answers must have been given."""
        able = self.able
        if able.reply_window is None:
            return True
        earlier = able.reply_window - (able.automatic_window or able.reply_window)
        return bool(until and until - earlier - WINDOW_MARGIN > at)

    @property
    def takes_pictures(self) -> bool:
        limit = self.able.media.get(Kind.IMAGE)
        return Kind.IMAGE in self.able.outbound and limit is not None and "image/png" in limit.mimes

    def template(self, programme: Programme, codes: Sequence[str]) -> Template | None:
        family = (programme.texts.get("template") or {}).get("family") or FAMILY
        return next((found for code in codes if (found := self.templates.get((family, code)))), None)


def lines_of(centre_id: UUID) -> dict[UUID, Line]:
    """The open channels by which one may reach out: not a page that somebody may have closed."""
    found: dict[UUID, Line] = {}
    for channel in Channel.objects.filter(centre=centre_id, is_open=True).order_by("name"):
        able = _able(channel)
        if able and set(able.schemes) != {Scheme.WEBCHAT}:
            found[channel.pk] = Line(channel, able, _approved(channel) if able.templates else {})
    return found


def ways(registration: Registration, lines: Mapping[UUID, Line]) -> list[Line]:
    """Their own channel, then whatever else reaches the same address without being answered first."""
    own = lines.get(registration.channel_id) if registration.channel_id else None
    if registration.address is None:
        return []
    scheme = Scheme(registration.address.scheme)
    others = [line for line in lines.values() if line is not own and _reaches(line, scheme)]
    return ([own] if own else []) + others


def _reaches(line: Line, scheme: Scheme) -> bool:
    able = line.able
    return scheme in able.schemes and able.reply_window is None and Kind.TEXT in able.outbound


def _able(channel: Channel) -> Capabilities | None:
    try:
        return capabilities_of(channel.provider, channel.config) if channel.config_sealed else None
    except BadConfig:
        return None


def _approved(channel: Channel) -> dict[tuple[str, str], Template]:
    rows = Template.objects.filter(channel=channel, state=Template.State.APPROVED).order_by("-name")
    return {(row.family, languages.match(row.language)): row for row in rows}
