"""A watcher who looks at the clock on the wall every minute of two years, and notes whether a place is open.

Knows nothing of how the product works: one array over the minutes of UTC, one over those of the wall.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from aidline.centres.hours import DAYS, Timetable

DAY, QUARTER = 1440, 15
YEARS = 2
MARGIN = 4  # days on either side

Flags = np.ndarray[Any, np.dtype[np.bool_]]
Numbers = np.ndarray[Any, np.dtype[np.int64]]


class Watched:
    """`open[n]` is whether the table is open in the minute `n` after the first midnight (UTC) of a year."""

    def __init__(self, table: Timetable, year: int) -> None:
        self.table, self.start = table, datetime(year, 1, 1, tzinfo=UTC)
        self.minutes = (datetime(year + YEARS, 1, 1, tzinfo=UTC) - self.start).days * DAY
        self.wall = _wall_of(table.time_zone, year, self.minutes)
        marked = np.zeros(self.minutes + 2 * MARGIN * DAY, dtype=bool)
        for day in range(-MARGIN + 1, self.minutes // DAY + MARGIN - 2):
            for first, last in self._intervals(day):
                marked[(MARGIN + day) * DAY + first : (MARGIN + day) * DAY + last] = True
        self.open: Flags = marked[self.wall + MARGIN * DAY]
        self.shut = self.index(table.closed_until) if table.closed_until else 0
        self.open[: max(0, self.shut)] = False
        self.when_open: Numbers = np.flatnonzero(self.open)

    def index(self, moment: datetime) -> int:
        return int((moment - self.start) / timedelta(minutes=1))

    def moment(self, index: int) -> datetime:
        return self.start + timedelta(minutes=int(index))

    def _intervals(self, day: int) -> Iterator[tuple[int, int]]:
        """In minutes after the midnight at which this day begins on the wall."""
        named = self.start.date() + timedelta(days=day)
        if named in self.table.special:
            found = self.table.special[named]
        elif self.table.is_holiday(named):
            found = []
        else:
            always = [["00:00", "24:00"]]
            found = self.table.hours.get(DAYS[named.weekday()], []) if self.table.hours else always
        for opens, closes in found:
            first, last = (int(text.split(":")[0]) * 60 + int(text.split(":")[1]) for text in (opens, closes))
            yield first, last + (DAY if last <= first else 0)

    def opening_after(self, index: int) -> int | None:
        place = np.searchsorted(self.when_open, index)
        return int(self.when_open[place]) if place < len(self.when_open) else None

    def closing_after(self, index: int) -> int | None:
        shut = np.flatnonzero(~self.open[index:])
        return index + int(shut[0]) if len(shut) else None

    def after_open_minutes(self, index: int, wanted: int) -> int | None:
        place = int(np.searchsorted(self.when_open, index)) + wanted
        return int(self.when_open[place]) if place < len(self.when_open) else None

    def end_of_next_day(self, index: int) -> int:
        """The days near a moment one after the other; each has a first and a last minute in which it is open."""
        latest, near = index, int(self.wall[index]) // DAY
        for day in range(near - 2, self.minutes // DAY):
            low = max(0, (day - 1) * DAY)
            part = self.wall[low : low + 5 * DAY] - day * DAY
            hit = np.zeros(len(part), dtype=bool)
            for first, last in self._intervals(day):
                hit |= (part >= first) & (part < last)
            found = np.flatnonzero(hit & (np.arange(low, low + len(part)) >= self.shut)) + low
            if len(found):
                latest = max(latest, int(found[-1]))
                if found[0] > index:
                    return latest
        raise AssertionError("no day left: ask earlier")


_walls: dict[tuple[str, int], Numbers] = {}


def _wall_of(zone: str, year: int, minutes: int) -> Numbers:
    """What the clock on the wall reads in each minute of UTC, counted from the same midnight. Asked of the zone each
    quarter of an hour, and each minute where two answers differ."""
    if (zone, year) not in _walls:
        start, clock = datetime(year, 1, 1, tzinfo=UTC), ZoneInfo(zone)

        def ahead(index: int) -> int:
            offset = (start + timedelta(minutes=index)).astimezone(clock).utcoffset()
            assert offset is not None
            return int(offset / timedelta(minutes=1))

        coarse = np.array([ahead(index) for index in range(0, minutes + QUARTER, QUARTER)])
        fine = np.repeat(coarse[:-1], QUARTER)
        for place in np.flatnonzero(coarse[1:] != coarse[:-1]):
            first = int(place) * QUARTER
            fine[first : first + QUARTER] = [ahead(first + minute) for minute in range(QUARTER)]
        _walls[zone, year] = np.arange(minutes) + fine
    return _walls[zone, year]


def jumps(zone: str, year: int) -> list[int]:
    """The minutes at which the clock on the wall jumps."""
    watched = _walls[zone, year]
    return [int(place) + 1 for place in np.flatnonzero(np.diff(watched) != 1)]


# --- random places ------------------------------------------------------------------------------------------


def random_table(zone: str, year: int, chance: Random) -> Timetable:
    """Nights, lunch breaks, odd minutes, closed weeks: whatever people may write down."""
    first = date(year, 1, 1)
    days = [first + timedelta(days=number) for number in range(365 * YEARS)]
    off = frozenset(chance.sample(days, 30))
    late = datetime(year, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(60 * DAY))
    return Timetable(
        time_zone=zone,
        hours={day: _intervals(chance) for day in DAYS if chance.random() < 0.8}
        if chance.random() < 0.9
        else {},
        special={day: _intervals(chance) for day in chance.sample(days, 60)},
        is_holiday=off.__contains__,
        closed_until=late if chance.random() < 0.3 else None,
    )


def _intervals(chance: Random) -> list[list[str]]:
    return [[_clock(chance), _clock(chance)] for _ in range(chance.choice((0, 1, 1, 2, 3)))]


def _clock(chance: Random) -> str:
    hour, minute = chance.randrange(24), chance.choice((0, 0, 0, 1, 15, 30, 59))
    return f"{hour:02}:{minute:02}"
