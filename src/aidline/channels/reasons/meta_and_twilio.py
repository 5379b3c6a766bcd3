"""Meta's Cloud API and Twilio: their codes do not overlap, so one table serves both.

Sources as in the provider files, read 2026-11-22. Our own codes stand here too: they are the same at every provider.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_NO_NUMBER = _("this number does not exist")
_UNREACHABLE = _("the phone could not be reached")
_NOT_THERE = _("this number does not use this service")
_WINDOW = _("the time for free replies is over")
_STOPPED = _("the person does not want messages here")
_REFUSED = _("the service refused the content")
_FILE = _("the service could not take the file")
_TEMPLATE = _("the approved message cannot be used now")
_TOO_LONG = _("the text is too long")
_ACCOUNT = _("our account at the service has a problem")
_REGION = _("the service does not reach this country")
_NOT_AGREED = _("the person has not agreed to get news")
_HELD = _("the service held it back; try tomorrow")

REASONS: Mapping[str, Promise] = {
    **dict.fromkeys(("21211", "21614", "21217", "63024"), _NO_NUMBER),
    **dict.fromkeys(("30003", "30005", "30006", "30008"), _UNREACHABLE),
    **dict.fromkeys(("131026", "63003"), _NOT_THERE),
    **dict.fromkeys(("131047", "63016"), _WINDOW),
    **dict.fromkeys(("131050", "21610", "63033", "opted-out"), _STOPPED),
    "no-consent": _NOT_AGREED,
    "voucher-gone": _("the voucher is not valid any more"),
    **dict.fromkeys(("30004", "30007", "63013", "131051"), _REFUSED),
    **dict.fromkeys(("131053", "63019", "63021"), _FILE),
    **dict.fromkeys(("132000", "132001", "132007", "132015", "132016", "63027"), _TEMPLATE),
    **dict.fromkeys(("21617", "132005"), _TOO_LONG),
    **dict.fromkeys(("0", "190", "131031", "131042", "20003", "30002", "63007", "63020"), _ACCOUNT),
    **dict.fromkeys(("21408", "130497"), _REGION),
    **dict.fromkeys(("131049", "130472"), _HELD),
}
