"""From the start of a payment to its end: started, stopped, resumed, tried again, called off.

Nothing here asks an issuer for anything. Payouts that were asked for (`ISSUING`, `UNKNOWN`) belong to
`gateway.vouchers.issuing`, which finds out what became of them, whatever the payment's state.
"""

import logging

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from aidline.centres.models import Staff
from aidline.jobs.services import enqueue
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.vouchers.books.budget import release
from aidline.vouchers.models import Payment, Payout, Voucher
from aidline.vouchers.paying.drafts import give_back
from aidline.vouchers.paying.moves import CannotPay, move, told
from aidline.vouchers.paying.plan import frozen_hash
from aidline.vouchers.states import PaymentState, PayoutState, ProgrammeState, VoucherState

log = logging.getLogger(__name__)

P = PaymentState
TAKE_BACK = "payment-take-back"
NOT_ASKED = (PayoutState.PENDING, PayoutState.FAILED)
UNSETTLED = (PayoutState.ISSUING, PayoutState.UNKNOWN)


def start(*, by: Staff | None, payment: Payment) -> None:
    """What leaves is what was approved, to the cent: the hash is made again from the rows."""
    if payment.programme.state != ProgrammeState.OPEN:
        raise CannotPay(_("The programme is not open."))
    if not payment.plan_hash or frozen_hash(payment) != payment.plan_hash:
        raise CannotPay(_("It is not what was approved. Ask for approval again."))
    with transaction.atomic():
        approved = Payment.objects.filter(plan_hash=payment.plan_hash)
        changes = {"started_by": by, "started_at": now(), "trouble": ""}
        if not move(payment, (P.APPROVED,), P.RUNNING, among=approved, **changes):
            raise CannotPay(_("It was started already, or is not approved."))
        Payout.objects.filter(payment=payment, state=PayoutState.PENDING).update(next_at=now())
        told(by, payment, "payment.start")


def start_due() -> int:
    """Those whose hour has come. One that is no longer what was approved goes back to who prepared it."""
    waiting = Payment.objects.filter(state=P.APPROVED, start_at__lte=now())
    due = list(waiting.select_related("programme"))
    for payment in due:
        _start_guarded(payment)
    return len(due)


def _start_guarded(payment: Payment) -> None:
    """One that fails holds up no other; a database that is away is for the worker to wait for."""
    try:
        if payment.programme.state == ProgrammeState.OPEN:
            start(by=None, payment=payment)
    except CannotPay as refused:
        give_back(by=None, payment=payment, reason=str(refused.message))
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("payment %s could not be started", payment.pk)


@transaction.atomic
def stop(*, by: Staff | None, payment: Payment, trouble: str = "") -> None:
    """Nobody else is asked for. What the issuer was asked already is found out and counted."""
    if not move(payment, (P.RUNNING,), P.STOPPED, stopped_by=by, trouble=trouble):
        raise CannotPay(_("It is not being paid."))
    told(by, payment, "payment.stop")


@transaction.atomic
def resume(*, by: Staff, payment: Payment) -> None:
    if not move(payment, (P.STOPPED,), P.RUNNING, trouble=""):
        raise CannotPay(_("It is not stopped."))
    told(by, payment, "payment.resume")


@transaction.atomic
def retry(*, by: Staff, payment: Payment) -> int:
    """Those that failed, under the same references. How many."""
    if not move(payment, (P.RUNNING, P.FINISHED), P.RUNNING, trouble="", finished_at=None):
        raise CannotPay(_("It is not being paid."))
    failed = Payout.objects.filter(payment=payment, state=PayoutState.FAILED)
    again = failed.update(state=PayoutState.PENDING, why="", attempts=0, next_at=now())
    told(by, payment, "payment.retry")
    return again


@transaction.atomic
def give_up(*, by: Staff, payment: Payment) -> int:
    """Those that failed get nothing of this payment; their money is free again. How many."""
    if not move(payment, (P.FINISHED,), P.FINISHED):
        raise CannotPay(_("It is not over yet."))
    people = _call_off(payment, (PayoutState.FAILED,))
    told(by, payment, "payment.give_up")
    return people


@transaction.atomic
def cancel(*, by: Staff, payment: Payment, reason: str) -> int:
    """Before the start, or once it is stopped: how many get nothing of it. Vouchers that exist stay good."""
    if not move(payment, (P.AWAITING, P.APPROVED, P.STOPPED), P.CANCELLED, finished_at=now()):
        raise CannotPay(_("Stop it first. What is over cannot be cancelled."))
    people = _call_off(payment, NOT_ASKED)
    # counted from now: how often the issuer says that it knows nothing of them
    Payout.objects.filter(payment=payment, state=PayoutState.UNKNOWN).update(attempts=0)
    told(by, payment, "payment.cancel", reason=reason)
    return people


def unused_vouchers(payment: Payment) -> QuerySet[Voucher]:
    """What can still be taken back: given, and untouched."""
    whole = {"balance_cents": F("amount_cents"), "held_cents": 0, "uses": 0}
    rows = Voucher.objects.filter(payment=payment, state=VoucherState.OPEN, replaces=None, **whole)
    return rows.select_related("programme").order_by("pk")


@transaction.atomic
def take_back(*, by: Staff, payment: Payment) -> None:
    """Of a cancelled payment, in the background: the worker asks the issuer first."""
    if payment.state != P.CANCELLED:
        raise CannotPay(_("Cancel the payment first."))
    enqueue(TAKE_BACK, {"payment": str(payment.pk), "by": str(by.pk)}, unique_key=f"{TAKE_BACK} {payment.pk}")
    told(by, payment, "payment.take_back")


def _call_off(payment: Payment, states: tuple[PayoutState, ...]) -> int:
    """In the caller's transaction, which holds the payment's row."""
    rows = Payout.objects.filter(payment=payment, state__in=states)
    ids = list(rows.values_list("pk", flat=True))
    called_off = rows.filter(state__in=states).update(state=PayoutState.CANCELLED, lease_until=None)
    if called_off != len(ids):
        raise CannotPay(_("It changes just now. Try again in a moment."))
    cancelled = Payout.objects.filter(pk__in=ids)
    held = cancelled.aggregate(cents=Sum("cents"))["cents"] or 0
    release(payment=payment, cents=held, key=new_id())
    payment.refresh_from_db()
    return called_off


# --- its end ---------------------------------------------------------------------------------------------


@transaction.atomic
def finish_if_done(payment: Payment) -> bool:
    """Failed ones do not keep it open: they are tried again, or given up, by somebody."""
    open_ones = Payout.objects.filter(payment=payment, state__in=(PayoutState.PENDING, *UNSETTLED))
    if open_ones.exists() or not move(payment, (P.RUNNING,), P.FINISHED, finished_at=now()):
        return False
    # looked at again now that the row is ours: who tries again in this moment would wait for ever in a finished one
    return not (open_ones.exists() and move(payment, (P.FINISHED,), P.RUNNING, finished_at=None))


def due_payments() -> list[Payment]:
    """Running ones, and ended ones in which something is still not known."""
    unsettled = Payout.objects.filter(state__in=UNSETTLED).values("payment")
    rows = Payment.objects.filter(pk__in=unsettled) | Payment.objects.filter(state=P.RUNNING)
    return list(rows.select_related("programme__issuer").order_by("started_at"))
