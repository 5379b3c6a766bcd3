"""Why a mail was not delivered, in our words. Codes of RFC 3463 as servers answer and reports tell them."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_NOBODY = _("this e-mail address does not exist")
_FULL = _("the mailbox is full")
_OFF = _("the mailbox is switched off")
_TOO_LARGE = _("the mail is too large")
_UNREACHABLE = _("the person’s mail server could not be reached")
_REFUSED = _("the person’s mail server refused the mail")
_ACCOUNT = _("our account at the service has a problem")

REASONS: Mapping[str, Promise] = {
    **dict.fromkeys(("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.310", "551", "553"), _NOBODY),
    **dict.fromkeys(("4.2.2", "5.2.2"), _FULL),
    **dict.fromkeys(("5.2.1", "5.7.13"), _OFF),
    **dict.fromkeys(("5.2.3", "5.3.4", "552", "too-large"), _TOO_LARGE),
    **dict.fromkeys(("4.4.1", "4.4.2", "4.4.7", "5.4.1", "5.4.4", "5.4.6", "5.4.7"), _UNREACHABLE),
    **dict.fromkeys(
        ("550", "554", "5.0.0", "5.6.0", "5.7.0", "5.7.1", "5.7.26", "5.7.27", "bounced"), _REFUSED
    ),
    **dict.fromkeys(
        ("530", "535", "5.7.8", "5.7.9", "5.7.60", "cannot-sign-in", "no-starttls", "certificate"), _ACCOUNT
    ),
    "address-not-ascii": _("the mail server does not know this kind of address"),
    "no-address": _("this is no e-mail address"),
}
