"""The doors, the queue and the thread, without a page around them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.http import Http404
from hypothesis import given
from hypothesis import strategies as st

from aidline import vault
from aidline.centres.queries import Seat, seat_in
from aidline.centres.states import Role
from aidline.conversations import services
from aidline.conversations.models import Conversation, Message
from aidline.conversations.presentation import thread
from aidline.conversations.queries import (
    Order,
    QueueFilter,
    View,
    access_conversation,
    access_message,
    counts,
    find_people,
    queue,
)
from aidline.conversations.states import Direction, MessageState
from aidline.conversations.timeline import append
from aidline.kernel.clock import now
from aidline.routing.services import take
from factories import make_centre, make_channel, make_conversation, make_person, make_staff

filters = st.builds(
    QueueFilter,
    view=st.sampled_from(View),
    language=st.sampled_from(["", "ar", "fr"]),
    channel=st.none() | st.uuids(),
    tag=st.none() | st.uuids(),
    order=st.sampled_from(Order),
)


@given(filters)
def test_a_filter_is_read_as_it_was_written(chosen: QueueFilter) -> None:
    assert QueueFilter.read(chosen.written()) == chosen


@given(st.dictionaries(st.sampled_from(["view", "language", "channel", "tag", "order"]), st.text()))
def test_whatever_stands_in_the_address_is_a_filter(query: dict[str, str]) -> None:
    assert QueueFilter.read(query).view in set(View)


@pytest.fixture
def seat(db: None) -> Seat:
    centre = make_centre()
    make_channel(centre)
    staff, _ = make_staff(centre)
    return seat_in(staff, centre)


def talk(seat: Seat, *words: str, **more: Any) -> Conversation:
    return make_conversation(seat.centre.channels.get(), list(words) or ["Hello"], **more)


def shown(seat: Seat, **chosen: Any) -> list[Conversation]:
    return [row.conversation for row in queue(seat, QueueFilter(**chosen))]


def test_an_analyst_gets_through_no_door(seat: Seat) -> None:
    found = talk(seat)
    analyst, _ = make_staff(seat.centre, Role.ANALYST, name="Ana Lyst")
    other = seat_in(analyst, seat.centre)
    assert access_conversation(seat, found.pk) == found
    for door, row in ((access_conversation, found), (access_message, found.messages.get())):
        with pytest.raises(Http404):
            door(other, row.pk)
    assert queue(other, QueueFilter()) == []
    assert counts(other).all == 0


def test_counts_are_those_of_the_queue(seat: Seat) -> None:
    mine, _waiting, later = talk(seat), talk(seat), talk(seat)
    assert seat.membership
    take(by=seat.staff, membership=seat.membership, conversation=mine)
    services.snooze(by=seat.staff, conversation=later, until=now() + timedelta(hours=1))
    found = counts(seat)
    for view, count in ((View.MINE, 1), (View.WAITING, 1), (View.ALL, 2), (View.LATER, 1)):
        assert len(shown(seat, view=view)) == count == getattr(found, view)


def test_what_arrived_late_stands_where_it_was_said(seat: Seat) -> None:
    found = talk(seat, "Second", at=now())
    with transaction.atomic():
        append(
            found,
            direction=Direction.IN,
            kind="text",
            state=MessageState.RECEIVED,
            text="First",
            at=now() - timedelta(hours=1),
        )
    assert [line.text for line in thread(found).lines] == ["First", "Second"]


def test_a_long_thread_comes_in_pages_that_leave_nothing_out(seat: Seat) -> None:
    found = talk(seat, *[f"{number}" for number in range(25)])
    pages, before = [], None
    while True:
        page = thread(found, before=before, limit=10)
        pages = [line.text for line in page.lines] + pages
        if page.earlier is None:
            break
        before = Message.objects.get(pk=page.earlier)
    assert pages == [f"{number}" for number in range(25)]


def test_a_line_has_a_new_version_when_its_tick_changes(seat: Seat) -> None:
    found = talk(seat, "Hello", "> Hi")
    before = [line.version for line in thread(found).lines]
    Message.objects.filter(conversation=found, direction=Direction.OUT).update(state=MessageState.READ)
    after = [line.version for line in thread(found).lines]
    assert (before[0] == after[0], before[1] == after[1]) == (True, False)


def test_an_erased_person_says_nothing_and_breaks_nothing(seat: Seat) -> None:
    found = talk(seat, "Secret")
    vault.destroy_person_key(found.person_id)
    assert [row.said.text for row in queue(seat, QueueFilter()) if row.said] == [""]
    assert [line.text for line in thread(found).lines] == [""]


def test_people_are_found_by_the_number_in_their_name(seat: Seat) -> None:
    me, _ = make_person(seat.centre)
    other = talk(seat).person
    assert other in find_people(seat, f"{other.alias_number:03}", language="en", but=me)
    assert find_people(seat, other.alias("ar"), language="en", but=me) == []
    assert find_people(seat, "", language="en", but=me) == [other]
