"""Why a message was not sent through Messenger or Instagram, in our words.

Sources as in `wire/meta_account.py`. A code with its subcode is looked for first, as it stands in the error.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_WINDOW = _("the time for free replies is over")
_NOT_THERE = _("the person cannot be reached there now")
_NOBODY = _("this person does not exist there any more")
_FILE = _("the service could not take the file")
_ACCOUNT = _("our account at the service has a problem")
_OTHER = _("another program has the word in this conversation")
_BUSY = _("the service asks us to send more slowly")

REASONS: Mapping[str, Promise] = {
    **dict.fromkeys(("10/2018278", "10/2534022", "10/2018065", "10/2018108"), _WINDOW),
    **dict.fromkeys(("551", "551/1545041", "200/1545041"), _NOT_THERE),
    **dict.fromkeys(("100/2018001", "100/2534014"), _NOBODY),
    **dict.fromkeys(("100/2018047", "100/2018109", "4/2018109", "100/2018008", "too-large"), _FILE),
    **dict.fromkeys(("0", "3", "10", "102", "190", "200", "230", "368", "10/1893063"), _ACCOUNT),
    "10/2018300": _OTHER,
    **dict.fromkeys(("4", "17", "32", "341", "613", "80001", "80002", "80006", "9/2018352"), _BUSY),
}
