"""What payments say: why somebody is not paid, what an issuer answered, how far it has come."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aidline.vouchers.models import Payment
from aidline.vouchers.paying.choosing import HELD, Group, Why
from aidline.vouchers.states import PaymentState, PayoutState

P = PaymentState

REASONS: Mapping[str, Promise] = {
    Why.COOLDOWN: _("Held: number changed a short while ago"),
    Why.DOUBLE: _("Held: possible double"),
    Why.PAUSED: _("Left out: paused"),
    Why.ENOUGH: _("Left out: has had all payments planned"),
    Why.STATUS: _("Left out: not included any more"),
}
ICONS: Mapping[str, str] = {Why.COOLDOWN: "clock", Why.DOUBLE: "copy", Why.PAUSED: "pause"}

CODES: Mapping[str, Promise] = {
    "no-cover": _("The issuer says that our account with it has no cover."),
    "wrong-key": _("The issuer does not accept our key."),
    "account-closed": _("The issuer says that our account with it is closed."),
    "address": _("The address of the issuer may not be called."),
    "busy": _("The issuer was busy."),
    "unreachable": _("The issuer could not be reached."),
    "no-answer": _("The issuer did not answer in time."),
    "broken": _("The issuer had a fault."),
    "no-sense": _("The issuer's answer could not be read."),
    "amount": _("The issuer does not make vouchers of this amount."),
    "other-amount": _("The issuer made a voucher of another amount."),
    "cancelled": _("The issuer has taken this voucher back."),
    "cooldown": _("Waits: the number changed a short while ago."),
    "status": _("Not included any more."),
    "erased": _("Was erased."),
}


def code_words(code: str) -> Promise | str:
    return CODES.get(code) or REASONS.get(code) or code


def group_words(group: Group, ordinary_cents: int) -> Promise:
    if group.why:
        return REASONS.get(group.why, pgettext_lazy("rows", "Left out"))
    return _("Larger households") if group.each_cents > ordinary_cents else _("Ready to pay")


def group_icon(group: Group) -> str:
    return ICONS.get(group.why, "x") if group.why else "check"


def is_held(group: Group) -> bool:
    return group.why in HELD


# --- how far ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    label: Promise
    done: bool
    here: bool


_PLACES = {
    P.DRAFT: 0,
    P.AWAITING: 2,
    P.APPROVED: 3,
    P.RUNNING: 3,
    P.STOPPED: 3,
    P.FINISHED: 4,
    P.CANCELLED: 4,
}


def steps(payment: Payment, needed: int) -> list[Step]:
    place = _PLACES[P(payment.state)]
    approved = _("Approved by two") if needed == 2 else _("Approved")
    labels = (_("Prepared"), _("Checked"), approved, _("Sent"), _("Closed"))
    return [Step(label, at < place, at == place) for at, label in enumerate(labels)]


STATE_CHIPS: Mapping[str, tuple[str, str]] = {
    P.DRAFT: ("", "tmpl"),
    P.AWAITING: ("time", "hour"),
    P.APPROVED: ("info", "check"),
    P.RUNNING: ("info", "send"),
    P.STOPPED: ("time", "stop"),
    P.FINISHED: ("ok", "check"),
    P.CANCELLED: ("", "x"),
}
PAYOUT_ICONS: Mapping[str, str] = {
    PayoutState.ISSUED: "check",
    PayoutState.FAILED: "warn",
    PayoutState.CANCELLED: "x",
    PayoutState.LEFT_OUT: "x",
}
