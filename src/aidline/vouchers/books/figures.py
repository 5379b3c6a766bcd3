"""A programme week by week, for whoever may see figures: small numbers of people are not shown.

A count of one to four people could be somebody one knows, so neither it nor its money is told. Where only one cell
of a column is hidden, the total would give it away: the smallest other one is hidden with it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncWeek

from aidline.vouchers.models import Posting, Programme, Redemption, Voucher
from aidline.vouchers.states import DeliveryState, PostingKind

FEWEST = 5
K = PostingKind
_ARRIVED = (DeliveryState.DELIVERED, DeliveryState.PRINTED)


@dataclass(frozen=True, slots=True)
class Cell:
    """`people`: vouchers, each of one person. `hidden`: too few to be told."""

    people: int = 0
    cents: int = 0
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Week:
    """`start` is a Monday of the centre. Delivered and unused are of the vouchers that were issued in this week."""

    start: date | None  # None: the sum
    budget_cents: int = 0
    issued: Cell = field(default_factory=Cell)
    delivered: Cell = field(default_factory=Cell)
    used: Cell = field(default_factory=Cell)
    uses: int = 0
    unused: Cell = field(default_factory=Cell)
    expired: Cell = field(default_factory=Cell)
    returned: Cell = field(default_factory=Cell)


CELLS = ("issued", "delivered", "used", "unused", "expired", "returned")
Counts = Mapping[date, Mapping[str, int]]


def weekly(programme: Programme) -> list[Week]:
    """Every week from the first act to the last, and the sum at the end; small cells are hidden."""
    weeks = _weeks(programme)
    if not weeks:
        return []
    return hide_small([*weeks, _all(programme, weeks)])


# --- counting ---------------------------------------------------------------------------------------------


def _weeks(programme: Programme) -> list[Week]:
    zone = ZoneInfo(programme.centre.time_zone)
    posted, uses, vouchers = _posted(programme, zone), _used(programme, zone), _vouchers(programme, zone)
    known = posted.keys() | uses.keys() | vouchers.keys()
    return [_week(day, posted, uses, vouchers) for day in _mondays(known)]


def _mondays(known: Iterable[date]) -> Iterable[date]:
    days = sorted(known)
    if not days:
        return []
    count = (days[-1] - days[0]).days // 7 + 1
    return (days[0] + timedelta(weeks=week) for week in range(count))


def _week(day: date, posted: Counts, uses: Counts, vouchers: Counts) -> Week:
    money, used, made = posted[day], uses[day], vouchers[day]
    return Week(
        start=day,
        budget_cents=money[K.FUNDED] - money[K.DEFUNDED],
        issued=Cell(made["people"], money[K.ISSUED]),
        delivered=Cell(made["delivered"], made["delivered_cents"]),
        used=Cell(used["people"], used["cents"] + money[K.SPENT]),
        uses=used["uses"],
        unused=Cell(made["unused"], made["unused_cents"]),
        expired=Cell(money["expired people"], money[K.EXPIRED]),
        returned=Cell(money["cancelled people"], money[K.CANCELLED]),
    )


def _posted(programme: Programme, zone: ZoneInfo) -> Counts:
    rows = _by_week(Posting.objects.filter(programme=programme), "at", zone).values("week", "kind")
    found: dict[date, dict[str, int]] = _empty()
    for row in rows.annotate(cents=Sum("cents"), people=Count("voucher", distinct=True)).order_by():
        found[row["week"].date()][row["kind"]] = int(row["cents"])
        found[row["week"].date()][f"{row['kind']} people"] = row["people"]
    return found


def _used(programme: Programme, zone: ZoneInfo) -> Counts:
    rows = Redemption.objects.filter(programme=programme, reversed_at=None)
    weeks = _by_week(rows, "at", zone).values("week").order_by()
    sums = weeks.annotate(uses=Count("pk"), people=Count("voucher", distinct=True), cents=Sum("cents"))
    return _read(sums)


def _vouchers(programme: Programme, zone: ZoneInfo) -> Counts:
    """A replacement is the same voucher once more and does not count."""
    rows = Voucher.objects.filter(programme=programme, replaces=None)
    arrived, unused = Q(delivery__in=_ARRIVED), Q(uses=0, balance_cents__gt=0)
    sums = (
        _by_week(rows, "created_at", zone)
        .values("week")
        .order_by()
        .annotate(
            people=Count("pk"),
            delivered=Count("pk", filter=arrived),
            delivered_cents=Sum("amount_cents", filter=arrived, default=0),
            unused=Count("pk", filter=unused),
            unused_cents=Sum(F("balance_cents") + F("held_cents"), filter=unused, default=0),
        )
    )
    return _read(sums)


def _by_week(rows: "QuerySet[Any]", column: str, zone: ZoneInfo) -> "QuerySet[Any]":
    by_week: QuerySet[Any] = rows.annotate(week=TruncWeek(column, tzinfo=zone))
    return by_week


def _read(sums: Iterable[Mapping[str, Any]]) -> Counts:
    found = _empty()
    for row in sums:
        found[row["week"].date()].update({key: int(row[key]) for key in row if key != "week"})
    return found


def _empty() -> dict[date, dict[str, int]]:
    return defaultdict(lambda: defaultdict(int))


def _all(programme: Programme, weeks: Sequence[Week]) -> Week:
    """A voucher that was used in two weeks is one person."""
    total = _sum(weeks)
    uses = Redemption.objects.filter(programme=programme, reversed_at=None)
    people = uses.aggregate(people=Count("voucher", distinct=True))["people"]
    return replace(total, used=Cell(people, total.used.cents))


def _sum(weeks: Sequence[Week]) -> Week:
    sums: dict[str, Any] = {name: _add([getattr(week, name) for week in weeks]) for name in CELLS}
    sums |= {name: sum(getattr(week, name) for week in weeks) for name in ("budget_cents", "uses")}
    return Week(start=None, **sums)


def _add(cells: Sequence[Cell]) -> Cell:
    return Cell(sum(cell.people for cell in cells), sum(cell.cents for cell in cells))


# --- hiding -----------------------------------------------------------------------------------------------


def hide_small(weeks: Sequence[Week]) -> list[Week]:
    """The last one is the sum of those before."""
    columns = {name: _hidden([getattr(week, name) for week in weeks]) for name in CELLS}
    hidden = [
        _with(week, {name: cells[place] for name, cells in columns.items()})
        for place, week in enumerate(weeks)
    ]
    return [replace(week, uses=0) if week.used.hidden else week for week in hidden]


def _with(week: Week, cells: Mapping[str, Any]) -> Week:
    return replace(week, **cells)


def _hidden(cells: Sequence[Cell]) -> list[Cell]:
    small = {place for place, cell in enumerate(cells) if 0 < cell.people < FEWEST}
    if len(small) == 1 and len(cells) > 2:
        others = [place for place, cell in enumerate(cells[:-1]) if cell.people and place not in small]
        small |= {min(others, key=lambda place: cells[place].people)} if others else {len(cells) - 1}
    return [Cell(hidden=True) if place in small else cell for place, cell in enumerate(cells)]
