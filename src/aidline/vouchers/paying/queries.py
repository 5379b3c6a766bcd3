"""The doors to payments, and how one stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum
from django.http import Http404

from aidline.centres.queries import Seat
from aidline.centres.states import Can
from aidline.vouchers.models import Approval, Payment, Payout, Redemption, Voucher
from aidline.vouchers.paying.choosing import Totals, choose, summed, totals
from aidline.vouchers.states import PaymentState, PayoutState, VoucherState

P = PaymentState
FROZEN = (P.AWAITING, P.APPROVED, P.RUNNING, P.STOPPED, P.FINISHED, P.CANCELLED)
STARTED = (P.RUNNING, P.STOPPED, P.FINISHED, P.CANCELLED)
_WHO = ("created_by", "submitted_by", "started_by", "stopped_by")


def payments_of(seat: Seat) -> QuerySet[Payment]:
    if not seat.can(Can.SEE_REGISTRATIONS):
        return Payment.objects.none()
    rows = Payment.objects.filter(programme__centre=seat.centre)
    return rows.select_related("programme__centre", "programme__issuer", *_WHO).order_by("-created_at", "-pk")


def access_payment(seat: Seat, payment_id: UUID) -> Payment:
    row = payments_of(seat).filter(pk=payment_id).first()
    if row is None:
        raise Http404
    return row


def approvals_of(payment: Payment) -> list[Approval]:
    """To the list as it is now; those to an earlier one are in the audit."""
    rows = Approval.objects.filter(payment=payment, plan_hash=payment.plan_hash).exclude(plan_hash="")
    return list(rows.select_related("by", "payment__programme").order_by("at"))


def waiting_for(seat: Seat) -> QuerySet[Payment]:
    """Payments on which this member can decide: the badge, and Today."""
    if not seat.can(Can.APPROVE_PAYMENTS):
        return Payment.objects.none()
    rows = Payment.objects.filter(programme__centre=seat.centre, state=P.AWAITING)
    own = Q(created_by=seat.staff) | Q(submitted_by=seat.staff)
    given = Approval.objects.filter(by=seat.staff, plan_hash=F("payment__plan_hash")).values("payment")
    return rows.exclude(own).exclude(pk__in=given).select_related("programme").order_by("submitted_at")


# --- who gets what ---------------------------------------------------------------------------------------


def totals_of(payment: Payment) -> Totals:
    """As it is frozen; of a draft, as it would be now."""
    return frozen_totals(payment) if payment.state in FROZEN else totals(choose(payment.programme))


def frozen_totals(payment: Payment) -> Totals:
    """As it was handed in, whatever became of each since."""
    rows = Payout.objects.filter(payment=payment)
    counted = rows.values_list("state", "why", "cents").annotate(count=Count("*")).order_by()
    counts: dict[tuple[str, int], int] = {}
    for state, why, cents, count in counted:
        key = (why, 0) if state == PayoutState.LEFT_OUT else ("", cents)
        counts[key] = counts.get(key, 0) + count
    paper = rows.exclude(state=PayoutState.LEFT_OUT)
    on_paper = paper.filter(registration__channel_id=None, registration__phone_index=None).count()
    return summed(counts, on_paper)


def group_of(payment: Payment, key: str) -> QuerySet[Payout]:
    """The people of one line of the table, in the order of their numbers. `key`: an amount, or a reason."""
    rows = Payout.objects.filter(payment=payment).select_related("registration")
    if key.isdecimal():
        rows = rows.exclude(state=PayoutState.LEFT_OUT).filter(cents=int(key[:9]))
    elif key in PayoutState.values:
        rows = rows.filter(state=key)
    else:
        rows = rows.filter(state=PayoutState.LEFT_OUT, why=key)
    return rows.order_by("registration__number")


# --- compared with the last ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Compared:
    last: Payment
    people: int  # more, or fewer, than then
    cents: int
    spent_percent: int


def compared(payment: Payment, found: Totals) -> Compared | None:
    earlier = Payment.objects.filter(programme=payment.programme, number__lt=payment.number)
    last = earlier.filter(state__in=(P.RUNNING, P.STOPPED, P.FINISHED)).order_by("-number").first()
    if last is None:
        return None
    return Compared(last, found.people - last.people, found.cents - last.total_cents, _spent(last))


def _spent(payment: Payment) -> int:
    """What was used in shops, as a share of what was given; what ran out or was taken back is not used."""
    vouchers = Voucher.objects.filter(payment=payment)
    uses = Redemption.objects.filter(voucher__payment=payment, reversed_at=None)
    given = _sum(vouchers.filter(replaces=None), F("amount_cents"))
    used = _sum(uses, F("cents") - F("overdrawn_cents"))
    at_issuer = vouchers.filter(card_sealed__isnull=False, state__in=(VoucherState.OPEN, VoucherState.EMPTY))
    used += _sum(at_issuer, F("amount_cents") - F("balance_cents"))
    return round(100 * used / given) if given else 0


def _sum(rows: QuerySet[Any], what: Any) -> int:
    return rows.aggregate(cents=Sum(what))["cents"] or 0


def budget_after(payment: Payment, found: Totals) -> int:
    """What is left; of a draft, what would be left. Less than nothing: the budget is too small."""
    available = payment.programme.available_cents
    return available if payment.state in FROZEN else available - found.cents


# --- progress --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    counts: Mapping[str, int]
    failures: Mapping[str, int]  # by code

    def of(self, *states: PayoutState) -> int:
        return sum(self.counts.get(state, 0) for state in states)

    @property
    def issued(self) -> int:
        return self.of(PayoutState.ISSUED)

    @property
    def waiting(self) -> int:
        return self.of(PayoutState.PENDING, PayoutState.ISSUING)

    @property
    def unknown(self) -> int:
        return self.of(PayoutState.UNKNOWN)

    @property
    def failed(self) -> int:
        return self.of(PayoutState.FAILED)

    @property
    def called_off(self) -> int:
        return self.of(PayoutState.CANCELLED)

    @property
    def whole(self) -> int:
        return sum(self.counts.values()) - self.of(PayoutState.LEFT_OUT)

    @property
    def percent(self) -> int:
        return 100 * self.issued // self.whole if self.whole else 0


def progress_of(payment: Payment) -> Progress:
    rows = Payout.objects.filter(payment=payment)
    counts: Any = rows.values_list("state").annotate(count=Count("*")).order_by()
    failures: Any = (
        rows.filter(state=PayoutState.FAILED).values_list("why").annotate(count=Count("*")).order_by()
    )
    return Progress(dict(counts), dict(failures))
