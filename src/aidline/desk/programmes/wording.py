"""Codes of the services in words."""

from django.utils.translation import gettext_lazy as _

MISSING = {
    "amount": _("An amount for a voucher"),
    "languages": _("A language to register in"),
    "issuer": _("Somewhere that the vouchers come from"),
    "consent": _("A consent text in each of its languages"),
    "budget": _("A budget for at least one voucher"),
}

_REFUSALS = {
    "has_money": _("Currency and issuer stay as they are: money has been counted in them."),
    "payments_open": _("A payment is still under way. Finish or cancel it first."),
    "not_now": _("Somebody else changed this in the meantime. Look at it again."),
    "not_ready": _("Something is still missing; it is listed on this page."),
    "bad_form": _("This question cannot be asked like this."),
}


def refusal(code: str) -> str:
    return str(_REFUSALS[code])
