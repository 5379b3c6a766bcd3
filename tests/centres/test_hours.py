"""Opening hours, checked against a clock that is looked at every minute."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aidline.centres.hours import DAYS, is_open, next_closing, next_opening

ZONES = (
    "Europe/Paris",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "UTC",
)


@dataclass
class Place:
    time_zone: str = "Europe/Paris"
    hours: dict[str, list[list[str]]] = field(default_factory=dict)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


WEEKDAYS = Place(hours={day: [["08:00", "12:00"], ["13:00", "18:00"]] for day in DAYS[:5]})
NIGHTS = Place(hours={"fri": [["20:00", "02:00"]], "sat": [["20:00", "02:00"]]})


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-20T07:59+01:00", False),
        ("2026-11-20T08:00+01:00", True),
        ("2026-11-20T11:59+01:00", True),
        ("2026-11-20T12:00+01:00", False),
        ("2026-11-20T17:30+01:00", True),
        ("2026-11-21T10:00+01:00", False),
    ],
)
def test_a_centre_is_open_from_its_first_minute_and_not_at_its_last(moment: str, expected: bool) -> None:
    assert is_open(WEEKDAYS, at(moment)) is expected


def test_a_centre_without_hours_never_closes() -> None:
    assert is_open(Place(), at("2026-11-21T03:00+01:00"))
    assert next_opening(Place(), at("2026-11-21T03:00+01:00")) is None


def test_a_lunch_break_is_the_next_closing() -> None:
    assert next_closing(WEEKDAYS, at("2026-11-20T09:00+01:00")) == at("2026-11-20T12:00+01:00")


def test_a_centre_with_only_closed_days_says_that_it_never_opens() -> None:
    assert next_opening(Place(hours={"mon": []}), at("2026-11-21T03:00+01:00")) is None


def test_a_night_shift_goes_on_after_midnight() -> None:
    assert is_open(NIGHTS, at("2026-11-21T01:59+01:00"))
    assert not is_open(NIGHTS, at("2026-11-21T02:00+01:00"))
    assert not is_open(NIGHTS, at("2026-11-20T01:00+01:00"))


def test_midnight_to_midnight_is_the_whole_day() -> None:
    for closes in ("00:00", "24:00"):
        sunday = Place(hours={"sun": [["00:00", closes]]})
        assert is_open(sunday, at("2026-11-22T00:00+01:00"))
        assert is_open(sunday, at("2026-11-22T23:59+01:00"))
        assert not is_open(sunday, at("2026-11-23T00:00+01:00"))


def test_the_zone_of_the_centre_decides_and_not_that_of_the_question() -> None:
    assert is_open(WEEKDAYS, at("2026-11-20T23:30+08:00"))


def test_after_friday_evening_comes_monday_morning() -> None:
    assert next_opening(WEEKDAYS, at("2026-11-20T18:00+01:00")) == at("2026-11-23T08:00+01:00")


def test_an_opening_in_the_hour_that_is_skipped_comes_at_the_jump() -> None:
    early = Place(hours={"sun": [["02:30", "06:00"]]})
    assert next_opening(early, at("2026-03-29T01:00+01:00")) == at("2026-03-29T03:00+02:00")


def test_an_interval_in_the_hour_that_comes_twice_opens_twice() -> None:
    short = Place(hours={"sun": [["02:00", "02:30"]]})
    assert next_opening(short, at("2026-10-25T02:45+02:00")) == at("2026-10-25T02:00+01:00")


def test_a_clock_that_falls_back_into_an_interval_opens_it_again() -> None:
    short = Place(hours={"sun": [["01:50", "02:10"]]})
    assert next_opening(short, at("2026-10-25T02:59+02:00")) == at("2026-10-25T02:00+01:00")


# --- against brute force -----------------------------------------------------------------------------------

clock_times = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 1, 15, 30, 59]))
weeks = st.dictionaries(
    st.sampled_from(DAYS), st.lists(st.tuples(clock_times, clock_times).map(list), max_size=2), max_size=4
)
NEAR_JUMPS = [at(f"{day}T00:00+00:00") for day in ("2026-03-28", "2026-10-24", "2026-10-31", "2026-04-04")]
moments = st.builds(
    lambda day, minutes: day + timedelta(minutes=minutes), st.sampled_from(NEAR_JUMPS), st.integers(0, 3000)
)


def watched(place: Place, moment: datetime) -> bool:
    """Does the clock on the wall of this place read a time within an interval of today or yesterday?"""
    wall = moment.astimezone(ZoneInfo(place.time_zone))
    now = wall.hour * 60 + wall.minute
    for back in (0, 1):
        for opens, closes in place.hours.get(DAYS[(wall.weekday() - back) % 7], []):
            start, end = (int(one[:2]) * 60 + int(one[3:]) for one in (opens, closes))
            end += 1440 if end <= start else 0
            if start <= now + back * 1440 < end:
                return True
    return not place.hours


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(ZONES), weeks, moments)
@example("Australia/Lord_Howe", {"sun": [["01:45", "01:50"]]}, at("2026-04-04T14:55+00:00"))
def test_the_next_change_is_the_one_a_watcher_at_the_door_would_see(
    zone: str, week: dict[str, list[list[str]]], moment: datetime
) -> None:
    place = Place(zone, week)
    was = watched(place, moment)
    assert is_open(place, moment) == was
    other = (next_opening if was else next_closing)(place, moment)
    found = (next_closing if was else next_opening)(place, moment)
    assert other is None
    if found is None:
        assert all(watched(place, moment + timedelta(minutes=step)) == was for step in range(0, 1440 * 8, 7))
        return
    waited = int((found - moment) / timedelta(minutes=1))
    assert all(watched(place, moment + timedelta(minutes=step)) == was for step in range(waited))
    assert watched(place, found) != was
