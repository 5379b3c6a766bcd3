"""Erases people when their time is over, as each programme sets it; the books and the audit log stay whole.

Nobody is erased while money may still be theirs: an open voucher with something on it, or a payout under way.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from aidline.kernel.clock import now
from aidline.vouchers import registrations
from aidline.vouchers.models import Payout, Programme, Registration, Voucher
from aidline.vouchers.states import PayoutState, ProgrammeState, Status, VoucherState

AT_ONCE = 500
BITES = 40  # in one run; what is left waits for the next
UNANSWERED = (Status.IMPORTED, Status.INVITED, Status.STARTED)
TAKING_PART = (Status.REGISTERED, Status.VERIFIED, Status.INCLUDED, Status.PAUSED)
UNDER_WAY = (PayoutState.PENDING, PayoutState.ISSUING, PayoutState.UNKNOWN)


def run() -> int:
    """How many were erased."""
    return sum(_tend(programme) for programme in Programme.objects.order_by("pk"))


def _tend(programme: Programme) -> int:
    if programme.state == ProgrammeState.CLOSED:
        _end_all(programme)
    erased = 0
    for ids in _bites(due(programme, now())):
        erased += len(registrations.erase(by=None, registrations=ids, why="retention").ids)
    return erased


def _end_all(programme: Programme) -> None:
    """Who still took part when a programme was closed has left it; from then on their time runs."""
    rows = Registration.objects.filter(programme=programme, status__in=(*UNANSWERED, *TAKING_PART))
    for ids in _bites(rows.exclude(has_money())):
        registrations.move(by=None, registrations=ids, to=Status.ENDED, why="closed")


def due(programme: Programme, at: datetime) -> QuerySet[Registration]:
    """Whose time is over."""
    over = _over(at, programme.keep_ended_days, (Status.ENDED,))
    over |= _over(at, programme.keep_declined_days, (Status.DECLINED,))
    answer_days = max(programme.keep_unanswered_days, programme.invitation_days)
    over |= _over(at, answer_days, UNANSWERED)
    return Registration.objects.filter(over, programme=programme).exclude(has_money())


def _over(at: datetime, days: int, statuses: tuple[Status, ...]) -> Q:
    return Q(status__in=statuses, changed_at__lt=at - timedelta(days=days))


def has_money() -> Q:
    held = Voucher.objects.filter(
        registration=OuterRef("pk"), state__in=(VoucherState.OPEN, VoucherState.BLOCKED)
    )
    worth = held.annotate(worth=F("balance_cents") + F("held_cents")).filter(worth__gt=0)
    coming = Payout.objects.filter(registration=OuterRef("pk"), state__in=UNDER_WAY)
    return Q(Exists(worth)) | Q(Exists(coming))


def _bites(rows: QuerySet[Registration]) -> Iterator[list[UUID]]:
    """Read anew each time: what was done is not there any more."""
    for _ in range(BITES):
        ids = list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
        if ids:
            yield ids
        if len(ids) < AT_ONCE:
            return
