"""Why Africa's Talking did not bring a message, in our words. Codes as in the provider file, read 2026-11-24."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_NO_NUMBER = _("this number does not exist")
_UNREACHABLE = _("the phone could not be reached")
_STOPPED = _("the person does not want messages here")
_REFUSED = _("the service refused the content")
_ACCOUNT = _("our account at the service has a problem")
_REGION = _("the service does not reach this country")
_NO_CREDIT = _("the person has no credit left for this")
_TOO_LATE = _("what the person wrote can no longer be answered on this number")

REASONS: Mapping[str, Promise] = {
    **dict.fromkeys(("403", "404", "UserDoesNotExist", "NotNetworkSubscriber"), _NO_NUMBER),
    **dict.fromkeys(("UserIsInactive", "UserAccountSuspended", "DeliveryFailure", "Expired"), _UNREACHABLE),
    **dict.fromkeys(("Failed", "AbsentSubscriber"), _UNREACHABLE),
    **dict.fromkeys(("406", "409", "UserInBlacklist", "UserInBlackList", "DoNotDisturbRejection"), _STOPPED),
    **dict.fromkeys(("401", "502", "Rejected"), _REFUSED),
    **dict.fromkeys(("402", "405", "http-401", "InvalidSenderId", "InsufficientBalance"), _ACCOUNT),
    "407": _REGION,
    "InsufficientCredit": _NO_CREDIT,
    "InvalidLinkId": _TOO_LATE,
}
