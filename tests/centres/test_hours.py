"""Opening hours and promises, checked against a clock that is looked at every minute."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from aidline.centres.hours import DAYS, Interval, Promise, Span, Timetable
from centres.watching import DAY, Watched, jumps, random_table

ZONES = (
    *("Africa/Tripoli", "Asia/Beirut", "Asia/Kabul", "Europe/Paris", "America/New_York", "Asia/Kathmandu"),
    *("Australia/Lord_Howe", "Africa/Casablanca", "UTC", "Asia/Tehran", "Africa/Cairo", "Asia/Gaza"),
    *("America/Havana", "America/Santiago", "Pacific/Chatham", "Pacific/Kiritimati", "America/St_Johns"),
    *("Africa/Nairobi", "Asia/Kolkata", "Antarctica/Troll"),
)
# Years in which a country changed its mind; Apia left out a whole day.
HARD = (("Africa/Tripoli", 2012), ("Asia/Beirut", 2022), ("Pacific/Apia", 2011), ("Asia/Pyongyang", 2018))
CASES = (*((zone, 2026) for zone in ZONES), *HARD)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def paris(**hours: list[list[str]]) -> Timetable:
    return Timetable("Europe/Paris", hours)


WEEKDAYS = paris(**{day: [["08:00", "12:00"], ["13:00", "18:00"]] for day in DAYS[:5]})
NIGHTS = paris(fri=[["20:00", "02:00"]], sat=[["20:00", "02:00"]])


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-20T07:59+01:00", False),
        ("2026-11-20T08:00+01:00", True),
        ("2026-11-20T11:59+01:00", True),
        ("2026-11-20T12:00+01:00", False),
        ("2026-11-20T17:30+01:00", True),
        ("2026-11-21T10:00+01:00", False),
        ("2026-11-20T23:30+08:00", True),
    ],
)
def test_a_centre_is_open_from_its_first_minute_and_not_at_its_last(moment: str, expected: bool) -> None:
    assert WEEKDAYS.is_open(at(moment)) is expected


def test_a_centre_without_hours_never_closes() -> None:
    moment = at("2026-11-21T03:00+01:00")
    assert paris().is_open(moment)
    assert (paris().next_opening(moment), paris().next_closing(moment)) == (None, None)
    every_day = paris(**{day: [["00:00", "24:00"]] for day in DAYS})
    assert every_day.next_closing(moment) is None


def test_a_lunch_break_is_the_next_closing() -> None:
    assert WEEKDAYS.next_closing(at("2026-11-20T09:00+01:00")) == at("2026-11-20T12:00+01:00")


def test_what_never_opens_promises_by_the_clock_so_that_somebody_sees_it() -> None:
    never, moment = paris(mon=[]), at("2026-11-21T03:00+01:00")
    assert never.next_opening(moment) is None
    assert never.add_open(moment, timedelta()) is None
    assert never.due(moment, Promise.HOURS, 5) == moment + timedelta(hours=5)
    assert never.due(moment, Promise.NEXT_DAY) == moment + timedelta(days=1)


def test_a_night_shift_goes_on_after_midnight_and_into_a_holiday() -> None:
    assert NIGHTS.is_open(at("2026-11-21T01:59+01:00"))
    assert not NIGHTS.is_open(at("2026-11-21T02:00+01:00"))
    assert not NIGHTS.is_open(at("2026-11-20T01:00+01:00"))
    holiday = Timetable("Europe/Paris", NIGHTS.hours, is_holiday=lambda day: day == date(2026, 11, 21))
    assert holiday.is_open(at("2026-11-21T01:59+01:00"))
    assert not holiday.is_open(at("2026-11-21T20:00+01:00"))


def test_an_hour_that_is_skipped_opens_at_the_jump_and_one_that_comes_twice_opens_twice() -> None:
    early = paris(sun=[["02:30", "06:00"]])
    assert early.next_opening(at("2026-03-29T01:00+01:00")) == at("2026-03-29T03:00+02:00")
    short = paris(sun=[["01:50", "02:10"]])
    assert short.next_opening(at("2026-10-25T02:59+02:00")) == at("2026-10-25T02:00+01:00")


def test_a_special_day_goes_before_a_holiday_and_a_holiday_before_the_week() -> None:
    friday = date(2026, 11, 20)
    table = Timetable(
        "Europe/Paris", WEEKDAYS.hours, {friday: [["10:00", "11:00"]]}, lambda day: day >= friday
    )
    assert table.is_open(at("2026-11-20T10:30+01:00"))
    assert not table.is_open(at("2026-11-20T09:00+01:00"))
    assert not table.is_open(at("2026-11-23T09:00+01:00"))
    assert table.is_open(at("2026-11-19T09:00+01:00"))


@pytest.mark.parametrize(
    ("left", "due"),
    [
        ("2026-11-18T10:00+01:00", "2026-11-19T17:59+01:00"),  # while open: by the end of tomorrow
        ("2026-11-18T23:30+01:00", "2026-11-19T17:59+01:00"),  # one night, one promise, before midnight
        ("2026-11-19T03:00+01:00", "2026-11-19T17:59+01:00"),  # and after it
        ("2026-11-20T17:00+01:00", "2026-11-23T17:59+01:00"),  # Friday: Monday
        ("2026-11-22T12:00+01:00", "2026-11-23T17:59+01:00"),
    ],
)
def test_the_next_working_day_is_the_first_that_opens_after_the_message(left: str, due: str) -> None:
    assert WEEKDAYS.due(at(left), Promise.NEXT_DAY) == at(due)


def test_a_promise_of_hours_that_ends_in_closed_time_moves_to_the_opening() -> None:
    assert WEEKDAYS.due(at("2026-11-18T10:00+01:00"), Promise.HOURS) == at("2026-11-19T10:00+01:00")
    assert WEEKDAYS.due(at("2026-11-20T16:00+01:00"), Promise.HOURS) == at("2026-11-23T08:00+01:00")


def test_open_time_that_ends_with_the_day_is_over_at_the_next_opening() -> None:
    start = at("2026-11-20T16:00+01:00")
    assert WEEKDAYS.add_open(start, timedelta(hours=1)) == at("2026-11-20T17:00+01:00")
    assert WEEKDAYS.add_open(start, timedelta(hours=2)) == at("2026-11-23T08:00+01:00")
    assert WEEKDAYS.open_between(start, at("2026-11-23T09:00+01:00")) == timedelta(hours=3)


# --- against the watcher -----------------------------------------------------------------------------------


def places(zone: str, year: int) -> Iterator[Watched]:
    for number in range(2):
        yield Watched(random_table(zone, year, Random(f"{zone} {year} {number}")), year)


def first_difference(seen: Watched) -> str:
    """What the table says otherwise than the watcher saw; nothing if they agree on all minutes of two years."""
    return _of_spans(seen) or _of_looks(seen) or _of_changes(seen)


def _of_spans(seen: Watched) -> str:
    said = np.zeros(seen.minutes, dtype=bool)
    half = seen.minutes // 2
    for since, until in ((0, half), (half, seen.minutes)):
        for start, end in seen.table.spans(seen.moment(since)):
            said[seen.index(start) : min(seen.index(end), until)] = True
            if end > seen.moment(until):
                break
    wrong = np.flatnonzero(said != seen.open)
    return f"spans at {seen.moment(wrong[0])}" if len(wrong) else ""


def _of_looks(seen: Watched) -> str:
    """Each minute around a jump, both sides of each change, and some more."""
    turns = [int(place) for place in np.flatnonzero(np.diff(seen.open))]
    looks = {*turns, *(place + 1 for place in turns), *Random(1).sample(range(seen.minutes), 500)}
    for jump in jumps(seen.table.time_zone, seen.start.year):
        looks.update(range(max(0, jump - 200), min(seen.minutes, jump + 200)))
    wrong = [place for place in sorted(looks) if seen.table.is_open(seen.moment(place)) != seen.open[place]]
    return f"a look at {seen.moment(wrong[0])}" if wrong else ""


def _of_changes(seen: Watched) -> str:
    for place in Random(2).sample(range(seen.minutes - 90 * DAY), 60):
        moment, is_open = seen.moment(place), bool(seen.open[place])
        found = seen.table.next_closing(moment) if is_open else seen.table.next_opening(moment)
        expected = seen.closing_after(place) if is_open else seen.opening_after(place)
        if found != (None if expected is None else seen.moment(expected)):
            return f"the change after {moment}"
    return ""


@pytest.mark.parametrize(("zone", "year"), CASES)
def test_open_is_what_a_watcher_sees_in_every_minute_of_two_years(zone: str, year: int) -> None:
    for seen in places(zone, year):
        assert first_difference(seen) == ""


@pytest.mark.parametrize(("zone", "year"), CASES)
def test_promises_are_those_of_the_watcher_and_never_due_in_closed_time(zone: str, year: int) -> None:
    for seen in places(zone, year):
        assert promises_differ(seen) == ""


def promises_differ(seen: Watched) -> str:
    chance = Random(3)
    asked = [
        (place, chance.choice((1, 24, 72))) for place in chance.sample(range(seen.minutes - 300 * DAY), 25)
    ]
    for place, hours in asked:
        for name, found, expected in _promised(seen, place, hours):
            if found is None or found != seen.moment(expected):
                return f"{name} of {seen.moment(place)}: {found}"
            if not (seen.table.is_open(found) and seen.open[seen.index(found)]):
                return f"{name} of {seen.moment(place)} is due in closed time"
    return ""


def _promised(seen: Watched, place: int, hours: int) -> Iterator[tuple[str, datetime | None, int]]:
    table, moment = seen.table, seen.moment(place)
    within = seen.opening_after(place + hours * 60)
    spent = seen.after_open_minutes(place, hours * 60)
    assert within is not None
    assert spent is not None
    yield "hours", table.due(moment, Promise.HOURS, hours), within
    yield "open time", table.add_open(moment, timedelta(hours=hours)), spent
    yield "next day", table.due(moment, Promise.NEXT_DAY), seen.end_of_next_day(place)


@pytest.mark.parametrize("zone", ZONES[::4])
def test_who_comes_later_is_never_answered_sooner(zone: str) -> None:
    table = random_table(zone, 2026, Random(zone))
    start = at("2026-03-01T00:00+00:00")
    moments = [start + timedelta(minutes=37 * number) for number in range(1500)]
    for promise in Promise:
        dues = [table.due(moment, promise, 24) for moment in moments]
        assert dues == sorted(dues)
    spent = [table.add_open(start, timedelta(minutes=61 * number)) for number in range(200)]
    assert None not in spent
    assert spent == sorted(spent, key=lambda moment: moment or start)


# --- a watcher who sees nothing proves nothing ---------------------------------------------------------------


class Textual(Timetable):
    """Compares times as the text of four digits: what ends after midnight never is."""

    def _begun_on(self, day: date) -> list[Span]:
        spans = super()._begun_on(day)
        return [(start, end) for start, end in spans if start.date() == (end - timedelta(minutes=1)).date()]


class Unpadded(Timetable):
    """Keys of days without their zeros: `2026-1-5` is never found."""

    def _intervals(self, day: date) -> tuple[Interval, ...] | list[Interval]:
        padded = day.day > 9 and day.month > 9
        return list((super()._intervals if padded else Timetable(hours=self.hours)._intervals)(day))


class Forgetful(Timetable):
    """Knows today only."""

    def _begun_between(self, first: date, last: date) -> list[Span]:
        return super()._begun_between(first + timedelta(days=1), last)


class Inclusive(Timetable):
    """Still open in the minute in which it closes."""

    def _begun_on(self, day: date) -> list[Span]:
        return [(start, end + timedelta(minutes=1)) for start, end in super()._begun_on(day)]


class Fixed(Timetable):
    """Takes the offset of noon for the whole day."""

    def _pieces(self, since: datetime, days: int) -> Iterator[Span]:
        clock = ZoneInfo(self.time_zone)
        for number in range(-1, days):
            day = since.date() + timedelta(days=number)
            ahead = datetime.combine(day, time(12), clock).utcoffset() or timedelta()
            for start, end in self._begun_on(day):
                first, last = ((wall - ahead).replace(tzinfo=UTC) for wall in (start, end))
                if last > since:
                    yield max(first, since), last


class Strict(Timetable):
    """A holiday closes also the day for which special hours were written."""

    def _intervals(self, day: date) -> tuple[Interval, ...] | list[Interval]:
        return [] if self.is_holiday(day) else list(super()._intervals(day))


class Hasty(Timetable):
    """By the end of the next day of the calendar."""

    def _end_of_next_day(self, at: datetime) -> datetime | None:
        return at + timedelta(days=1)


class Closing(Timetable):
    """Due at the moment of closing."""

    def _end_of_next_day(self, at: datetime) -> datetime | None:
        found = super()._end_of_next_day(at)
        return found and found + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("wrong", "check"),
    [
        *((one, first_difference) for one in (Textual, Unpadded, Forgetful, Inclusive, Fixed, Strict)),
        *((one, promises_differ) for one in (Hasty, Closing)),
    ],
)
def test_the_watcher_sees_each_mistake(wrong: type[Timetable], check: Callable[[Watched], str]) -> None:
    chance = Random(7)
    table = random_table("Europe/Paris", 2026, chance)
    special = {**table.special, next(day for day in _days() if table.is_holiday(day)): [["10:00", "12:00"]]}
    seen = Watched(Timetable("Europe/Paris", table.hours, special, table.is_holiday), 2026)
    assert check(seen) == ""
    seen.table = wrong("Europe/Paris", table.hours, special, table.is_holiday)
    assert check(seen) != ""


def _days() -> Iterator[date]:
    return (date(2026, 1, 1) + timedelta(days=number) for number in range(365))
