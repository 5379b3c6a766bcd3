"""What the desk says: lengths of time, states, events, kinds of message. Digits follow the language."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_bidi, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from aidline.calls.states import Ending
from aidline.channels.contract import Kind
from aidline.conversations.models import Message
from aidline.conversations.states import Direction, MessageState, Outcome

_DIGITS = {"ar": "٠١٢٣٤٥٦٧٨٩"}


def own_digits() -> str:
    return _DIGITS.get((get_language() or "en")[:2], "")


def digits(value: object) -> str:
    own = own_digits()
    return str(value).translate(str.maketrans("0123456789", own)) if own else str(value)


# --- time ------------------------------------------------------------------------------------------------


# The same words for the server and for the clock of the browser.
PATTERNS: dict[str, Promise] = {
    "now": pgettext_lazy("length of time", "now"),
    "minutes": pgettext_lazy("length of time", "%(minutes)s min"),
    "hours": pgettext_lazy("length of time", "%(hours)s h"),
    "both": pgettext_lazy("length of time", "%(hours)s h %(minutes)s"),
    "days": pgettext_lazy("length of time", "%(days)s d"),
}


def spell(length: timedelta) -> str:
    """ "now", "4 min", "1 h 05", "9 h", "3 d"; the browser does the same in clock.js."""
    whole = max(int(length.total_seconds() // 60), 0)
    hours, minutes = divmod(whole, 60)
    values = {"minutes": whole, "hours": hours, "days": hours // 24}
    if hours >= 48:
        name = "days"
    elif hours >= 6 or (hours and not minutes):
        name = "hours"
    elif hours:
        name, values["minutes"] = "both", f"{minutes:02}"  # type: ignore[assignment]
    else:
        name = "minutes" if whole else "now"
    return digits(str(PATTERNS[name]) % values)


def clock(at: datetime) -> str:
    return digits(date_format(timezone.localtime(at), "H:i"))


def day(value: date) -> str:
    words = digits(date_format(value, pgettext("date of a day in a thread", "l j F")))
    today = timezone.localdate()
    if value == today:
        return _("Today, %(date)s") % {"date": words}
    if value == today - timedelta(days=1):
        return _("Yesterday, %(date)s") % {"date": words}
    return words


def short_day(at: datetime) -> str:
    local = timezone.localtime(at)
    form = pgettext("short date", "j M") if local.year == timezone.localdate().year else "j M Y"
    return digits(date_format(local, form))


def when(at: datetime) -> str:
    """The time alone if it is today, else day and time."""
    if timezone.localtime(at).date() == timezone.localdate():
        return clock(at)
    return f"{short_day(at)} {clock(at)}"


# --- what was said ---------------------------------------------------------------------------------------

KINDS: dict[str, Promise] = {
    Kind.IMAGE: gettext_lazy("Photo"),
    Kind.VIDEO: gettext_lazy("Video"),
    Kind.AUDIO: gettext_lazy("Sound"),
    Kind.VOICE: gettext_lazy("Voice note"),
    Kind.DOCUMENT: gettext_lazy("File"),
    Kind.STICKER: gettext_lazy("Sticker"),
    Kind.LOCATION: gettext_lazy("Location"),
    Kind.CONTACTS: gettext_lazy("Contact card"),
    Kind.UNSUPPORTED: gettext_lazy("Something that cannot be shown here"),
}


def kind(code: str) -> str:
    return str(KINDS.get(code, ""))


STATE_ICONS: dict[str, str] = {
    MessageState.QUEUED: "clock",
    MessageState.SENDING: "clock",
    MessageState.SENT: "check",
    MessageState.DELIVERED: "check2",
    MessageState.READ: "check2",
    MessageState.FAILED: "warn",
    MessageState.UNKNOWN: "hour",
    MessageState.CANCELLED: "undo",
}


def state(message: Message) -> str:
    if message.state == MessageState.READ and message.read_at:
        return _("Read %(time)s") % {"time": when(message.read_at)}
    return str(MessageState(message.state).label)


def who(message: Message) -> str:
    if message.author is not None:
        return message.author.name
    return _("Sent by itself") if message.direction == Direction.OUT else ""


def menu_path(raw: str) -> str:
    """What was chosen, from the first to the last, in the direction of the page."""
    arrow = " ← " if get_language_bidi() else " → "
    return arrow.join(
        f"\N{FIRST STRONG ISOLATE}{title}\N{POP DIRECTIONAL ISOLATE}" for title in raw.split("\n")
    )


EVENT_ICONS: dict[str, str] = {
    "closed": "check",
    "reopened": "undo",
    "snoozed": "clock",
    "woken": "clock",
    "released": "inbox",
    "opted_out": "stop",
    "menu_person": "board",
    "menu_lost": "board",
    "voucher_lost": "warn",
    "call_in": "phone",
    "call_out": "phone",
    "call_taken": "phone",
    "call_third": "phone",
    "call_ended": "hangup",
    "call_missed": "hangup",
    "call_asked": "phone",
    "call_dropped": "phone",
    "call_gaveup": "phone",
    "call_queued": "inbox",
    "call_nobody": "phone",
    "call_cannot": "phone",
    "call_danger": "warn",
    "call_lost": "phone",
    "call_reached": "phone",
    "call_heard": "board",
    "call_unsure": "phone",
    "call_record": "phone",
}

_EVENTS: dict[str, Promise] = {
    "given_auto": pgettext_lazy("event", "Given to %(to)s"),
    "given_taken": pgettext_lazy("event", "Taken by %(to)s"),
    "given": pgettext_lazy("event", "%(by)s gave this to %(to)s"),
    "given_handed": pgettext_lazy("event", "Passed from %(by)s to %(to)s"),
    "released": pgettext_lazy("event", "Back in the queue"),
    "closed": pgettext_lazy("event", "Finished: %(outcome)s"),
    "reopened": pgettext_lazy("event", "Opened again"),
    "snoozed": pgettext_lazy("event", "Put off until %(until)s"),
    "woken": pgettext_lazy("event", "Back from later"),
    "opted_out": pgettext_lazy("event", "This person asked not to be written to"),
    "opted_in": pgettext_lazy("event", "This person allows messages again"),
    "menu_person": pgettext_lazy("event", "Came from the menu"),
    "menu_path": pgettext_lazy("event", "Chose in the menu: %(path)s"),
    "menu_lost": pgettext_lazy("event", "The menu could not go on. A person is needed."),
    "voucher_lost": pgettext_lazy(
        "event", "A voucher could not be delivered. Please help this person to get it."
    ),
    "call_in": pgettext_lazy("event", "Called us"),
    "call_out": pgettext_lazy("event", "We called"),
    "call_taken": pgettext_lazy("event", "Call taken"),
    "call_passed": pgettext_lazy("event", "Call passed on to %(to)s"),
    "call_queued": pgettext_lazy("event", "The caller waits in the queue again"),
    "call_third": pgettext_lazy("event", "Somebody was added by phone"),
    "call_nobody": pgettext_lazy("event", "Asked for a person where nobody can take calls"),
    "call_cannot": pgettext_lazy("event", "Cannot be called back on this line. Please answer another way."),
    "call_danger": pgettext_lazy("event", "May be in danger now"),
    "call_lost": pgettext_lazy("event", "The agent was lost; the caller waits in the first place"),
    "call_reached": pgettext_lazy("event", "Took up the receiver"),
    "call_heard": pgettext_lazy("event", "Heard an article"),
    "call_record": pgettext_lazy("event", "The call was recorded"),
    "call_unsure": pgettext_lazy("event", "We do not know whether it rang"),
    "call_asked": pgettext_lazy("event", "Asked to be called back"),
    "call_dropped": pgettext_lazy("event", "Will not be called back"),
    "call_gaveup": pgettext_lazy("event", "Not reached by phone after several tries"),
    "call_missed": pgettext_lazy("event", "Hung up while waiting"),
    "call_ended": pgettext_lazy("event", "Call ended: %(ending)s"),
}
_BY_SOMEONE: dict[str, Promise] = {
    "released": pgettext_lazy("event", "%(by)s put this back in the queue"),
    "closed": pgettext_lazy("event", "Finished by %(by)s: %(outcome)s"),
    "reopened": pgettext_lazy("event", "Opened again by %(by)s"),
    "snoozed": pgettext_lazy("event", "Put off until %(until)s by %(by)s"),
    "call_out": pgettext_lazy("event", "%(by)s called"),
    "call_taken": pgettext_lazy("event", "Call taken by %(by)s"),
    "call_passed": pgettext_lazy("event", "Call passed from %(by)s to %(to)s"),
    "call_queued": pgettext_lazy("event", "%(by)s put the caller back in the queue"),
    "call_third": pgettext_lazy("event", "%(by)s added somebody by phone"),
    "call_dropped": pgettext_lazy("event", "Will not be called back, says %(by)s"),
}
# Where the line tells how long it took.
_ENDED = pgettext_lazy("event", "Call ended after %(length)s: %(ending)s")


def event(message: Message, extra: dict[str, Any], names: dict[str, str]) -> str:
    """One line between the messages; an event without words of its own shows none."""
    if message.kind == "given" and str(message.author_id) == extra.get("to"):
        return ""  # who takes a call takes its conversation: the line of the call says so
    by = _alone(message.author.name) if message.author else ""
    kind = "menu_path" if message.kind == "menu_person" and extra.get("path") else message.kind
    words = (_BY_SOMEONE.get(kind) if by else None) or _EVENTS.get(kind)
    if words is None:
        return ""
    if message.kind == "call_ended" and extra.get("seconds"):
        words = _ENDED
    return str(words) % {
        "by": by,
        "to": _alone(names.get(str(extra.get("to", "")), _("a colleague"))),
        "outcome": outcome(str(extra.get("outcome", ""))),
        "until": _until(extra.get("until")),
        "path": menu_path(str(extra.get("path", ""))),
        "ending": ending(str(extra.get("ending", ""))),
        "length": length(extra.get("seconds")),
    }


def _alone(name: str) -> str:
    """A Latin name with a full stop keeps it at its own end in an Arabic line."""
    return f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}" if get_language_bidi() else name


def outcome(code: str) -> str:
    return str(Outcome(code).label) if code in Outcome.values else _("no outcome")


def ending(code: str) -> str:
    """In the middle of a line, where it begins with a small letter in most languages."""
    return str(_ENDINGS.get(code, _ENDINGS[Ending.ANSWERED]))


_ENDINGS: dict[str, Promise] = {
    Ending.ANSWERED: pgettext_lazy("end of a call", "answered"),
    Ending.SELF_SERVED: pgettext_lazy("end of a call", "heard what was needed"),
    Ending.ABANDONED: pgettext_lazy("end of a call", "hung up"),
    Ending.MESSAGE_LEFT: pgettext_lazy("end of a call", "left a message"),
    Ending.CALLBACK: pgettext_lazy("end of a call", "asked to be called back"),
    Ending.CLOSED: pgettext_lazy("end of a call", "we were closed"),
    Ending.RESTRICTED: pgettext_lazy("end of a call", "was blocked"),
    Ending.NOT_REACHED: pgettext_lazy("end of a call", "not reached"),
    Ending.FAILED: pgettext_lazy("end of a call", "it failed"),
}


def length(raw: object) -> str:
    """ "6 min 12 s"."""
    minutes, rest = divmod(int(str(raw)) if str(raw).isdecimal() else 0, 60)
    pattern = _("%(minutes)s min %(seconds)s s") if minutes else _("%(seconds)s s")
    return digits(pattern % {"minutes": minutes, "seconds": rest})


def _until(raw: object) -> str:
    try:
        return when(datetime.fromisoformat(str(raw)))
    except ValueError:
        return ""
