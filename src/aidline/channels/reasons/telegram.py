"""Telegram's refusals in our words. Codes as `providers/telegram.py` makes them, read 2026-11-24."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: Mapping[str, Promise] = {
    "400": _("the service refused the content"),
    "400-chat": _("this person is not known to the bot"),
    "400-long": _("the text is too long"),
    **dict.fromkeys(("400-file", "413"), _("the service could not take the file")),
    **dict.fromkeys(("401", "404", "409"), _("our account at the service has a problem")),
    **dict.fromkeys(("403", "403-blocked"), _("the person does not want messages here")),
    "403-gone": _("this person’s account no longer exists"),
    "403-first": _("the person has to write first"),
    **dict.fromkeys(("420", "429"), _("the service asks us to be slower")),
}
