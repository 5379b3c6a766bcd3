"""A payment's way from one state to the next: one conditional UPDATE each, and a line in the audit."""

from typing import Any

from aidline.audit.services import record
from aidline.centres.models import Staff
from aidline.vouchers.models import Payment
from aidline.vouchers.states import PaymentState


class CannotPay(Exception):
    """Why a payment does not go on, in words for who works on it."""

    def __init__(self, message: Any) -> None:
        super().__init__(str(message))
        self.message = message


class WrongTotal(CannotPay):
    """Typed wrongly: it can be mended in its field."""


def move(
    payment: Payment, states: tuple[PaymentState, ...], to: PaymentState, *, among: Any = None, **changes: Any
) -> bool:
    """False: somebody else was quicker, or it is not in one of these states."""
    rows = Payment.objects.all() if among is None else among
    moved = rows.filter(pk=payment.pk, state__in=states).update(state=to, **changes)
    if moved:
        payment.refresh_from_db()
    return bool(moved)


def told(by: Staff | None, payment: Payment, action: str, fields: str = "", reason: str = "") -> None:
    record(
        by=by,
        action=action,
        object_type="payment",
        object_id=payment.pk,
        centre=payment.programme.centre_id,
        fields=fields,
        reason=reason,
    )
