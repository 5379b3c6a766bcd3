"""Viber's refusals in our words. Codes are the `status` of its answers, read 2026-11-24."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: Mapping[str, Promise] = {
    **dict.fromkeys(("2", "7", "8", "9", "10", "15"), _("our account at the service has a problem")),
    **dict.fromkeys(("3", "4"), _("the service refused the content")),
    "5": _("this person does not use this service any more"),
    "6": _("the person does not want messages here"),
    **dict.fromkeys(("11", "13", "14"), _("the person’s phone cannot show this message")),
    "12": _("the service asks us to be slower"),
    "21": _("the service does not reach this country"),
    "23": _("the free messages of this month are used up"),
    "24": _("our account at the service has no money left"),
    "failed": _("the phone could not be reached"),
}
