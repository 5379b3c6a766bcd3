"""Who would get how much now, and who not and why. Reads only; what is handed in is this, written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Count

from aidline.kernel.clock import now
from aidline.vouchers.models import Payout, Programme, Registration
from aidline.vouchers.states import PayoutState, Rule, Status
from aidline.vouchers.verification.queries import doubles_in


class Why(StrEnum):
    """Why somebody is not paid. The first two are held: they pass by themselves or by somebody's decision."""

    COOLDOWN = "cooldown"  # the number changed a short while ago
    DOUBLE = "double"  # may be somebody who is on the list already
    PAUSED = "paused"
    ENOUGH = "enough"  # has had as many payments as the programme plans
    STATUS = "status"  # is not included any more, since the list was frozen


HELD = (Why.COOLDOWN, Why.DOUBLE)
COUNTING = (PayoutState.PENDING, PayoutState.ISSUING, PayoutState.UNKNOWN, PayoutState.ISSUED)


@dataclass(frozen=True, slots=True)
class Chosen:
    registration_id: UUID
    cents: int
    why: str = ""  # not paid
    on_paper: bool = False  # nobody can be written to: the voucher is printed


def choose(programme: Programme, at: datetime | None = None) -> list[Chosen]:
    """Everybody included or paused, in the order of their numbers."""
    rules = _Rules(programme, at or now())
    rows = Registration.objects.filter(programme=programme, status__in=(Status.INCLUDED, Status.PAUSED))
    columns = ("pk", "status", "household", "number_changed_at", "channel_id", "phone_index")
    found = rows.order_by("number").values_list(*columns)
    return [rules.chosen(*row) for row in found.iterator(chunk_size=5000)]


class _Rules:
    def __init__(self, programme: Programme, at: datetime) -> None:
        self._programme = programme
        self._cold_since = cold_since(programme, at)
        self._doubles = _doubles(programme)
        self._had = _had(programme) if programme.payments_planned else {}

    def chosen(
        self,
        registration_id: UUID,
        status: str,
        household: int,
        changed_at: datetime | None,
        channel_id: UUID | None,
        phone_index: bytes | None,
    ) -> Chosen:
        why = self._why(registration_id, status, changed_at)
        on_paper = channel_id is None and phone_index is None
        return Chosen(registration_id, amount(self._programme, household), why, on_paper)

    def _why(self, registration_id: UUID, status: str, changed_at: datetime | None) -> str:
        if status == Status.PAUSED:
            return Why.PAUSED
        planned = self._programme.payments_planned
        if planned and self._had.get(registration_id, 0) >= planned:
            return Why.ENOUGH
        if registration_id in self._doubles:
            return Why.DOUBLE
        return Why.COOLDOWN if changed_at and changed_at > self._cold_since else ""


def amount(programme: Programme, household: int) -> int:
    times = max(1, household) if programme.rule == Rule.MEMBER else 1
    cents = programme.amount_cents * times
    return min(cents, programme.most_cents) if programme.most_cents else cents


def cold_since(programme: Programme, at: datetime) -> datetime:
    """Whoever changed their number after this waits."""
    return at - timedelta(hours=programme.cooldown_hours)


def _doubles(programme: Programme) -> frozenset[UUID]:
    """Both of a pair that nobody has decided on, and that somebody still can: not where the other has left."""
    return frozenset(doubles_in(programme))


def _had(programme: Programme) -> dict[UUID, int]:
    """Also what was promised and not issued yet: two payments at once make nobody's number larger."""
    rows = Payout.objects.filter(payment__programme=programme, state__in=COUNTING)
    counted: Any = rows.values_list("registration_id").annotate(count=Count("*")).order_by()
    return dict(counted)


# --- in groups, for people -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Group:
    """Who gets the same amount, or nothing for the same reason."""

    why: str
    each_cents: int
    people: int

    @property
    def key(self) -> str:
        return self.why or str(self.each_cents)

    @property
    def cents(self) -> int:
        return 0 if self.why else self.each_cents * self.people


@dataclass(frozen=True, slots=True)
class Totals:
    groups: Sequence[Group]
    people: int
    cents: int
    held: int
    on_paper: int = 0

    @property
    def paid(self) -> list[Group]:
        return [group for group in self.groups if not group.why]

    @property
    def unpaid(self) -> list[Group]:
        return [group for group in self.groups if group.why]


def totals(chosen: Sequence[Chosen]) -> Totals:
    counts: dict[tuple[str, int], int] = {}
    for one in chosen:
        key = (one.why, 0 if one.why else one.cents)
        counts[key] = counts.get(key, 0) + 1
    paper = sum(one.on_paper and not one.why for one in chosen)
    return summed(counts, paper)


def summed(counts: dict[tuple[str, int], int], on_paper: int = 0) -> Totals:
    order = {why: place for place, why in enumerate(["", *Why])}
    keys = sorted(counts, key=lambda key: (order.get(key[0], len(order)), key[1]))
    groups = [Group(why, cents, counts[why, cents]) for why, cents in keys]
    paid = [group for group in groups if not group.why]
    return Totals(
        groups=groups,
        people=sum(group.people for group in paid),
        cents=sum(group.cents for group in paid),
        held=sum(group.people for group in groups if group.why in HELD),
        on_paper=on_paper,
    )
