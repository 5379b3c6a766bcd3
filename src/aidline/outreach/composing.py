"""What somebody gets: the words of their language and channel, or why there are none."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from aidline.centres.models import Centre
from aidline.channels.contract import Capabilities, Kind, Scheme
from aidline.channels.models import Channel, Template
from aidline.channels.registry import BadConfig, capabilities_of
from aidline.conversations.sending import WINDOW_MARGIN
from aidline.outreach.plan import Plan, Words
from aidline.outreach.states import Why


@dataclass(frozen=True, slots=True)
class Composed:
    """Ready to be written down: `language` is the one it is really in."""

    kind: Kind
    text: str
    language: str
    extra: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A channel as a broadcast needs it."""

    channel: Channel
    able: Capabilities
    templates: dict[tuple[str, str], Template]

    def window_open(self, until: datetime | None, at: datetime) -> bool:
        """For what answers nobody; `until` is when people's answers must have been given."""
        able = self.able
        if able.reply_window is None:
            return True
        earlier = able.reply_window - (able.automatic_window or able.reply_window)
        return bool(until and until - earlier - WINDOW_MARGIN > at)


def can_reach_out(able: Capabilities) -> bool:
    """A page that somebody may have closed is no way to reach them."""
    return set(able.schemes) != {Scheme.WEBCHAT}


def lines_for(centre: Centre) -> dict[UUID, Line]:
    """The channels of a centre by which one may reach out, the closed ones too."""
    found = {}
    for channel in Channel.objects.filter(centre=centre).order_by("name"):
        able = _able(channel)
        if able and can_reach_out(able):
            found[channel.pk] = Line(channel, able, _approved(channel) if able.templates else {})
    return found


def _able(channel: Channel) -> Capabilities | None:
    try:
        return capabilities_of(channel.provider, channel.config) if channel.config_sealed else None
    except BadConfig:
        return None


def _approved(channel: Channel) -> dict[tuple[str, str], Template]:
    rows = Template.objects.filter(channel=channel, state=Template.State.APPROVED)
    return {(row.name, row.language): row for row in rows.order_by("name", "language")}


class Composer:
    """For one broadcast; the same question is answered once."""

    def __init__(self, centre: Centre, plan: Plan, lines: dict[UUID, Line] | None = None) -> None:
        self.centre, self.plan = centre, plan
        known = lines_for(centre) if lines is None else lines
        self.lines = {pk: known[pk] for pk in plan.channels if pk in known}
        self._made: dict[tuple[str, UUID, bool], Composed | Why] = {}

    def compose(self, language: str, channel_id: UUID, *, window_open: bool) -> Composed | Why:
        key = (language, channel_id, window_open)
        if key not in self._made:
            self._made[key] = self._compose(*key)
        return self._made[key]

    def _compose(self, language: str, channel_id: UUID, window_open: bool) -> Composed | Why:
        line = self.lines.get(channel_id)
        if line is None or not line.channel.is_open:
            return Why.CHANNEL
        for code in dict.fromkeys((language, self.centre.default_language)):
            said = self.plan.said(code, channel_id)
            composed = (window_open and _free(said)) or _approved_words(said, line)
            if composed:
                return composed
            if said and not window_open:
                return Why.WINDOW
        return Why.NO_WORDS


def _free(said: list[Words]) -> Composed | None:
    words = next((one for one in said if one.text), None)
    return Composed(Kind.TEXT, words.text, words.language) if words else None


def _approved_words(said: list[Words], line: Line) -> Composed | None:
    for words in said:
        template = line.templates.get((words.template, words.template_language))
        if template and len(words.values) == len(template.parameters):
            return _filled(words, template)
    return None


def _filled(words: Words, template: Template) -> Composed:
    values = dict(zip(template.parameters, words.values, strict=True))
    use = {"name": template.name, "language": template.language, "parameters": values}
    return Composed(Kind.TEMPLATE, template.filled(values), words.language, {"template": use})
