"""Why a telephone of our own did not send, in our words. Android's constants: SmsManager, read 2026-11-24."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_NO_NETWORK = _("our phone had no mobile network")
_OPERATOR = _("the mobile operator refused it")
_PHONE = _("our phone could not send it")

REASONS: Mapping[str, Promise] = {
    **dict.fromkeys(
        ("RESULT_ERROR_NO_SERVICE", "RESULT_ERROR_RADIO_OFF", "RESULT_RADIO_NOT_AVAILABLE"), _NO_NETWORK
    ),
    **dict.fromkeys(("RESULT_NETWORK_REJECT", "RESULT_NETWORK_ERROR"), _OPERATOR),
    **dict.fromkeys(("RESULT_ERROR_FDN_CHECK_FAILURE", "RESULT_OPERATION_NOT_ALLOWED"), _OPERATOR),
    **dict.fromkeys(
        ("RESULT_ERROR_SHORT_CODE_NOT_ALLOWED", "RESULT_ERROR_SHORT_CODE_NEVER_ALLOWED"), _OPERATOR
    ),
    **dict.fromkeys(("RESULT_ERROR_GENERIC_FAILURE", "RESULT_NO_MEMORY", "RESULT_NO_RESOURCES"), _PHONE),
    **dict.fromkeys(("RESULT_MODEM_ERROR", "RESULT_INTERNAL_ERROR", "failed"), _PHONE),
    "RESULT_ERROR_LIMIT_EXCEEDED": _("our phone sent too many messages; Android holds it back"),
    "expired": _("our phone was not reachable in time"),
    "cancelled": _("it was taken back on our phone"),
    "http-400": _("this number does not exist"),
    **dict.fromkeys(("http-401", "http-403"), _("the app on our phone refuses our password")),
    "http-503": _("our phone is offline and its queue is full"),
    "unhealthy": _("the app on our phone is not well"),
    "phone-silent": _("our phone has not been heard of for hours"),
    "no-such-device": _("the account does not know this phone"),
}
