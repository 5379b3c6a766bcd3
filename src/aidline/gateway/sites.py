"""A channel as a telephone line: its provider, its settings and the addresses at which it asks us."""

from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from urllib.parse import urlencode
from uuid import UUID

from aidline.calls.lines import line_of
from aidline.calls.models import Call, Leg, PhoneLine
from aidline.centres.models import Centre
from aidline.centres.timetables import is_open
from aidline.channels.contract.voice import ControlsCalls, TakesCalls, Voice, voice_address
from aidline.channels.hooks import hook_url
from aidline.channels.models import Channel
from aidline.channels.registry import BadConfig
from aidline.gateway.lines import provider_of
from aidline.kernel.clock import now

FRESH_SECONDS = 5.0


class NoTelephone(Exception):
    """This channel takes no calls, or not with these settings."""


@dataclass(frozen=True, slots=True)
class Site:
    channel: Channel
    centre: Centre
    line: PhoneLine
    provider: TakesCalls
    told: str  # where callbacks go: the ordinary hook

    @property
    def voice(self) -> Voice:
        return self.provider.voice

    @property
    def connects(self) -> bool:
        """Agents can answer here. Where they cannot, callers leave a message."""
        return self.voice.rooms and bool(self.voice.softphone) and isinstance(self.provider, ControlsCalls)

    def address(self, what: str, **query: object) -> str:
        url = voice_address(self.told, what)
        return f"{url}?{urlencode(query)}" if query else url

    def turn(self, call: Call) -> str:
        return self.address("turn", call=call.pk, at=call.step)

    def now(self, call: Call) -> str:
        return self.address("now", call=call.pk)

    def after(self, leg: Leg) -> str:
        return self.address("turn", leg=leg.pk)

    def is_open(self, at: datetime | None = None) -> bool:
        return self.channel.is_open and is_open(self.centre, self.channel.pk, at or now())


_known: dict[UUID, tuple[float, Site]] = {}


def site_of(channel_id: UUID) -> Site:
    """Read again every few seconds: a turn of a call needs no look at its settings. Raises `NoTelephone`."""
    read_at, site = _known.get(channel_id, (0.0, None))
    if site is None or monotonic() - read_at > FRESH_SECONDS:
        site = _read(channel_id)
        _known[channel_id] = monotonic(), site
    return site


def connects(channel_id: UUID) -> bool:
    """Whether agents can talk on it; not where its settings cannot even be read."""
    try:
        return site_of(channel_id).connects
    except (NoTelephone, BadConfig):
        return False


def remembered(channel_id: UUID) -> Site | None:
    """What was known last, without the database."""
    found = _known.get(channel_id)
    return found[1] if found else None


def forget() -> None:
    _known.clear()


def _read(channel_id: UUID) -> Site:
    channel = Channel.objects.select_related("centre").filter(pk=channel_id).first()
    provider: object = provider_of(channel) if channel else None
    if channel is None or not isinstance(provider, TakesCalls) or not provider.takes_calls:
        raise NoTelephone
    return Site(channel, channel.centre, line_of(channel), provider, hook_url(channel))
