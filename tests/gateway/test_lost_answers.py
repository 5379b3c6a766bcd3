"""The answer to our call was lost: an echo with our own id tells by what id later receipts will name the message."""

import pytest

from aidline.channels.models import Channel
from aidline.channels.services import create_channel
from aidline.conversations.models import Conversation, Message, ParkedReceipt
from aidline.conversations.sending import send_reply
from aidline.conversations.states import MessageState
from aidline.gateway import inbound, outbound, receipts
from gateway.stage import arrive, make_centre
from payloads.messenger import CONFIG, ECHO, page

pytestmark = pytest.mark.django_db(transaction=True)

DELIVERED = page.body(page.one(delivery={"mids": [ECHO["mid"]]}))


@pytest.fixture
def message() -> Message:
    config = {**CONFIG, "base_url": "http://127.0.0.1:1"}
    channel = create_channel(
        by=None, centre=make_centre(undo_seconds=0), provider="messenger", name="Page", config=config
    )
    hear(channel, page.body(page.message(text="hello")))
    Conversation.objects.update(window_until=None)  # the example is of long ago
    conversation = Conversation.objects.select_related("channel", "centre").get()
    (message,) = send_reply(by=None, conversation=conversation, text="Hello")
    Message.objects.filter(pk=message.pk).update(state=MessageState.UNKNOWN)
    return message


def hear(channel: Channel | None, *bodies: bytes) -> None:
    assert channel
    arrive(channel, *bodies)
    while inbound.drain():
        pass


def echo_of(message: Message, mid: str = str(ECHO["mid"])) -> bytes:
    return page.body(page.ours(message={**ECHO, "mid": mid, "metadata": str(message.pk)}))


def told(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.external_id


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("first", ["echo", "delivered"])
def test_what_is_told_by_the_providers_id_alone_finds_the_message(
    message: Message, first: str, *, together: bool
) -> None:
    bodies = [echo_of(message), DELIVERED] if first == "echo" else [DELIVERED, echo_of(message)]
    for calls in [bodies] if together else [[body] for body in bodies]:
        hear(message.conversation.channel, *calls)
    assert told(message) == (MessageState.DELIVERED, ECHO["mid"])
    assert not ParkedReceipt.objects.exists()


def test_without_keeping_the_providers_id_it_is_never_known_to_be_delivered(
    message: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A planted fault."""
    monkeypatch.setattr(receipts, "_name", lambda *_: None)
    hear(message.conversation.channel, echo_of(message), DELIVERED)
    receipts.match_parked()
    assert told(message) == (MessageState.SENT, "")


def test_an_answer_that_comes_later_changes_nothing(message: Message) -> None:
    hear(message.conversation.channel, echo_of(message), DELIVERED)
    outbound._keep_external_id(message, str(ECHO["mid"]))
    assert told(message) == (MessageState.DELIVERED, ECHO["mid"])


def test_an_id_that_another_message_has_is_not_given_twice(message: Message) -> None:
    (other,) = send_reply(by=None, conversation=message.conversation, text="Good day")
    Message.objects.filter(pk=other.pk).update(state=MessageState.UNKNOWN)
    hear(message.conversation.channel, echo_of(other, "m_OTHER"), echo_of(message, "m_OTHER"))
    assert [told(other), told(message)] == [(MessageState.SENT, "m_OTHER"), (MessageState.UNKNOWN, "")]


def test_a_message_that_has_an_id_keeps_it(message: Message) -> None:
    hear(message.conversation.channel, echo_of(message), echo_of(message, "m_OTHER"))
    assert told(message) == (MessageState.SENT, ECHO["mid"])
