"""Setup of the hours: the week, special days, channels of their own, and closing one for now."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from aidline.audit.models import Entry
from aidline.centres.models import Centre, ChannelHours, HoursException
from aidline.centres.timetables import is_open
from aidline.channels.models import Channel
from aidline.conversations.models import Conversation
from aidline.desk.setup import hours
from factories import make_channel, make_conversation
from staffed import House

AT = "/c/port-merin/setup/hours/"
NOON = datetime(2026, 11, 24, 10, tzinfo=UTC)  # a Tuesday in Beirut
WEEK: dict[str, Any] = {
    "hours_mon": "8:00-12:00, 13.00 – 17:30",
    "hours_sun": "20-24",
    "country": "LB",
    "part": "",
    "answer_promise": "hours",
    "answer_hours": "12",
}


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOON):
        yield


@pytest.fixture
def admin(house: House) -> Client:
    return house.client("centre_admin")


@pytest.fixture
def channel(house: House) -> Channel:
    channel = make_channel(house.centre)
    Channel.objects.update(is_open=True)
    return channel


def centre() -> Centre:
    return Centre.objects.get(slug="port-merin")


_CLOCK = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))


@settings(deadline=None)
@given(st.lists(st.lists(_CLOCK, min_size=2, max_size=2), max_size=4))
def test_hours_are_read_as_they_are_written(intervals: list[list[str]]) -> None:
    assert hours.read(hours.write(intervals)) == intervals


def test_the_week_the_holidays_and_the_promise_are_kept(admin: Client) -> None:
    assert admin.post(AT, WEEK).status_code == 302
    kept = centre()
    assert kept.hours == {"mon": [["08:00", "12:00"], ["13:00", "17:30"]], "sun": [["20:00", "00:00"]]}
    assert (kept.holidays, kept.answer_promise, kept.answer_hours) == ("LB", "hours", 12)
    assert Entry.objects.get(action="centre.change").fields == "answer_hours,answer_promise,holidays,hours"
    page = admin.get(AT).content.decode()
    assert "08:00-12:00, 13:00-17:30" in page
    assert "Christmas" in page  # the holidays that come are in the list


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hours_mon", "in the morning"),
        ("hours_mon", "25:00-26:00"),
        ("country", "XX"),
        ("part", "57"),
        ("answer_promise", "soon"),
        ("answer_hours", "0"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_changes_nothing(
    admin: Client, field: str, value: str
) -> None:
    before = Centre.objects.filter(slug="port-merin").values().get()
    answer = admin.post(AT, {**WEEK, field: value})
    assert (answer.status_code, f'id="id_{field}_error"' in answer.content.decode()) == (422, True)
    assert Centre.objects.filter(slug="port-merin").values().get() == before


def test_a_special_day_is_added_replaced_and_removed(admin: Client, channel: Channel) -> None:
    day = {"day": "2026-11-25", "intervals": "10-14", "label": "Half a day"}
    admin.post(AT + "special/", {**day, "intervals": ""})
    admin.post(AT + "special/", day)
    admin.post(AT + "special/", {**day, "channel": str(channel.pk), "intervals": "18-20"})
    rows = HoursException.objects.order_by("pk")
    assert [(row.day, row.intervals, row.channel_id) for row in rows] == [
        (date(2026, 11, 25), [["10:00", "14:00"]], None),
        (date(2026, 11, 25), [["18:00", "20:00"]], channel.pk),
    ]
    page = admin.get(AT).content.decode()
    assert "Half a day" in page
    assert "end on" in page  # no holidays are known after it
    admin.post(f"{AT}special/{rows[0].pk}/removal/")
    assert not HoursException.objects.filter(channel_id=None).exists()


@pytest.mark.parametrize(
    ("field", "value"), [("day", "2026-11-23"), ("day", "soon"), ("intervals", "late"), ("channel", "x")]
)
def test_a_day_that_cannot_be_is_told_at_its_field(admin: Client, field: str, value: str) -> None:
    answer = admin.post(AT + "special/", {"day": "2026-12-01", field: value})
    assert (answer.status_code, f'id="id_{field}_error"' in answer.content.decode()) == (422, True)
    assert not HoursException.objects.exists()


def test_promises_move_with_the_hours(admin: Client, channel: Channel) -> None:
    talk = make_conversation(channel, ["Help"], at=NOON)
    Conversation.objects.update(due_at=NOON)
    admin.post(AT, {**WEEK, "hours_mon": "", "hours_sun": "", "hours_thu": "09-10", "country": ""})
    talk.refresh_from_db()
    assert talk.due_at == datetime(2026, 11, 26, 7, tzinfo=UTC)  # twelve hours end in the night


def test_a_channel_has_hours_of_its_own_or_those_of_the_centre(admin: Client, channel: Channel) -> None:
    Centre.objects.update(hours={"mon": [["08:00", "12:00"]]})
    page = f"/c/port-merin/setup/channels/{channel.pk}/hours/"
    assert admin.get(page).status_code == 200
    admin.post(page, {"own": "own", "hours_tue": "08:00-20:00"})
    assert is_open(centre(), channel.pk)
    assert not ChannelHours.objects.get().on_special_days
    admin.post(page, {"own": "", "hours_tue": "08:00-20:00", "on_special_days": "on"})
    assert not is_open(centre(), channel.pk)
    assert admin.post(page, {"own": "own", "hours_tue": "x"}).status_code == 422


def test_a_channel_is_closed_in_one_tap_until_it_opens_tomorrow(admin: Client, channel: Channel) -> None:
    Centre.objects.update(hours={day: [["07:30", "23:00"]] for day in ("tue", "wed")})
    pause = f"/c/port-merin/setup/channels/{channel.pk}/pause/"
    assert 'Tomorrow morning <span class="num">07:30' in admin.get(AT).content.decode()
    assert admin.post(pause, {"when": "morning", "from": "hours"}).headers["Location"] == AT
    assert ChannelHours.objects.get().closed_until == datetime(2026, 11, 25, 5, 30, tzinfo=UTC)
    assert not is_open(centre(), channel.pk)
    assert "Closed for now" in admin.get(AT).content.decode()
    answer = admin.post(pause + "end/", {"from": "channel"})
    assert answer.headers["Location"].endswith(f"channels/{channel.pk}/hours/")
    assert is_open(centre(), channel.pk)


def test_the_words_of_a_closing_are_kept_for_the_next_one(admin: Client, channel: Channel) -> None:
    pause = f"/c/port-merin/setup/channels/{channel.pk}/pause/"
    words = {"until": "2026-11-30T08:00", "text_en": "We are moving.", "text_ar": "نحن ننتقل"}
    admin.post(pause, words)
    kept = ChannelHours.objects.get()
    assert kept.closed_until == datetime(2026, 11, 30, 6, tzinfo=UTC)
    assert kept.closed_texts == {"en": "We are moving.", "ar": "نحن ننتقل"}
    assert "2026-11-30T08:00" in admin.get(pause).content.decode()
    admin.post(pause + "end/", {})
    admin.post(pause, {"when": "evening"})
    kept.refresh_from_db()
    assert kept.closed_until == NOON + timedelta(hours=6)
    assert kept.closed_texts["en"] == "We are moving."


@pytest.mark.parametrize("until", ["", "soon", "2026-11-24T11:59"])
def test_a_closing_ends_in_what_lies_ahead(admin: Client, channel: Channel, until: str) -> None:
    answer = admin.post(f"/c/port-merin/setup/channels/{channel.pk}/pause/", {"until": until})
    assert (answer.status_code, ChannelHours.objects.exists()) == (422, False)


def test_an_evening_that_is_over_is_not_offered(admin: Client, channel: Channel) -> None:
    pause = f"/c/port-merin/setup/channels/{channel.pk}/pause/"
    with time_machine.travel(NOON + timedelta(hours=7)):
        client_says = admin.post(pause, {"when": "evening"})
    assert client_says.status_code == 404


def test_what_is_of_another_centre_is_not_found(house: House, admin: Client) -> None:
    theirs = make_channel(house.other)
    day = HoursException.objects.create(centre=house.other, day=date(2026, 12, 1))
    for path in (f"channels/{theirs.pk}/pause/", f"channels/{theirs.pk}/pause/end/"):
        assert admin.post(f"/c/port-merin/setup/{path}", {"when": "morning"}).status_code == 404
    assert admin.post(f"{AT}special/{day.pk}/removal/").status_code == 404
    answer = admin.post(AT + "special/", {"day": "2026-12-01", "channel": str(theirs.pk)})
    assert answer.status_code == 422
