"""Four eyes, or six: the yes of others to one frozen list. The database counts along and refuses its author's."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from aidline.centres.models import Staff
from aidline.kernel.ids import new_id
from aidline.vouchers.models import Approval, Payment
from aidline.vouchers.paying.moves import CannotPay, WrongTotal, move, told
from aidline.vouchers.paying.plan import approvals_needed
from aidline.vouchers.states import PaymentState

P = PaymentState


@transaction.atomic
def approve(*, by: Staff, payment: Payment, seen: str, cents: int | None, comment: str = "") -> None:
    """`seen` is the hash of the list that was looked at, `cents` the total as it was typed."""
    if by.pk in (payment.created_by_id, payment.submitted_by_id):
        raise CannotPay(_("Somebody else has to approve what you prepared or handed in."))
    if cents != payment.total_cents:
        raise WrongTotal(_("What you typed is not the total of this payment."))
    if approvals_needed(payment.programme, payment.total_cents) > payment.needed:
        raise CannotPay(_("It needs more approvals now than when it was handed in. Give it back."))
    waiting = Payment.objects.filter(pk=payment.pk, state=P.AWAITING, plan_hash=seen, total_cents=cents)
    if not seen or not waiting.update(given=F("given")):  # the row is ours until the end
        raise CannotPay(_("It was changed meanwhile. Read it again."))
    payment.refresh_from_db()
    _sign(by, payment, comment)
    waiting.update(given=F("given") + 1)
    among = Payment.objects.filter(given__gte=F("needed"))
    if not move(payment, (P.AWAITING,), P.APPROVED, among=among):
        payment.refresh_from_db()
    told(by, payment, "payment.approve")


def _sign(by: Staff, payment: Payment, comment: str) -> None:
    handed_in_by = payment.submitted_by_id
    assert handed_in_by
    row = Approval(
        id=new_id(),
        payment=payment,
        plan_hash=payment.plan_hash,
        made_by_id=payment.created_by_id or handed_in_by,
        submitted_by_id=handed_in_by,
        by=by,
    )
    row.comment = comment
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise CannotPay(_("You have approved it already.")) from None
