"""Receipts that wait for their message: taken up once, let go where there is nothing to say."""

from uuid import uuid4

import pytest

from aidline.channels.contract import Receipt, Status
from aidline.channels.models import Channel
from aidline.channels.services import create_channel
from aidline.conversations.models import Conversation, Message, ParkedReceipt
from aidline.conversations.sending import send_reply
from aidline.conversations.states import Direction, MessageState
from aidline.gateway import inbound, receipts
from aidline.gateway.arriving import external_index
from aidline.kernel.clock import now
from aidline.people.models import OptOut
from factories import CONFIGS
from gateway.stage import arrive, make_centre
from payloads.viber import ID, TOKEN, callback, say

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def channel() -> Channel:
    config = CONFIGS["viber"]
    return create_channel(
        by=None, centre=make_centre(undo_seconds=0), provider="viber", name="Viber", config=config
    )


def hear(channel: Channel, *bodies: bytes) -> None:
    arrive(channel, *bodies)
    while inbound.drain():
        pass


def park(channel: Channel, external_id: str, state: MessageState, *, stop: bool = False) -> None:
    index = external_index(channel.centre_id, external_id)
    ParkedReceipt.objects.create(
        channel_id=channel.pk, external_index=index, state=state, at=now(), stop=stop
    )


@pytest.mark.parametrize("first", ["the message", "the receipt"])
def test_what_is_told_of_a_persons_own_words_touches_nothing_and_is_let_go(
    channel: Channel, first: str
) -> None:
    calls = [say("text", text="hello"), callback("delivered", user_id=ID)]
    for body in calls if first == "the message" else reversed(calls):
        hear(channel, body)
    before = Message.objects.values().get()
    assert ParkedReceipt.objects.count() == (first == "the receipt")
    assert receipts.match_parked() == 0
    assert Message.objects.values().get() == before
    assert not ParkedReceipt.objects.exists()


def test_a_wish_to_stop_that_names_a_persons_own_words_stops_nobody(channel: Channel) -> None:
    hear(channel, say("text", text="hello"))
    park(channel, str(TOKEN), MessageState.FAILED, stop=True)
    receipts.match_parked()
    assert Message.objects.get().state == MessageState.RECEIVED
    assert not OptOut.objects.exists()


def test_many_that_nothing_will_match_do_not_stand_in_the_way(channel: Channel) -> None:
    hear(channel, say("text", text="hello"))
    (ours,) = send_reply(by=None, conversation=Conversation.objects.get(), text="here")
    for _ in range(210):
        park(channel, uuid4().hex, MessageState.DELIVERED)
    park(channel, "ours-1", MessageState.DELIVERED)
    index = external_index(channel.centre_id, "ours-1")
    Message.objects.filter(pk=ours.pk).update(state=MessageState.SENT, external_index=index)
    assert receipts.match_parked() == 1
    assert Message.objects.get(direction=Direction.OUT).state == MessageState.DELIVERED
    assert ParkedReceipt.objects.count() == 210


@pytest.mark.parametrize("known", [True, False])
def test_a_number_in_the_place_of_a_code_is_not_kept_in_the_clear(channel: Channel, *, known: bool) -> None:
    hear(channel, say("text", text="hello"))
    (ours,) = send_reply(by=None, conversation=Conversation.objects.get(), text="here")
    told = Receipt(
        "ours-2", Status.FAILED, now(), "no route to +33 6 39 98 71 00", message=ours.pk if known else None
    )
    receipts.apply([receipts.Heard(channel.pk, channel.centre_id, told, now())])
    kept = Message.objects.get(pk=ours.pk).error_code if known else ParkedReceipt.objects.get().code
    assert kept == "no route to …"
