"""What a receipt code tells, by web, chat, SMS and telephone: where the registration stands, no name, no amount."""

import re
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from aidline.centres.models import Organisation
from aidline.vouchers import indexes
from aidline.vouchers.models import Registration
from aidline.vouchers.receipt_codes import normalise_receipt
from aidline.vouchers.registering import guesses
from aidline.vouchers.registering.words import spoken, title
from aidline.vouchers.states import Status

# What stands around the code in a message: a word or two, in any language.
_ASKED = re.compile(r"\D{0,40}?(\d[\d\s\-–.·/]{12,24}\d)\D{0,10}")


@dataclass(frozen=True, slots=True)
class Told:
    """`code`: found, typing (cannot be a code), unknown, locked."""

    code: str
    text: str
    registration: Registration | None = None


def state_of(receipt: str, language: str, *, who: str) -> str:
    """Words for any channel and the telephone; see `ask`."""
    return ask(receipt, language, who=who).text


def ask(receipt: str, language: str, *, who: str) -> Told:
    """`who` asks, and in which way: see `guesses`."""
    code = normalise_receipt(receipt)
    organisation = Organisation.objects.values_list("pk", flat=True).first()
    if code is None or organisation is None:
        return _nothing("typing", language)
    if guesses.is_locked(organisation, who):
        return _nothing("locked", language)
    rows = Registration.objects.filter(receipt_index=indexes.receipt_index(organisation, code))
    registration = rows.select_related("programme__centre", "merged_into").first()
    if registration is None:
        guesses.note_wrong(organisation, who)
        return _nothing("unknown", language)
    return Told("found", state_words(registration, language), registration)


def code_in(text: str) -> str | None:
    """The receipt code that a short message is about, such as "state 1234 5678 9012 34"; None for any other text."""
    found = _ASKED.fullmatch(text.strip()) if len(text) <= 80 else None
    return normalise_receipt(found[1]) if found else None


def state_words(registration: Registration, language: str) -> str:
    """In their language, or the centre's where ours are not in it."""
    standing = registration.merged_into or registration
    programme = registration.programme
    with translation.override(spoken(language, programme.centre)):
        return _words(Status(standing.status)) % {
            "programme": title(programme, language),
            "centre": programme.centre.name,
        }


def _words(status: Status) -> str:
    match status:
        case Status.IMPORTED | Status.INVITED:
            return _("%(programme)s: you are invited. Open the link in our message to register.")
        case Status.STARTED:
            return _("%(programme)s: you have begun to register. Open your link again to finish.")
        case Status.REGISTERED:
            return _("%(programme)s: your registration has arrived. We are checking it; you need do nothing.")
        case Status.VERIFIED:
            return _("%(programme)s: your registration is checked. We tell you when the vouchers begin.")
        case Status.INCLUDED:
            return _("%(programme)s: you take part. Your vouchers come to the number you gave us.")
        case Status.PAUSED:
            return _("%(programme)s: your vouchers pause for now. Write to us if you do not know why.")
        case Status.DECLINED:
            return _("%(programme)s: you do not take part. Write to us if that is not right.")
        case _:
            return _("%(programme)s: your time in it is over. Write to us if you have a question.")


def _nothing(code: str, language: str) -> Told:
    with translation.override(language or "en"):
        if code == "typing":
            words = _("This is not a receipt code. It has 14 digits; look for a slip in what you typed.")
        elif code == "locked":
            words = _("Too many codes were wrong. Wait a quarter of an hour, or write to us.")
        else:
            words = _("We do not know this code. Look at it once more, or write to us: we help you find it.")
    return Told(code, words)
