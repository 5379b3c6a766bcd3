"""When a centre or a channel is open, and by when it has promised to answer. Pure: no database.

The wall clock of its time zone decides, also on the nights it jumps: an hour that is skipped is never open, one that
comes twice is open twice. An interval that ends at or before its start runs into the next day (`["20:00", "02:00"]`)
and belongs to the day it begins on: a special day replaces what begins on it, not the night before.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Interval = Sequence[str]  # ("08:00", "12:00")
Span = tuple[datetime, datetime]  # half-open: the last moment is closed
ALL_DAY: tuple[Interval, ...] = (("00:00", "24:00"),)
HORIZON_DAYS = 400  # as far as anybody plans; what does not open until then never opens

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


class Promise(StrEnum):
    """`HOURS`: so many hours by the clock, and if we are closed then, as soon as we open. `NEXT_DAY`: by the end of
    the next working day, which is the first day that opens after the message: for who writes at night, or on the
    morning before we open, the day that comes; for who writes while we are open, the one after."""

    HOURS = "hours"
    NEXT_DAY = "next_day"


def _none_is(_day: date) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Timetable:
    """`hours` by day of the week; no mapping at all is always open. `special` days replace those of their date;
    `is_holiday` closes a date that is not special."""

    time_zone: str = "UTC"
    hours: Mapping[str, Sequence[Interval]] = field(default_factory=dict)
    special: Mapping[date, Sequence[Interval]] = field(default_factory=dict)
    is_holiday: Callable[[date], bool] = _none_is
    closed_until: datetime | None = None

    def is_open(self, at: datetime) -> bool:
        if self.closed_until and at < self.closed_until:
            return False
        wall = at.astimezone(ZoneInfo(self.time_zone)).replace(tzinfo=None)
        days = (wall.date() - _DAY, wall.date())
        return any(start <= wall < end for day in days for start, end in self._begun_on(day))

    def next_opening(self, at: datetime) -> datetime | None:
        """The first moment after `at` at which it opens; None if it is open, or never opens."""
        return None if self.is_open(at) else self._first_open(at)

    def next_closing(self, at: datetime) -> datetime | None:
        """The first moment after `at` at which it closes; None if it is closed, or never closes."""
        always = not self.hours and not self.special and self.is_holiday is _none_is
        if always or not self.is_open(at):
            return None
        _start, end = next(self.spans(at))
        return end if end < at + (HORIZON_DAYS - 1) * _DAY else None

    def spans(self, since: datetime) -> Iterator[Span]:
        """What is open from this moment on, in UTC: in order, apart from each other, as far as the horizon."""
        since = max(since, self.closed_until or since).astimezone(UTC)
        begun: Span | None = None
        for start, end in self._pieces(since, HORIZON_DAYS):
            if begun and start <= begun[1]:
                begun = begun[0], max(end, begun[1])
                continue
            if begun:
                yield begun
            begun = start, end
        if begun:
            yield begun

    def open_between(self, start: datetime, end: datetime) -> timedelta:
        """How much of the time between two moments was open."""
        total = timedelta()
        for opens, closes in self.spans(start):
            if opens >= end:
                break
            total += min(closes, end) - opens
        return total

    def add_open(self, start: datetime, duration: timedelta) -> datetime | None:
        """The open moment before which exactly so much open time has passed; None if there never is one.

        Never the moment of closing: what would end with the day ends with the next opening.
        """
        left = duration
        for opens, closes in self.spans(start):
            if left < closes - opens:
                return opens + left
            left -= closes - opens
        return None

    def due(self, at: datetime, promise: str = Promise.NEXT_DAY, hours: int = 24) -> datetime:
        """Never within closed time, unless nothing ever opens: then by the clock, so that somebody sees it."""
        if promise == Promise.HOURS:
            by = at + timedelta(hours=hours)
            return self._first_open(by) or by
        return self._end_of_next_day(at) or at + _DAY

    def _first_open(self, at: datetime) -> datetime | None:
        return next((start for start, _end in self.spans(at)), None)

    def _end_of_next_day(self, at: datetime) -> datetime | None:
        """The last open minute of the first day that opens after `at`, or of one before it that ends later."""
        today = at.astimezone(ZoneInfo(self.time_zone)).date()
        latest = at
        for number in range(-2, HORIZON_DAYS):
            pieces = list(self._of_day(today + number * _DAY))
            latest = max([latest, *(max(start, end - _MINUTE) for start, end in pieces)])
            if pieces and pieces[0][0] > at:
                return latest
        return latest if latest > at else None

    def _of_day(self, day: date) -> Iterator[Span]:
        """What is open of the intervals that begin on this day, in UTC."""
        since = datetime(day.year, day.month, day.day, tzinfo=UTC) - _DAY
        spans = self._begun_on(day)
        if not spans:
            return
        for start, end in _onto_utc(ZoneInfo(self.time_zone), since, 4, lambda *_days: spans):
            opens = max(start, self.closed_until or start)
            if opens < end:
                yield opens, end

    def _pieces(self, since: datetime, days: int) -> Iterator[Span]:
        """Open time from a moment on, cut at midnights of UTC and at jumps of the clock."""
        return _onto_utc(ZoneInfo(self.time_zone), since, days, self._begun_between)

    def _begun_between(self, first: date, last: date) -> list[Span]:
        found: list[Span] = []
        while first <= last:
            found += self._begun_on(first)
            first += _DAY
        return found

    def _begun_on(self, day: date) -> list[Span]:
        """The intervals that begin on this day, on the wall clock."""
        return [_span(day, opens, closes) for opens, closes in self._intervals(day)]

    def _intervals(self, day: date) -> Sequence[Interval]:
        special = self.special.get(day)
        if special is not None:
            return special
        if self.is_holiday(day):
            return ()
        return self.hours.get(DAYS[day.weekday()], ()) if self.hours else ALL_DAY


def _span(day: date, opens: str, closes: str) -> Span:
    start, end = _wall(day, opens), _wall(day, closes)
    return start, end if end > start else end + _DAY


def _wall(day: date, clock: str) -> datetime:
    hour, minute = clock.split(":")
    return datetime.combine(day, time.min) + timedelta(hours=int(hour), minutes=int(minute))


# --- from the wall to UTC ----------------------------------------------------------------------------------


def _onto_utc(
    zone: ZoneInfo, since: datetime, days: int, spans: Callable[[date, date], list[Span]]
) -> Iterator[Span]:
    """Where the wall clock of a zone reads a time within these spans. Within a stretch without a jump the two
    clocks run side by side, so a span is only moved."""
    for start, end in _stretches(zone, since, days):
        ahead = start.astimezone(zone).utcoffset() or timedelta()
        first, last = _moved(start, ahead), _moved(end, ahead)
        for opens, closes in sorted(spans(first.date() - _DAY, last.date())):
            if opens < last and closes > first:
                yield _back(max(opens, first), ahead), _back(min(closes, last), ahead)


def _moved(moment: datetime, ahead: timedelta) -> datetime:
    return moment.replace(tzinfo=None) + ahead


def _back(wall: datetime, ahead: timedelta) -> datetime:
    return (wall - ahead).replace(tzinfo=UTC)


def _stretches(zone: ZoneInfo, since: datetime, days: int) -> Iterator[Span]:
    """The time from a moment on in stretches of at most a day, in none of which the clock jumps."""
    midnight = since.replace(hour=0, minute=0, second=0, microsecond=0)
    start = since
    for number in range(1, days + 1):
        end = midnight + number * _DAY
        jump = _jump(zone, start, end)
        if jump:
            yield start, jump
        yield jump or start, end
        start = end


def _jump(zone: ZoneInfo, low: datetime, high: datetime) -> datetime | None:
    """The minute between two moments at which the offset of the zone changes."""
    before = low.astimezone(zone).utcoffset()
    if before == high.astimezone(zone).utcoffset():
        return None
    low = low.replace(second=0, microsecond=0)
    while high - low > _MINUTE:
        middle = low + (high - low) // 2 // _MINUTE * _MINUTE
        changed = middle.astimezone(zone).utcoffset() != before
        low, high = (low, middle) if changed else (middle, high)
    return high
