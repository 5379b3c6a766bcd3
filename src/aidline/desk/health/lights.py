"""One light per channel, in words: what is the matter, since when, and that nothing is lost meanwhile."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from aidline.centres.models import Centre
from aidline.channels.models import Channel
from aidline.channels.queries import channels_of
from aidline.desk.health.wording import in_our_words
from aidline.kernel.clock import now

RECENT = timedelta(hours=1)  # a vendor remembers its last error for ever
POLLS_BEFORE_LIGHT = 2  # one look that fails is a restart of theirs


class Light(StrEnum):
    OK = "ok"
    SLOW = "slow"
    DOWN = "down"
    CLOSED = "closed"


ICONS = {Light.OK: "check", Light.SLOW: "half", Light.DOWN: "stop", Light.CLOSED: "lock"}


@dataclass(frozen=True, slots=True)
class State:
    """What is shown of a channel. `since` is when it began, or when the channel last worked."""

    channel: Channel
    light: Light
    words: str
    advice: str = ""
    since: datetime | None = None

    @property
    def hook_error(self) -> str:
        return str(self.channel.hook.get("error", "")) if _unreached(self.channel) else ""

    @property
    def icon(self) -> str:
        return ICONS[self.light]


def state_of(channel: Channel) -> State:
    at = now()
    if not channel.is_open:
        return State(channel, Light.CLOSED, _("Closed"), _("Nothing goes out. What people write is kept."))
    if channel.open_until and channel.open_until > at:
        return State(channel, Light.DOWN, _("Not sending"), _kept(), channel.error_at)
    if _unreached(channel):
        return State(channel, Light.DOWN, _("The provider cannot reach us"), _keeps())
    if channel.poll_failures >= POLLS_BEFORE_LIGHT:
        return State(channel, Light.DOWN, _("Not receiving"), _unread(channel), channel.poll_error_at)
    if channel.silent_since:
        return State(channel, Light.SLOW, _("Unusually quiet"), _quiet(), channel.silent_since)
    if channel.failures:
        return State(channel, Light.SLOW, _("Sending is difficult"), _kept(), channel.error_at)
    if not channel.last_in_at:
        return State(channel, Light.SLOW, _("Nothing has arrived yet"), _first())
    return State(channel, Light.OK, _("Working"), since=max(_times(channel)))


def states_of(centre: Centre) -> list[State]:
    return [state_of(channel) for channel in channels_of(centre)]


def alarms_of(centre: Centre) -> list[State]:
    """What needs somebody now; the worst first. Asked for on every page, so only troubled rows are read."""
    trouble = Q(silent_since__isnull=False) | Q(open_until__gt=now())
    trouble |= Q(poll_failures__gte=POLLS_BEFORE_LIGHT)
    states = [state_of(channel) for channel in channels_of(centre).filter(trouble, is_open=True)]
    return sorted(states, key=lambda state: state.light is not Light.DOWN)


def _unreached(channel: Channel) -> bool:
    """By the vendor's own word, unless something has come since."""
    error_at = parse_datetime(str(channel.hook.get("error_at", "")))
    failed = bool(channel.hook.get("error")) and error_at is not None and error_at > now() - RECENT
    return failed and not (channel.last_in_at and error_at and channel.last_in_at > error_at)


def _times(channel: Channel) -> Iterable[datetime]:
    return (time for time in (channel.last_in_at, channel.last_out_at) if time)


def _kept() -> str:
    return _("Messages are kept and will go out.")


def _keeps() -> str:
    return _("It keeps what people write for a while and tries again. See whether our address answers.")


def _unread(channel: Channel) -> str:
    """With the provider's own words, from which addresses and numbers were taken (`gateway.polling.masked`)."""
    ours, theirs = in_our_words(channel.poll_error), channel.poll_words
    return _("%(advice)s They say: %(words)s") % {"advice": ours, "words": theirs} if theirs else ours


def _quiet() -> str:
    return _("Usually more is written here. Send a message from your own phone to see whether it arrives.")


def _first() -> str:
    return _("Write from your own phone. It shows here as soon as it arrives.")
