"""Payouts on their way to the issuer and back: who may be asked for now, and what was heard.

A payout is claimed by one conditional UPDATE, and stays ours until its lease ends. Whatever dies in between leaves
a row that is true: perhaps it was asked for. It is looked up before it is asked for again, under the same reference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import randrange
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from aidline.kernel.clock import now
from aidline.vouchers.books.budget import release
from aidline.vouchers.issuers.contract import Card
from aidline.vouchers.models import Payment, Payout
from aidline.vouchers.paying.choosing import Why, cold_since
from aidline.vouchers.redeeming import issue as vouchers
from aidline.vouchers.states import PaymentState, PayoutState, ProgrammeState, Status

LEASE = timedelta(seconds=60)  # longer than any call may take
FIRST_WAIT, LONGEST_WAIT = 0.25, 600.0


@dataclass(frozen=True, slots=True)
class Claimed:
    """`asked`: perhaps the issuer made something under this reference already."""

    id: UUID
    cents: int
    attempts: int
    asked: bool
    lease: datetime


def claim(payment: Payment, most: int) -> list[Claimed]:
    """What is to be asked for now. Of a payment that does not run any more, only what is not known."""
    at = now()
    rows = list(_due(payment, at).values_list("pk", "cents", "attempts", "state")[:most])
    lease = at + LEASE + timedelta(microseconds=randrange(1_000_000))  # noqa: S311 (names this claim, no secret)
    won = _won(payment, [row[0] for row in rows], at, lease)
    return [
        Claimed(pk, cents, attempts + 1, state != PayoutState.PENDING, lease)
        for pk, cents, attempts, state in rows
        if pk in won
    ]


def _due(payment: Payment, at: datetime) -> QuerySet[Payout]:
    lost = Q(state=PayoutState.ISSUING, lease_until__lt=at)
    unknown = Q(state=PayoutState.UNKNOWN, next_at__lte=at)
    which = lost | unknown
    if payment.state == PaymentState.RUNNING and payment.programme.state == ProgrammeState.OPEN:
        which |= Q(state=PayoutState.PENDING, next_at__lte=at)
    return Payout.objects.filter(which, payment=payment).order_by("next_at", "pk")


def _won(payment: Payment, ids: Sequence[UUID], at: datetime, lease: datetime) -> frozenset[UUID]:
    """The states stand in the UPDATE itself: whoever is second gets none of them."""
    if not ids:
        return frozenset()
    ours = {"state": PayoutState.ISSUING, "lease_until": lease}
    changed = _due(payment, at).order_by().filter(pk__in=ids, **_running(payment)).update(**ours)
    if changed == len(ids):
        return frozenset(ids)
    held = Payout.objects.filter(pk__in=ids, state=PayoutState.ISSUING, lease_until=lease)
    return frozenset(held.values_list("pk", flat=True))


def _running(payment: Payment) -> dict[str, Any]:
    """A payment that is stopped in this moment gives nothing out any more."""
    if payment.state != PaymentState.RUNNING:
        return {}
    return {"payment__in": Payment.objects.filter(pk=payment.pk, state=PaymentState.RUNNING)}


# --- before anything is asked ----------------------------------------------------------------------------


def put_aside(payment: Payment) -> int:
    """Whose number changed since the list was frozen waits; who is not included any more gets nothing. How many."""
    at = now()
    pending = Payout.objects.filter(payment=payment, state=PayoutState.PENDING)
    hours = timedelta(hours=payment.programme.cooldown_hours)
    cold = pending.filter(registration__number_changed_at__gt=cold_since(payment.programme, at))
    found = list(cold.values_list("pk", "registration__number_changed_at", "next_at"))
    warm = [(pk, changed_at + hours, next_at) for pk, changed_at, next_at in found if changed_at]
    changed = [(pk, warm_at) for pk, warm_at, next_at in warm if next_at < warm_at]
    for pk, warm_at in changed:
        waiting = Payout.objects.filter(pk=pk, state=PayoutState.PENDING)
        waiting.update(next_at=warm_at, why=Why.COOLDOWN)
    gone = pending.exclude(registration__status=Status.INCLUDED)
    return len(changed) + _leave_out(payment, list(gone.values_list("pk", flat=True)))


@transaction.atomic
def _leave_out(payment: Payment, ids: Sequence[UUID]) -> int:
    rows = Payout.objects.filter(pk__in=ids, state=PayoutState.PENDING)
    return _free(payment, rows, ids, PayoutState.LEFT_OUT, Why.STATUS)


def _free(payment: Payment, rows: QuerySet[Payout], ids: Sequence[UUID], state: PayoutState, why: str) -> int:
    """Their money goes back. Only rows that this very UPDATE changed are counted."""
    if not ids:
        return 0
    mark = now() + timedelta(microseconds=randrange(1_000_000))  # noqa: S311 (tells our rows from others)
    changed = rows.update(state=state, why=why, lease_until=None, next_at=mark)
    ours = Payout.objects.filter(pk__in=ids, state=state, next_at=mark)
    cents = ours.aggregate(cents=Sum("cents"))["cents"] or 0
    if cents:
        release(payment=payment, cents=cents, key=ours.values_list("pk", flat=True)[0])
    return changed


# --- what was heard --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heard:
    """Of one payout: a card, or the state it goes to with the reason and when it is asked for again."""

    claimed: Claimed
    card: Card | None = None
    state: PayoutState = PayoutState.PENDING
    why: str = ""
    again_in: float = 0.0


@transaction.atomic
def write_down(payment: Payment, heard: Sequence[Heard]) -> None:
    """Vouchers in bulk; the others move only while they are still ours."""
    cards = {one.claimed.id: _card(one.card) for one in heard if one.card}
    if cards:
        vouchers.issue(payout_ids=list(cards), cards=cards)
    for one in heard:
        if one.card is None:
            _move(payment, one)


def _card(card: Card) -> vouchers.Card:
    return vouchers.Card(card.number, card.pin)


def _move(payment: Payment, one: Heard) -> None:
    claimed = one.claimed
    ours = Payout.objects.filter(pk=claimed.id, state=PayoutState.ISSUING, lease_until=claimed.lease)
    if one.state is PayoutState.CANCELLED:
        _free(payment, ours, [claimed.id], PayoutState.CANCELLED, one.why)
        return
    ours.update(
        state=one.state,
        why=one.why[:20],
        attempts=claimed.attempts,
        next_at=now() + timedelta(seconds=one.again_in),
        lease_until=None,
    )


def issue_own(claimed: Sequence[Claimed]) -> int:
    """Our own vouchers need nobody's answer."""
    return len(vouchers.issue(payout_ids=[one.id for one in claimed]))
