"""What waits for a member: payments for their yes, registrations to look at, things that went wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from aidline.centres.queries import Seat
from aidline.centres.states import Can
from aidline.vouchers.models import (
    Approval,
    Pair,
    Payment,
    Payout,
    Programme,
    Registration,
    Trouble,
    Upload,
    Voucher,
)
from aidline.vouchers.queries import programmes_of, running_programmes
from aidline.vouchers.states import DeliveryState as D
from aidline.vouchers.states import PaymentState as P
from aidline.vouchers.states import PayoutState, ProgrammeState, Status, VoucherState


@dataclass(frozen=True, slots=True)
class Task:
    """`kind` is a code; how many, in which programme, and which payment where it is one."""

    kind: str
    count: int = 1
    programme: Programme | None = None
    payment: Payment | None = None


def tasks_for(seat: Seat) -> list[Task]:
    """Most pressing first; nobody is told of what they may not do."""
    tasks: list[Task] = []
    if seat.can(Can.APPROVE_PAYMENTS):
        tasks += _to_approve(seat)
    if seat.can(Can.RUN_PROGRAMMES):
        tasks += [*_payments(seat), *_people(seat), *_at_shops(seat), *_programmes(seat)]
    return tasks


def to_approve(seat: Seat) -> QuerySet[Payment]:
    """Payments that this member may still say yes to: not their own, and not said yet."""
    mine = Q(created_by=seat.staff) | Q(submitted_by=seat.staff)
    said = Approval.objects.filter(payment=OuterRef("pk"), plan_hash=OuterRef("plan_hash"), by=seat.staff)
    rows = Payment.objects.filter(programme__centre=seat.centre, state=P.AWAITING)
    return rows.exclude(mine).exclude(Exists(said)).select_related("programme").order_by("submitted_at")


def _to_approve(seat: Seat) -> Iterator[Task]:
    for payment in to_approve(seat):
        yield Task("approve", payment.people, payment.programme, payment)


# --- payments ---------------------------------------------------------------------------------------------


def _payments(seat: Seat) -> Iterator[Task]:
    rows = Payment.objects.filter(programme__centre=seat.centre).select_related("programme")
    for payment in rows.filter(state=P.DRAFT, refusal_sealed__isnull=False, created_by=seat.staff):
        yield Task("sent_back", payment.people, payment.programme, payment)
    for payment in rows.filter(state=P.APPROVED, start_at=None):
        yield Task("start", payment.people, payment.programme, payment)
    for payment in rows.filter(state=P.STOPPED):
        yield Task("stopped", payment.people, payment.programme, payment)
    failed = Payout.objects.filter(
        payment__in=rows.filter(state__in=(P.RUNNING, P.STOPPED)), state=PayoutState.FAILED
    )
    for payment in rows.filter(pk__in=failed.values("payment")):
        yield Task("failed", failed.filter(payment=payment).count(), payment.programme, payment)


# --- people -----------------------------------------------------------------------------------------------


def _people(seat: Seat) -> Iterator[Task]:
    registered = Registration.objects.filter(centre=seat.centre, status=Status.REGISTERED)
    yield from _by_programme(seat, "verify", registered.filter(_mine_to_verify(seat)))
    pairs = Pair.objects.filter(centre=seat.centre, decided="").count()
    if pairs:
        yield Task("pairs", pairs)
    lost = Voucher.objects.filter(centre=seat.centre, state=VoucherState.OPEN, delivery=D.FAILED)
    yield from _by_programme(seat, "undelivered", lost)
    uploads = Upload.objects.filter(centre=seat.centre, by=seat.staff, state="ma").count()
    if uploads:
        yield Task("uploads", uploads)


def _mine_to_verify(seat: Seat) -> Q:
    """Where two must look, the second is somebody else."""
    return ~Q(first_verified_by=seat.staff) | Q(programme__four_eyes=False)


def _by_programme(seat: Seat, kind: str, rows: QuerySet[Any]) -> Iterator[Task]:
    counted = dict(rows.order_by().values_list("programme").annotate(count=Count("pk")))
    for programme in programmes_of(seat).filter(pk__in=counted):
        yield Task(kind, counted[programme.pk], programme)


# --- shops and programmes ---------------------------------------------------------------------------------


def _at_shops(seat: Seat) -> Iterator[Task]:
    count = Trouble.objects.filter(centre=seat.centre, closed_at=None).count()
    if count:
        yield Task("troubles", count)


def _programmes(seat: Seat) -> Iterator[Task]:
    for programme in programmes_of(seat).filter(state=ProgrammeState.DRAFT):
        yield Task("draft", 1, programme)
    for programme in _short_of_money(seat):
        yield Task("budget", 1, programme)


def _short_of_money(seat: Seat) -> list[Programme]:
    """What is left does not pay everybody who is included once more."""
    rows = running_programmes(seat).filter(registrations__status=Status.INCLUDED)
    counted = rows.annotate(people=Count("registrations"), members=Sum("registrations__household"))
    return [row for row in counted if row.available_cents < _next_total(row)]


def _next_total(row: Any) -> int:
    return int(row.amount_cents * (row.members if row.rule == "member" else row.people))


def counts_of(seat: Seat) -> dict[UUID, dict[str, int]]:
    """People by status, for each running programme."""
    rows = Registration.objects.filter(programme__in=running_programmes(seat))
    found: dict[UUID, dict[str, int]] = {}
    for programme, status, count in rows.order_by().values_list("programme", "status").annotate(Count("pk")):
        found.setdefault(programme, {})[status] = count
    return found
