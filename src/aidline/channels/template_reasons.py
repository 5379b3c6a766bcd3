"""Why a template is where it is, and what to do about it, in our words.

Codes: Meta's reasons of rejection (webhook message_template_status_update), the subcodes its API refuses with ("Error
codes", template creation), Twilio's error dictionary; read 2026-11-24. A code that is not here is shown as it is,
beside the provider's own words.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aidline.channels.reasons.meta_and_twilio import REASONS

_FORM = _("Its form is not accepted. Look at the fields: there must be words before, between and after them.")
_AGAIN = _("Nothing was handed in. You can hand it in again.")

ADVICE: Mapping[str, Promise] = {
    # ours
    "no-answer": _(
        "The provider took the call and did not answer. We look at its list and do not hand it in twice."
    ),
    "lost": _(
        "It is not known whether the provider got it. We look at its list and do not hand it in twice."
    ),
    "no-id": _(
        "The provider gave an answer we cannot read. We look at its list and do not hand it in twice."
    ),
    "unreachable": _("The provider could not be reached. Nothing was handed in. Try again later."),
    "not-there": _("The provider does not have it. You can hand it in again."),
    # rejected after a look
    "ABUSIVE_CONTENT": _("It was taken for threatening or insulting. Say it in milder words."),
    "CATEGORY_NOT_AVAILABLE": _("This category cannot be used by our account. Choose another one."),
    "INCORRECT_CATEGORY": _("It belongs to another category. Choose the other one and hand it in again."),
    "INVALID_FORMAT": _FORM,
    "PROMOTIONAL": _(
        "It was taken for advertising. Say what it is about, or choose the category for news and offers."
    ),
    "SCAM": _("It was taken for a fraud. Do not speak of money or prizes, and say who you are."),
    "TAG_CONTENT_MISMATCH": _("Language or category do not fit the words. Check both."),
    # refused at once: Meta
    "2388019": _("The account has as many messages as it may have. Delete one that is not used."),
    "2388023": _("This language is still being deleted there. Wait some weeks or choose another name."),
    "2388024": _("There is a message of this name in this language. Fetch the list, or choose another name."),
    "2388040": _("One part is too long."),
    "2388047": _("The title is not accepted: no new lines, no emoji, no stars."),
    "2388072": _FORM,
    "2388073": _("The small line is not accepted: no new lines, no emoji, no stars."),
    "2388293": _("There are too many fields for so few words. Write more around them."),
    "2388299": _FORM,
    "80008": _("Too many messages were handed in within an hour. Try again later."),
    # refused at once: Twilio
    "20422": _FORM,
    "20429": _AGAIN,
}


def advice(code: str) -> str:
    """Empty for a code we have no words for."""
    known = ADVICE.get(code) or REASONS.get(code)
    words = str(known) if known else ""
    return words[:1].upper() + words[1:]
