"""The timetable of a centre or a channel as it is kept, and what a change of it does."""

from datetime import UTC, date, datetime, timedelta
from typing import cast

import pytest
import time_machine

from aidline.audit.models import Entry
from aidline.centres import holidays, timetables
from aidline.centres.models import Centre, ChannelHours, Staff
from aidline.centres.timetables import (
    close_until,
    closed_text,
    coming_holidays,
    is_open,
    open_again,
    promised,
    save_special_day,
    set_channel_hours,
    special_days_end,
    timetable,
)
from aidline.channels.models import Channel
from aidline.config import doctor
from aidline.config.doctor import Level
from aidline.config.environment import Environment
from aidline.conversations.models import Conversation
from aidline.conversations.promises import recompute_due
from aidline.conversations.sending import send_reply
from aidline.gateway import silence
from aidline.kernel.clock import now
from factories import make_centre, make_channel, make_conversation, make_staff

pytestmark = pytest.mark.django_db
OFFICE = {day: [["08:00", "16:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
TUESDAY = datetime(2026, 11, 24, 10, tzinfo=UTC)  # noon in Beirut
INDEPENDENCE = datetime(2027, 11, 22, 10, tzinfo=UTC)  # a Monday


@pytest.fixture
def centre() -> Centre:
    texts = {"offline": {"en": "We are closed.", "ar": "نحن مغلقون"}}
    return make_centre(hours=OFFICE, texts=texts)


@pytest.fixture
def channel(centre: Centre) -> Channel:
    return make_channel(centre)


@pytest.fixture
def admin(centre: Centre) -> Staff:
    return make_staff(centre)[0]


def test_a_channel_goes_with_its_centre_until_it_has_hours_of_its_own(
    centre: Centre, channel: Channel, admin: Staff
) -> None:
    night = TUESDAY + timedelta(hours=8)
    assert (is_open(centre, channel.pk, TUESDAY), is_open(centre, channel.pk, night)) == (True, False)
    set_channel_hours(
        by=admin, centre=centre, channel_id=channel.pk, own=True, hours={"tue": [["18:00", "22:00"]]}
    )
    assert (is_open(centre, channel.pk, TUESDAY), is_open(centre, channel.pk, night)) == (False, True)
    assert (is_open(centre, None, TUESDAY), is_open(centre, None, night)) == (True, False)
    set_channel_hours(by=admin, centre=centre, channel_id=channel.pk, own=False, hours={})
    assert is_open(centre, channel.pk, TUESDAY)


def test_public_holidays_close_unless_a_special_day_says_otherwise(centre: Centre, admin: Staff) -> None:
    assert is_open(centre, at=INDEPENDENCE)
    centre.holidays = "LB"
    assert not is_open(centre, at=INDEPENDENCE)
    save_special_day(by=admin, centre=centre, day=INDEPENDENCE.date(), intervals=[["10:00", "14:00"]])
    assert is_open(centre, at=INDEPENDENCE)


def test_a_helpline_with_own_hours_may_answer_on_holidays_too(
    centre: Centre, channel: Channel, admin: Staff
) -> None:
    centre.holidays = "LB"
    for on_special_days in (True, False):
        set_channel_hours(
            by=admin,
            centre=centre,
            channel_id=channel.pk,
            own=True,
            hours={},
            on_special_days=on_special_days,
        )
        assert is_open(centre, channel.pk, INDEPENDENCE) is not on_special_days


def test_special_days_of_a_channel_go_before_those_of_its_centre(
    centre: Centre, channel: Channel, admin: Staff
) -> None:
    day = TUESDAY.date()
    save_special_day(by=admin, centre=centre, day=day, intervals=[["11:00", "13:00"]], channel_id=channel.pk)
    save_special_day(by=admin, centre=centre, day=day, intervals=[["09:00", "10:00"]])
    save_special_day(by=admin, centre=centre, day=day, intervals=[])
    assert (is_open(centre, at=TUESDAY), is_open(centre, channel.pk, TUESDAY)) == (False, True)


@time_machine.travel(TUESDAY, tick=False)
def test_a_channel_that_is_closed_for_now_says_so_in_the_language_and_opens_by_itself(
    centre: Centre, channel: Channel, admin: Staff
) -> None:
    until = TUESDAY + timedelta(hours=1)
    texts = {"en": " Back at one. ", "ar": ""}
    close_until(by=admin, centre=centre, channel_id=channel.pk, until=until, texts=texts)
    assert not is_open(centre, channel.pk)
    assert is_open(centre)
    assert (closed_text(centre, channel.pk, "en"), closed_text(centre, None, "ar")) == (
        "Back at one.",
        "نحن مغلقون",
    )
    assert closed_text(centre, channel.pk, "ar") == "Back at one."  # in the centre's default language
    assert set(timetables.closings_of(centre)) == {channel.pk}
    assert timetable(centre, channel.pk).next_opening(TUESDAY) == until
    with time_machine.travel(until, tick=False):
        assert is_open(centre, channel.pk)
        assert closed_text(centre, channel.pk, "en") == "We are closed."
        assert timetables.closings_of(centre) == {}
    open_again(by=admin, centre=centre, channel_id=channel.pk)
    assert is_open(centre, channel.pk)
    assert [
        *Entry.objects.filter(action__startswith="channel.").order_by("pk").values_list("action", "actor_id")
    ][-2:] == [("channel.close_until", admin.pk), ("channel.open_again", admin.pk)]


def test_closing_for_now_keeps_own_hours(centre: Centre, channel: Channel, admin: Staff) -> None:
    set_channel_hours(by=admin, centre=centre, channel_id=channel.pk, own=True, hours=OFFICE)
    close_until(by=admin, centre=centre, channel_id=channel.pk, until=TUESDAY, texts={})
    assert ChannelHours.objects.get().hours == OFFICE


def test_an_open_promise_moves_with_the_hours(centre: Centre, channel: Channel, admin: Staff) -> None:
    waiting = make_conversation(channel, ["Help"], at=TUESDAY)
    answered = make_conversation(channel, ["Help", "> Yes"], at=TUESDAY)
    due = promised(centre, channel.pk, TUESDAY)
    assert due == datetime(2026, 11, 25, 13, 59, tzinfo=UTC)
    Conversation.objects.update(due_at=due)
    assert recompute_due(centre) == 0
    save_special_day(by=admin, centre=centre, day=date(2026, 11, 25), intervals=[])
    assert recompute_due(centre) == 1
    waiting.refresh_from_db()
    answered.refresh_from_db()
    assert (waiting.due_at, answered.due_at) == (datetime(2026, 11, 26, 13, 59, tzinfo=UTC), due)


def test_a_promise_is_kept_by_a_person_and_not_by_a_flow(channel: Channel, admin: Staff) -> None:
    talk = make_conversation(channel, ["Help"])
    for by, due in ((None, TUESDAY), (admin, None)):
        Conversation.objects.update(due_at=TUESDAY)
        send_reply(by=by, conversation=talk, text="Yes")
        talk.refresh_from_db()
        assert talk.due_at == due


@time_machine.travel(TUESDAY, tick=False)
def test_days_that_end_soon_are_worth_a_word(centre: Centre, admin: Staff) -> None:
    assert special_days_end(centre) is None  # none are used
    last = TUESDAY.date() + timedelta(days=30)
    save_special_day(by=admin, centre=centre, day=last, intervals=[])
    assert special_days_end(centre) == last
    centre.holidays = "LB"
    assert special_days_end(centre) is None
    centre.holidays = "XX"  # no longer known
    assert special_days_end(centre) == last


def test_holidays_have_their_names_in_the_language_of_who_reads(centre: Centre) -> None:
    centre.holidays = "LB"
    with time_machine.travel(TUESDAY, tick=False):
        named = dict(coming_holidays(centre, "fr"))
    assert named[date(2026, 12, 25)] == "Noël"


@pytest.mark.parametrize(
    ("code", "known"), [("LB", True), ("FR-57", True), ("FR-XX", False), ("XX", False), ("", False)]
)
def test_a_code_is_a_country_or_a_part_of_one(code: str, known: bool) -> None:
    assert holidays.is_known(code) is known


def test_a_quiet_night_is_no_sign_of_a_broken_channel(centre: Centre, channel: Channel) -> None:
    Centre.objects.update(silence_minutes=60)
    last = datetime(2026, 11, 23, 13, 40, tzinfo=UTC)  # twenty minutes before closing
    Channel.objects.update(is_open=True, last_in_at=last)
    for moment, marked in (("2026-11-24T06:30+00:00", 0), ("2026-11-24T06:41+00:00", 1)):
        with time_machine.travel(datetime.fromisoformat(moment), tick=False):
            assert silence.watch() == marked


def test_the_doctor_names_centres_whose_days_end_and_codes_nobody_knows(centre: Centre, admin: Staff) -> None:
    environment = cast(Environment, None)
    assert list(doctor.special_days(environment)) == []
    save_special_day(by=admin, centre=centre, day=now().date(), intervals=[])
    assert [finding.level for finding in doctor.special_days(environment)] == [Level.NOTE]
    Centre.objects.update(holidays="XX")
    assert [finding.level for finding in doctor.special_days(environment)] == [Level.BAD, Level.NOTE]
