"""When a centre is open. The wall clock of its time zone decides, also on the nights it jumps.

An interval that ends at or before its start runs into the next day: `["20:00", "02:00"]`.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Protocol
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)

Span = tuple[datetime, datetime]


class Opens(Protocol):
    """What is read of a centre. No hours at all means always open."""

    time_zone: str
    hours: dict[str, list[list[str]]]


def is_open(centre: Opens, at: datetime) -> bool:
    if not centre.hours:
        return True
    wall = at.astimezone(ZoneInfo(centre.time_zone)).replace(tzinfo=None)
    days = (wall.date() - _DAY, wall.date())
    return any(start <= wall < end for day in days for start, end in _spans(centre, day))


def next_opening(centre: Opens, at: datetime) -> datetime | None:
    """The first moment after `at` at which a closed centre opens; None if it is open, or never opens."""
    return None if is_open(centre, at) else _next_change(centre, at)


def next_closing(centre: Opens, at: datetime) -> datetime | None:
    """The first moment after `at` at which an open centre closes; None if it is closed, or never closes."""
    return _next_change(centre, at) if is_open(centre, at) else None


def _next_change(centre: Opens, at: datetime) -> datetime | None:
    now = is_open(centre, at)
    moments = sorted(moment for moment in _moments(centre, at) if moment > at)
    return next((moment for moment in moments if is_open(centre, moment) != now), None)


def _spans(centre: Opens, day: date) -> Iterator[Span]:
    """The intervals that begin on this day, on the wall clock."""
    for opens, closes in centre.hours.get(DAYS[day.weekday()], []):
        start, end = _wall(day, opens), _wall(day, closes)
        yield start, end if end > start else end + _DAY


def _wall(day: date, clock: str) -> datetime:
    hour, minute = clock.split(":")
    return datetime.combine(day, datetime.min.time()) + timedelta(hours=int(hour), minutes=int(minute))


def _moments(centre: Opens, at: datetime) -> Iterator[datetime]:
    """Everything that can open or close a centre within the next week: a start or an end (twice where an hour
    comes twice), or a jump of the clock into or out of an interval."""
    zone = ZoneInfo(centre.time_zone)
    first = at.astimezone(zone).date() - _DAY
    for number in range(10):
        day = first + number * _DAY
        for edge in chain.from_iterable(_spans(centre, day)):
            yield from (edge.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        yield from _jumps(zone, day)


def _jumps(zone: ZoneInfo, day: date) -> Iterator[datetime]:
    """The minute of this day (UTC) at which the offset of the zone changes."""
    low = datetime(day.year, day.month, day.day, tzinfo=UTC)
    high = low + _DAY
    before = low.astimezone(zone).utcoffset()
    if before == high.astimezone(zone).utcoffset():
        return
    while high - low > _MINUTE:
        middle = low + (high - low) // 2 // _MINUTE * _MINUTE
        changed = middle.astimezone(zone).utcoffset() != before
        low, high = (low, middle) if changed else (middle, high)
    yield high
