"""Why a gateway of any kind did not send, in our words. Its own codes are known to nobody but its owner."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: Mapping[str, Promise] = {
    "refused": _("the gateway refused it"),
    "failed": _("the gateway could not deliver it"),
    "unclear": _("the gateway's answer says neither yes nor no"),
    "bad-address": _("the gateway cannot be called with this address of the person"),
    "no-public-address": _("the service could not take the file"),
    **dict.fromkeys(("http-401", "http-403"), _("the gateway refuses our password")),
}
