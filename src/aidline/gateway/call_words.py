"""What we say of our own accord to who calls. In the caller's language where ours are translated into it, else in
that of the centre, else in English; the line tells in which, so that the right voice reads it."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import formats, timezone, translation
from django.utils.translation import gettext, ngettext, pgettext

from aidline.centres.models import Centre, texts_in
from aidline.flows.language import Line
from aidline.kernel import languages


def line(centre: Centre, language: str, words: Callable[[], str]) -> Line:
    """`words` calls gettext."""
    known = (code for code in (language, centre.default_language) if code in languages.INTERFACE)
    code = next(known, "en")
    with translation.override(code):
        return Line(words(), code)


def emergency(centre: Centre, language: str, numbers: list[str]) -> list[Line]:
    """In danger nobody waits for us."""
    if not numbers:
        return []
    spoken = ", ".join(" ".join(number) for number in numbers)
    return [
        line(
            centre, language, lambda: gettext("If you are in danger, call %(numbers)s.") % {"numbers": spoken}
        )
    ]


def closed(centre: Centre, language: str, own: str) -> Line:
    """The centre's words, in the language in which it wrote them."""
    if not own:
        return line(centre, language, lambda: gettext("We are closed at the moment."))
    texts: dict[str, dict[str, str]] = centre.texts
    in_another = own == texts_in(texts, "offline", centre.default_language, "")
    return Line(own, centre.default_language if in_another else language)


def nobody_here(centre: Centre, language: str) -> Line:
    return line(centre, language, lambda: gettext("Nobody can take calls on this number."))


def nobody_calls_back(centre: Centre, language: str) -> Line:
    return line(
        centre,
        language,
        lambda: gettext("Nothing is recorded. We see that you called. Nobody can call you from this number."),
    )


# --- waiting ---------------------------------------------------------------------------------------------


def place(centre: Centre, language: str, position: int) -> Line:
    def words() -> str:
        if position == 1:
            return gettext("You are next.")
        ahead = position - 1
        return ngettext("%(n)s person is before you.", "%(n)s people are before you.", ahead) % {"n": ahead}

    return line(centre, language, words)


def expected(centre: Centre, language: str, minutes: int | None) -> Line:
    def words() -> str:
        if minutes is None:
            return gettext("We do not know how long it will take.")
        told = ngettext(
            "It usually takes about %(n)s minute.", "It usually takes about %(n)s minutes.", minutes
        )
        return told % {"n": minutes}

    return line(centre, language, words)


def keys(centre: Centre, language: str, danger: str, *, long: bool) -> list[Line]:
    def words() -> str:
        return gettext("To leave a message, press 1. To be called back and keep your place, press 2.")

    def in_danger() -> str:
        return gettext("If you are in danger, press %(key)s.") % {"key": _key(danger)}

    takes_long = line(centre, language, lambda: gettext("It takes long today."))
    return [*([takes_long] if long else []), line(centre, language, words), line(centre, language, in_danger)]


def _key(key: str) -> str:
    return {"*": gettext("the star key"), "#": gettext("the hash key")}.get(key, key)


def first(centre: Centre, language: str) -> Line:
    return line(
        centre, language, lambda: gettext("You are before everybody else now. Please stay on the line.")
    )


def lost(centre: Centre, language: str) -> Line:
    return line(
        centre,
        language,
        lambda: gettext(
            "We lost the connection to our colleague. Please stay: you are the next one we connect."
        ),
    )


def passed_on(centre: Centre, language: str) -> Line:
    return line(centre, language, lambda: gettext("We are looking for a colleague. Please stay on the line."))


# --- recording -------------------------------------------------------------------------------------------


def may_record_message(centre: Centre, language: str) -> Line:
    return line(
        centre,
        language,
        lambda: gettext(
            "May we record your message? Only we listen to it. For yes, press 1. For no, press 2."
        ),
    )


def not_recorded(centre: Centre, language: str) -> Line:
    return line(
        centre,
        language,
        lambda: gettext("Nothing is recorded. To be called back, press 2. To speak with a person, press 0."),
    )


def may_record_call(centre: Centre, language: str) -> Line:
    return line(
        centre, language, lambda: gettext("May we record this call? For yes, press 1. For no, press 2.")
    )


def records_call(centre: Centre, language: str) -> Line:
    return line(centre, language, lambda: gettext("This call is recorded."))


def kept(centre: Centre, language: str, due: datetime) -> Line:
    """By when the centre has promised to answer, on its own clock."""

    def words() -> str:
        at = timezone.localtime(due, ZoneInfo(centre.time_zone))
        day, hour = (
            formats.date_format(at, pgettext("date of a day in a thread", "l j F")),
            formats.time_format(at, "H:i"),
        )
        told = gettext("Your message is kept. We answer by %(day)s, %(time)s.")
        return told % {"day": day, "time": hour}

    return line(centre, language, words)


# --- calling back, and goodbye ---------------------------------------------------------------------------


def calls_back(centre: Centre, language: str) -> Line:
    return line(
        centre, language, lambda: gettext("You keep your place. We call you back as soon as it is your turn.")
    )


def which_number(centre: Centre, language: str) -> Line:
    return line(
        centre,
        language,
        lambda: gettext("On which number can we call you? Press its digits, then the hash key."),
    )


def blocked(centre: Centre, language: str, danger: str) -> list[Line]:
    return [
        line(centre, language, lambda: gettext("We cannot take your calls at the moment.")),
        line(
            centre, language, lambda: gettext("If you are in danger, press %(key)s.") % {"key": _key(danger)}
        ),
    ]


def goodbye(centre: Centre, language: str) -> Line:
    return line(centre, language, lambda: gettext("Thank you for calling. Goodbye."))
