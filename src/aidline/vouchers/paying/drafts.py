"""A payment is prepared and handed in. From then on its list is frozen, and its money is put aside."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from aidline.centres.models import Staff
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.kernel.rows import insert
from aidline.vouchers.books.budget import BudgetTooSmall, release, reserve
from aidline.vouchers.models import Payment, Payout, Programme
from aidline.vouchers.paying.choosing import Chosen, choose, totals
from aidline.vouchers.paying.moves import CannotPay, move, told
from aidline.vouchers.paying.plan import approvals_needed, plan_hash
from aidline.vouchers.states import PaymentState, PayoutState, ProgrammeState

P = PaymentState
_COLUMNS = ("id", "payment_id", "registration_id", "cents", "state", "why", "attempts", "next_at")
_NOT_FROZEN: dict[str, Any] = {"plan_hash": "", "given": 0, "people": 0, "total_cents": 0, "needed": 1}


@transaction.atomic
def prepare(*, by: Staff | None, programme: Programme) -> Payment:
    """A draft for everybody who is included when it is handed in."""
    if programme.state != ProgrammeState.OPEN:
        raise CannotPay(_("The programme is not open."))
    last = Payment.objects.filter(programme=programme).aggregate(last=Max("number"))["last"] or 0
    try:
        with transaction.atomic():
            payment = Payment.objects.create(
                id=new_id(), programme=programme, number=last + 1, created_by=by, valid_from=now()
            )
    except IntegrityError:
        raise CannotPay(_("Somebody else prepared one just now.")) from None
    told(by, payment, "payment.prepare")
    return payment


@transaction.atomic
def change(
    *,
    by: Staff,
    payment: Payment,
    valid_from: datetime,
    valid_until: datetime | None,
    start_at: datetime | None,
) -> None:
    changes = {"valid_from": valid_from, "valid_until": valid_until, "start_at": start_at}
    if not move(payment, (P.DRAFT,), P.DRAFT, **changes):
        raise CannotPay(_("It has been handed in; its list stays as it is."))
    told(by, payment, "payment.change", fields="valid_from valid_until start_at")


@transaction.atomic
def discard(*, by: Staff, payment: Payment) -> None:
    """What was never handed in leaves no trace but this; anything else is called cancelled and stays."""
    draft = Payment.objects.filter(pk=payment.pk, state=P.DRAFT)
    never = draft.filter(submitted_at=None).delete()[0]
    if not never and not move(payment, (P.DRAFT,), P.CANCELLED, finished_at=now()):
        raise CannotPay(_("It is no draft any more."))
    told(by, payment, "payment.discard")


def hand_in(*, by: Staff, payment: Payment) -> None:
    """Who gets what is chosen before the transaction, which on SQLite keeps everybody else from writing."""
    programme = payment.programme
    if programme.state != ProgrammeState.OPEN:
        raise CannotPay(_("The programme is not open."))
    if programme.issuer is None or not programme.issuer.is_active:
        raise CannotPay(_("The programme has no issuer of vouchers."))
    chosen = choose(programme)
    with transaction.atomic():
        _freeze(by, payment, chosen)


def _freeze(by: Staff, payment: Payment, chosen: Sequence[Chosen]) -> None:
    found, at = totals(chosen), now()
    if not found.people or not found.cents:
        raise CannotPay(_("Nobody would be paid."))
    until = payment.valid_until or _last_moment(payment)
    if until <= at:
        raise CannotPay(_("The vouchers would have run out already."))
    ours = {"submitted_by": by, "submitted_at": at, "refusal_sealed": None, "valid_until": until}
    if not move(payment, (P.DRAFT,), P.DRAFT, **ours):
        raise CannotPay(_("It is no draft any more."))
    insert(Payout, _COLUMNS, [_row(payment, one, at) for one in chosen])
    _hand_over(by, payment, chosen, found.people, found.cents)


def _last_moment(payment: Payment) -> datetime:
    """The end of the last day by the centre's clock: people are told the day, and come in the afternoon."""
    zone = ZoneInfo(payment.programme.centre.time_zone)
    day = payment.valid_from.astimezone(zone).date() + timedelta(days=payment.programme.valid_days)
    return datetime.combine(day, time(23, 59, 59), zone)


def _hand_over(by: Staff, payment: Payment, chosen: Sequence[Chosen], people: int, cents: int) -> None:
    plan = plan_hash(payment, ((one.registration_id, one.cents) for one in chosen if not one.why))
    needed = approvals_needed(payment.programme, cents)
    changes = {"plan_hash": plan, "people": people, "total_cents": cents, "needed": needed, "given": 0}
    move(payment, (P.DRAFT,), P.AWAITING, **changes)
    try:
        reserve(payment=payment)
    except BudgetTooSmall:
        raise CannotPay(_("The budget is too small for this payment.")) from None
    told(by, payment, "payment.submit")


def _row(payment: Payment, one: Chosen, at: datetime) -> tuple[object, ...]:
    state = PayoutState.LEFT_OUT if one.why else PayoutState.PENDING
    return (new_id(), payment.pk, one.registration_id, one.cents, state.value, str(one.why), 0, at)


@transaction.atomic
def give_back(*, by: Staff | None, payment: Payment, reason: str) -> None:
    """Back to who prepared it: the list opens, the money is free again. Approvals given were for another list."""
    held = payment.total_cents
    same = Payment.objects.filter(total_cents=held)  # handed in anew since it was read, it holds another sum
    if not move(payment, (P.AWAITING, P.APPROVED), P.DRAFT, among=same, **_NOT_FROZEN):
        raise CannotPay(_("It does not wait for approval any more."))
    Payout.objects.filter(payment=payment).delete()
    release(payment=payment, cents=held, key=new_id())
    payment.refresh_from_db()
    payment.refusal = reason
    payment.save(update_fields=["refusal_sealed"])
    told(by, payment, "payment.return", reason=reason)
