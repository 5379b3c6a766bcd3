"""Health in plain words, and a second chance for what was set aside."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aidline.audit.models import Entry
from aidline.channels.models import Channel, Delivery
from aidline.channels.services import create_channel, retry_delivery
from staffed import House

AT = "/c/port-merin/health/"


@pytest.fixture
def supervisor(house: House) -> Client:
    return house.client("supervisor")


def channel(house: House, name: str = "Chat", **state: object) -> Channel:
    made = create_channel(by=None, centre=house.centre, provider="webchat", name=name, config={})
    Channel.objects.filter(pk=made.pk).update(**state)
    return made


def set_aside(of: Channel) -> Delivery:
    return Delivery.objects.create(
        channel=of,
        centre_id=of.centre_id,
        shard=0,
        key=uuid4().bytes,
        received_at=timezone.now(),
        state=Delivery.State.QUARANTINED,
        attempts=5,
        error="Malformed",
    )


@pytest.mark.parametrize(
    ("state", "words", "alarm"),
    [
        ({}, "Nothing has arrived yet", False),
        ({"last_in_at": "now"}, "Working", False),
        ({"last_in_at": "now", "failures": 2}, "Sending is difficult", False),
        ({"last_in_at": "now", "silent_since": "now"}, "Unusually quiet", True),
        ({"open_until": "soon", "error_code": "190"}, "Not sending", True),
        ({"open_until": "soon", "error_code": "190", "is_open": False}, "Closed", False),
    ],
)
def test_every_state_has_words_and_the_bad_ones_an_alarm(
    house: House, supervisor: Client, state: dict[str, object], words: str, alarm: bool
) -> None:
    times = {"now": timezone.now(), "soon": timezone.now() + timedelta(minutes=5)}
    channel(house, **{name: times.get(value, value) for name, value in state.items()})
    page = supervisor.get(AT).content.decode()
    assert words in page
    assert ('class="chip time cut"' in page) is alarm
    if "error_code" in state:
        assert "The provider does not accept our keys." in page


def test_what_was_set_aside_is_tried_again_and_that_is_recorded(house: House, supervisor: Client) -> None:
    delivery = set_aside(channel(house))
    assert "It could not be read at all." in supervisor.get(AT).content.decode()
    assert supervisor.post(f"{AT}deliveries/{delivery.pk}/retry/").status_code == 302
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.error) == (Delivery.State.PENDING, 0, "")
    entry = Entry.objects.get(action="delivery.retry")
    assert (entry.actor_id, entry.object_id) == (house.staff["supervisor"].pk, delivery.pk)


def test_trying_twice_is_trying_once(house: House) -> None:
    delivery, by = set_aside(channel(house)), house.staff["supervisor"]
    assert [retry_delivery(by=by, delivery=delivery) for _ in range(2)] == [True, False]
    assert Entry.objects.filter(action="delivery.retry").count() == 1


def test_all_of_a_channel_are_tried_again_and_no_others(house: House, supervisor: Client) -> None:
    one, other = channel(house), channel(house, "Other")
    rows = [set_aside(one), set_aside(one), set_aside(other)]
    supervisor.post(f"{AT}channels/{one.pk}/retry/")
    assert [Delivery.objects.get(pk=row.pk).state for row in rows] == ["p", "p", "q"]


def test_the_page_costs_the_same_for_one_channel_and_for_three(
    house: House, supervisor: Client, django_assert_num_queries: object
) -> None:
    set_aside(channel(house, open_until=timezone.now() + timedelta(minutes=5)))
    supervisor.get(AT)
    with CaptureQueriesContext(connection) as one:
        supervisor.get(AT)
    expected = len(one)
    for name in ("B", "C"):
        set_aside(channel(house, name, open_until=timezone.now() + timedelta(minutes=5)))
    with django_assert_num_queries(expected):
        supervisor.get(AT)


def test_a_mailbox_that_cannot_be_read_is_shown_with_what_its_server_says(
    house: House, supervisor: Client
) -> None:
    made = channel(house, "Mailbox", poll_failures=1, poll_error="imap-login", poll_error_at=timezone.now())
    made.refresh_from_db()
    made.poll_words = "[AUTHENTICATIONFAILED] Invalid credentials"
    made.save()
    assert "Not receiving" not in supervisor.get(AT).content.decode()  # one look that failed is no news
    Channel.objects.filter(pk=made.pk).update(poll_failures=2)
    page = supervisor.get(AT).content.decode()
    assert "Not receiving" in page
    assert "does not accept our keys" in page
    assert "[AUTHENTICATIONFAILED] Invalid credentials" in page
