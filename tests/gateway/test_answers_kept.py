"""What a provider has answered is written down, also when the database is away for a moment."""

from typing import Any

import pytest
from django.db import OperationalError

from aidline.channels.services import create_channel
from aidline.conversations.models import Conversation, Message
from aidline.conversations.sending import send_reply
from aidline.conversations.states import MessageState
from aidline.gateway import inbound, outbound, receive
from gateway.stage import make_centre

pytestmark = pytest.mark.django_db(transaction=True)


def queued() -> Message:
    channel = create_channel(by=None, centre=make_centre(), provider="webchat", name="Web chat", config={})
    receive.store(channel, b'{"id": "w1", "from": "visitor-1", "text": "hello"}')
    inbound.drain()
    conversation = Conversation.objects.select_related("channel", "centre").get()
    return send_reply(by=None, conversation=conversation, text="Hello")[0]


def test_an_answer_heard_while_the_database_is_away_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    message = queued()
    failures = [OperationalError(), OperationalError()]
    really = outbound._write_down

    def away(*args: Any) -> None:
        if failures:
            raise failures.pop()
        really(*args)

    monkeypatch.setattr(outbound, "_write_down", away)
    monkeypatch.setattr(outbound, "AFTER_OUTAGE", 0)
    outbound.send(message.pk)
    message.refresh_from_db()
    assert (message.state, message.external_id) == (MessageState.SENT, str(message.pk))
