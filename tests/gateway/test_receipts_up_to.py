"""Where a provider only says "read up to then": everything that had left before is read, and nothing else."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from aidline.channels.models import Channel
from aidline.channels.services import create_channel
from aidline.conversations.models import Conversation, LiveEvent, Message
from aidline.conversations.sending import send_reply
from aidline.conversations.states import Direction, MessageState
from aidline.gateway import inbound, outbound, receipts
from aidline.gateway.attention import ATTEND, attend, show_attention
from aidline.jobs.models import Job
from aidline.kernel.clock import now
from factories import CONFIGS
from gateway.stage import arrive, make_centre
from local_server import Answer, LocalServer, Seen, serving

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = CONFIGS["messenger"]["page_id"]
AMAL, BASIM = "7001000000000001", "7001000000000002"


@pytest.fixture
def meta() -> Iterator[LocalServer]:
    with serving() as server:
        server.answer = accepted
        yield server


def accepted(seen: Seen) -> Answer:
    message = json.loads(seen.body).get("message", {})
    return Answer(200, json.dumps({"message_id": f"m_{message.get('metadata')}"}).encode())


@pytest.fixture
def channel(meta: LocalServer) -> Channel:
    config = {**CONFIGS["messenger"], "base_url": meta.url}
    return create_channel(
        by=None, centre=make_centre(undo_seconds=0), provider="messenger", name="Page", config=config
    )


def happened(psid: str, **what: Any) -> bytes:
    one = {"sender": {"id": psid}, "recipient": {"id": PAGE}, "timestamp": stamp(now()), **what}
    return json.dumps({"object": "page", "entry": [{"id": PAGE, "messaging": [one]}]}).encode()


def stamp(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def hear(channel: Channel, *bodies: bytes) -> None:
    arrive(channel, *bodies)
    inbound.drain()


def talk(channel: Channel, psid: str = AMAL) -> Conversation:
    hear(channel, happened(psid, message={"mid": f"m_{psid}", "text": "hello"}))
    return Conversation.objects.latest("opened_at")


def say(conversation: Conversation, *texts: str) -> list[Message]:
    messages = [send_reply(by=None, conversation=conversation, text=text)[0] for text in texts]
    for message in messages:
        outbound.send(message.pk)
    return messages


def states() -> list[str]:
    return [m.state for m in Message.objects.filter(direction=Direction.OUT).order_by("created_at", "seq")]


def read_until(channel: Channel, at: datetime, psid: str = AMAL) -> None:
    hear(channel, happened(psid, read={"watermark": stamp(at)}))


def test_all_that_was_sent_before_is_read_and_screens_hear_of_it(channel: Channel) -> None:
    conversation = talk(channel)
    say(conversation, "one", "two")
    LiveEvent.objects.all().delete()
    at = now()
    read_until(channel, at)
    assert states() == [MessageState.READ, MessageState.READ]
    assert Message.objects.filter(direction=Direction.OUT).first().read_at == at.replace(  # type: ignore[union-attr]
        microsecond=at.microsecond // 1000 * 1000
    )
    assert LiveEvent.objects.filter(kind="state", conversation_id=conversation.pk).exists()


def test_what_was_sent_after_it_is_not(channel: Channel) -> None:
    conversation = talk(channel)
    _first, second = say(conversation, "one", "two")
    later = now() + timedelta(minutes=1)
    Message.objects.filter(pk=second.pk).update(sent_at=later)
    read_until(channel, later - timedelta(seconds=10))
    assert states() == [MessageState.READ, MessageState.SENT]


def test_our_clock_is_a_little_later_than_theirs(channel: Channel) -> None:
    say(talk(channel), "one")
    sent_at = Message.objects.get(direction=Direction.OUT).sent_at
    assert sent_at
    read_until(channel, sent_at - receipts.HEARD_LATER - timedelta(seconds=1))
    assert states() == [MessageState.SENT]
    read_until(channel, sent_at - timedelta(seconds=1))
    assert states() == [MessageState.READ]


def test_another_person_reads_only_their_own(channel: Channel) -> None:
    say(talk(channel, AMAL), "for Amal")
    say(talk(channel, BASIM), "for Basim")
    read_until(channel, now(), BASIM)
    assert states() == [MessageState.SENT, MessageState.READ]


def test_another_channel_of_the_same_person_is_untouched(channel: Channel, meta: LocalServer) -> None:
    other = create_channel(
        by=None,
        centre=channel.centre,
        provider="messenger",
        name="Second",
        config={**CONFIGS["messenger"], "page_id": "2", "base_url": meta.url},
    )
    say(talk(channel), "one")
    body = json.loads(happened(AMAL, read={"watermark": stamp(now())}))
    body["entry"][0]["id"] = "2"
    hear(other, json.dumps(body).encode())
    assert states() == [MessageState.SENT]


@pytest.mark.parametrize(
    "state", [MessageState.FAILED, MessageState.UNKNOWN, MessageState.QUEUED, MessageState.CANCELLED]
)
def test_what_never_surely_left_is_not_read(channel: Channel, state: MessageState) -> None:
    say(talk(channel), "one")
    Message.objects.filter(direction=Direction.OUT).update(state=state)
    read_until(channel, now())
    assert states() == [state]


def test_delivered_up_to_then_never_takes_read_back(channel: Channel) -> None:
    say(talk(channel), "one", "two")
    first = Message.objects.filter(direction=Direction.OUT).earliest("created_at")
    Message.objects.filter(pk=first.pk).update(state=MessageState.READ)
    hear(channel, happened(AMAL, delivery={"watermark": stamp(now())}))
    assert states() == [MessageState.READ, MessageState.DELIVERED]


def test_somebody_unknown_who_read_brings_nobody_in(channel: Channel) -> None:
    say(talk(channel), "one")
    read_until(channel, now(), "7001999999999999")
    assert (Conversation.objects.count(), states()) == (1, [MessageState.SENT])


def test_an_echo_proves_that_an_uncertain_message_left(channel: Channel) -> None:
    """The answer to our call was lost; what comes back carries our own id."""
    (message,) = say(talk(channel), "one")
    Message.objects.update(state=MessageState.UNKNOWN)
    echo = {"mid": "m_theirs", "is_echo": True, "metadata": str(message.pk), "text": "one"}
    body = json.loads(happened(PAGE, message=echo))
    body["entry"][0]["messaging"][0]["recipient"]["id"] = AMAL
    Message.objects.filter(direction=Direction.OUT).update(external_index=None)
    hear(channel, json.dumps(body).encode())
    assert states() == [MessageState.SENT]
    assert Message.objects.filter(direction=Direction.IN).count() == 1


def test_reading_and_writing_are_shown_to_the_person(channel: Channel, meta: LocalServer) -> None:
    conversation = talk(channel)
    show_attention(conversation=conversation, typing=True)
    attend(Job.objects.get(kind=ATTEND).payload)
    asked = [json.loads(seen.body) for seen in meta.seen]
    assert [(one["recipient"]["id"], one["sender_action"]) for one in asked] == [
        (AMAL, "mark_seen"),
        (AMAL, "typing_on"),
    ]
