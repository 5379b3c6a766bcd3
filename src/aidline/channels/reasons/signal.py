"""Why Signal did not take a message, in our words. The codes are those of `providers/signal.py`."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: Mapping[str, Promise] = {
    "untrusted-identity": _("the person's safety number changed; an administrator must confirm it"),
    "not-on-signal": _("this number does not use this service"),
    "challenge": _("Signal holds us back until an administrator proves that we are people"),
    "account-unknown": _("our number is not registered at the bridge"),
    "account-refused": _("Signal has signed out our number"),
    "wrong-mode": _("the bridge must run in the mode json-rpc"),
    "rate-limit": _("Signal slowed us down; it may have arrived all the same"),
    "network-failure": _("the bridge lost its connection; it may have arrived all the same"),
    "send-failed": _("Signal did not take it"),
    **dict.fromkeys(("http-401", "http-403"), _("the bridge refuses our password")),
}
