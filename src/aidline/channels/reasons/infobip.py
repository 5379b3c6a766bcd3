"""Why Infobip did not bring a message, in our words. Names of statuses and errors, read 2026-11-24."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_NO_NUMBER = _("this number does not exist")
_UNREACHABLE = _("the phone could not be reached")
_STOPPED = _("the person does not want messages here")
_REFUSED = _("the service refused the content")
_TOO_LONG = _("the text is too long")
_ACCOUNT = _("our account at the service has a problem")
_REGION = _("the service does not reach this country")

REASONS: Mapping[str, Promise] = {
    **dict.fromkeys(("EC_UNKNOWN_SUBSCRIBER", "EC_UNIDENTIFIED_SUBSCRIBER"), _NO_NUMBER),
    **dict.fromkeys(("EC_ILLEGAL_SUBSCRIBER", "REJECTED_PREFIX_MISSING", "MISSING_TO"), _NO_NUMBER),
    **dict.fromkeys(("REJECTED_INVALID_DESTINATION", "REJECTED_DESTINATION_NOT_REGISTERED"), _NO_NUMBER),
    **dict.fromkeys(("EC_ABSENT_SUBSCRIBER", "EC_ABSENT_SUBSCRIBER_SM", "EXPIRED_EXPIRED"), _UNREACHABLE),
    **dict.fromkeys(
        ("EC_CALL_BARRED", "EC_SUBSCRIBER_BUSY_FOR_MT_SMS", "EC_SM_DELIVERY_FAILURE"), _UNREACHABLE
    ),
    **dict.fromkeys(
        ("EC_DELIVERY_FAIL", "UNDELIVERABLE_NOT_DELIVERED", "EC_ILLEGAL_EQUIPMENT"), _UNREACHABLE
    ),
    **dict.fromkeys(("REJECTED_DESTINATION", "REJECTED_DND"), _STOPPED),
    **dict.fromkeys(("UNDELIVERABLE_REJECTED_OPERATOR", "REJECTED_FLOODING_FILTER"), _REFUSED),
    "REJECTED_MESSAGE_TOO_LONG": _TOO_LONG,
    **dict.fromkeys(("REJECTED_NOT_ENOUGH_CREDITS", "REJECTED_PREPAID_PACKAGE_EXPIRED"), _ACCOUNT),
    **dict.fromkeys(("REJECTED_SENDER", "REJECTED_SOURCE", "UNAUTHORIZED", "E401", "E403"), _ACCOUNT),
    **dict.fromkeys(("REJECTED_NETWORK", "REJECTED_ROUTE_NOT_AVAILABLE"), _REGION),
}
