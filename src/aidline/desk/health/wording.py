"""Codes of errors in words that say what to do, beside the provider's own."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aidline.channels.reasons import OF_PROVIDER, in_words

_REFUSED = gettext_lazy("The provider does not accept our keys. Enter new ones in the set-up of the channel.")
_AWAY = gettext_lazy("The provider does not answer. We go on trying.")

_ERRORS: Mapping[str, str | Promise] = {
    "unreachable": _AWAY,
    "no-answer": _AWAY,
    "http-401": _REFUSED,
    "http-403": _REFUSED,
    "unsendable-key": _REFUSED,
    "http-429": gettext_lazy("The provider asks us to go slower. We do."),
    "http-500": _AWAY,
    "http-502": _AWAY,
    "http-503": _AWAY,
    "http-504": _AWAY,
    "address-refused": gettext_lazy(
        "The address of the provider may not be called. Check the channel's settings."
    ),
    "by-hand": gettext_lazy("This provider has no way for that. Paste our address into its page."),
    "imap-login": _REFUSED,
    "imap-busy": _AWAY,
    "imap-folder": gettext_lazy("The folder of the mailbox does not exist. Check the channel's settings."),
    "no-imap-server": gettext_lazy("The IMAP server is missing in the channel's settings."),
    "certificate": gettext_lazy("The server could not prove its name. Check the channel's settings."),
    "no-starttls": gettext_lazy(
        "The server offers no encryption. Choose another kind in the channel's settings."
    ),
    "not-encrypted": gettext_lazy("Without encryption only servers of one's own network are called."),
    "cannot-sign-in": _REFUSED,
    "5.7.8": _REFUSED,
    "535": _REFUSED,
    "0": _AWAY,
    "190": _REFUSED,  # Meta: access token expired or revoked
    "10": _REFUSED,  # Meta: permission not granted
    "131031": gettext_lazy("The provider has locked this account. Ask it why."),  # Meta
    "20003": _REFUSED,  # Twilio: authentication failed
    "20005": gettext_lazy("The provider has suspended this account. Ask it why."),  # Twilio
}

_ASIDE: Mapping[str, str | Promise] = {
    "Malformed": gettext_lazy("It could not be read at all."),
    "Tampered": gettext_lazy("It was changed after it was stored."),
}


def in_our_words(code: str, provider: str = "") -> str:
    if not code:
        return ""
    if provider in OF_PROVIDER and code in OF_PROVIDER[provider]:
        return _("The provider says: %(reason)s.") % {"reason": in_words(code, provider)}
    return str(_ERRORS.get(code) or _("The provider answers with code %(code)s.") % {"code": code})


def why_set_aside(error: str) -> str:
    return str(
        _ASIDE.get(error) or _("Something in it went wrong on our side (%(code)s).") % {"code": error or "?"}
    )
