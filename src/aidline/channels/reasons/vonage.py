"""Why Vonage did not bring a message, in our words: codes of calls, of receipts ("dlr-") and of the Messages API.

Sources as in the provider file, read 2026-11-24.
"""

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
_NO_CREDIT = _("the person has no credit left for this")
_BARRED = _("the person's phone company does not let it through")

REASONS: Mapping[str, Promise] = {
    **dict.fromkeys(("6", "33", "dlr-3", "dlr-12", "1170", "1190", "1260"), _NO_NUMBER),
    **dict.fromkeys(("dlr-2", "dlr-7", "dlr-8", "dlr-expired", "1180", "1230", "1360"), _UNREACHABLE),
    **dict.fromkeys(("7", "dlr-9", "1050", "1240"), _STOPPED),
    **dict.fromkeys(("dlr-4", "dlr-5", "dlr-13", "dlr-14", "1200", "1210", "1270", "1280"), _BARRED),
    **dict.fromkeys(("dlr-6", "dlr-10", "dlr-51", "dlr-52", "1220"), _REFUSED),
    "12": _TOO_LONG,
    **dict.fromkeys(("4", "8", "9", "11", "14", "15", "29", "1060", "1070", "1120"), _ACCOUNT),
    **dict.fromkeys(("low-balance", "unauthorized", "account-suspended", "private-key"), _ACCOUNT),
    **dict.fromkeys(("dlr-11", "1250"), _REGION),
    **dict.fromkeys(("dlr-15", "1290"), _NO_CREDIT),
}
