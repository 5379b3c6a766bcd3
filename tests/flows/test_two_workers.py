"""Two workers at one conversation: on PostgreSQL they are two, and each message is answered once."""

from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest
from django.db import connection, transaction

from aidline.flows import chat
from aidline.flows.models import Run
from aidline.routing.services import take
from factories import make_staff
from flows.chatting import Visitor, make_door, take_in

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(make_door())


def elsewhere(talk: object) -> None:
    try:
        chat.take_turns({"conversation": str(talk)})
    finally:
        connection.close()


def test_two_workers_answer_each_message_once(visitor: Visitor) -> None:
    visitor.says("hello")
    for words in ("English", "The clinic"):
        visitor.writes(words)
    take_in()
    talk = visitor.talk.pk
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(elsewhere, [talk] * 4))
    assert visitor.read()[1:] == ["What is it about?", "The clinic is open until 5.", "Goodbye."]
    assert Run.objects.get().steps == 3


def test_the_first_greeting_is_one_as_well(visitor: Visitor) -> None:
    visitor.writes("hello")
    take_in()
    talk = visitor.talk.pk
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(elsewhere, [talk] * 4))
    assert (len(visitor.read()), Run.objects.count()) == (1, 1)


def test_a_turn_waits_for_the_agent_who_is_taking_it_and_then_says_nothing(visitor: Visitor) -> None:
    staff, member = make_staff(visitor.channel.centre)
    visitor.says("hello")
    visitor.writes("English")
    take_in()
    talk = visitor.talk
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert take(by=staff, membership=member, conversation=talk)
            turn = pool.submit(elsewhere, talk.pk)
            sleep(0.3)
            assert not turn.done()
        turn.result(10)
    assert len(visitor.read()) == 1
