"""Words and timers of the desk for its templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from aidline.channels.models import Channel
from aidline.channels.reasons import in_words
from aidline.conversations.models import Conversation
from aidline.conversations.presentation import Line
from aidline.desk.inbox import wording
from aidline.desk.inbox.accounts import able
from aidline.kernel import languages
from aidline.kernel.clock import now

register = template.Library()

WAIT_SOON = timedelta(minutes=10)
WAIT_LATE = timedelta(minutes=30)
WINDOW_SOON = timedelta(hours=2)

# Not "language_name": the i18n library has a filter of that name for the languages of the screens only.
register.filter("own_name", languages.name)
register.filter("digits", wording.digits)
register.filter("clock", wording.clock)
register.filter("when", wording.when)
register.filter("short_day", wording.short_day)
register.filter("outcome", wording.outcome)
register.filter("kind_words", wording.kind)
register.filter("state_words", wording.state)
register.filter("who_wrote", wording.who)


@register.filter
def day_words(value: date) -> str:
    return wording.day(value)


@register.filter
def state_icon(message: Any) -> str:
    return wording.STATE_ICONS.get(message.state, "clock")


@register.filter
def event_icon(message: Any) -> str:
    return wording.EVENT_ICONS.get(message.kind, "swap")


@register.simple_tag
def event_words(line: Line, names: dict[str, str]) -> str:
    return wording.event(line.message, line.extra, names)


@register.filter
def stamp(at: datetime) -> str:
    """Milliseconds, for the browser's clock and for putting lines in order."""
    return str(int(at.timestamp() * 1000))


@register.filter
def day_stamp(value: date) -> str:
    return stamp(datetime.combine(value, datetime.min.time(), timezone.get_current_timezone()))


@register.simple_tag
def moment(at: datetime) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), wording.clock(at))


@dataclass(frozen=True, slots=True)
class Timer:
    """A length of time in words, ticked on by clock.js with the same limits."""

    kind: str
    glyph: str
    tone: str
    at: str
    words: str


@register.filter
def waited(since: datetime) -> Timer:
    length = now() - since
    tone = " late" if length >= WAIT_LATE else " soon" if length >= WAIT_SOON else ""
    return Timer("since", "clock", tone, stamp(since), wording.spell(length))


@register.filter
def window_left(until: datetime, kind: str = "left") -> Timer:
    """How long free replies are still possible; `kind` is left, or reply in the head of a conversation."""
    left = until - now()
    if left <= timedelta():
        return Timer("shut", "lock", "", stamp(until), _("Reply window closed"))
    words = _("%(time)s left to reply") if kind == "reply" else _("%(time)s left")
    tone = " soon" if left <= WINDOW_SOON else ""
    return Timer(kind, "hour", tone, stamp(until), words % {"time": wording.spell(left)})


@register.filter
def glyph(channel: Channel | None) -> str:
    return able(channel).glyph if channel else "people"


@register.filter
def channel_label(conversation: Conversation) -> str:
    channel = conversation.channel
    return _(able(channel).label) if channel else str(conversation.get_source_display())


@register.filter
def file_size(size: int | None) -> str:
    if not size:
        return ""
    number = size / 1_000_000 if size >= 1_000_000 else max(size / 1000, 1)
    words = _("%(number)s MB") if size >= 1_000_000 else _("%(number)s kB")
    shown = f"{number:.1f}" if size >= 1_000_000 else f"{number:.0f}"
    return wording.digits(words % {"number": shown})


@register.filter
def seconds(length: int | None) -> str:
    minutes, rest = divmod(length or 0, 60)
    return wording.digits(f"{minutes}:{rest:02}")


@register.inclusion_tag("desk/inbox/wave.html")
def wave(peaks: Sequence[int]) -> dict[str, Any]:
    """The shape of a recording; a flat line where it is not known."""
    return {"bars": [_bar(place, peak) for place, peak in enumerate(peaks or [0] * 64)]}


def _bar(place: int, peak: int) -> dict[str, str]:
    height = max(2.5, 0.3 * peak)
    return {"x": str(4 * place), "y": f"{(32 - height) / 2:.1f}", "height": f"{height:.1f}"}


@register.filter
def words_list(text: str) -> list[str]:
    return text.split()


@register.filter
def why_failed(message: Any) -> str:
    channel = message.conversation.channel
    return in_words(message.error_code, channel.provider if channel else "")


@register.filter
def of_purpose(wordings: dict[str, Any], purpose: str) -> Any:
    """What people are asked for it; nothing where the centre has not written that yet."""
    return wordings.get(str(purpose))
