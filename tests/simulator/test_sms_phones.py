"""Short messages from a fictional phone to the desk and back, for each SMS provider that can be practised with."""

from typing import TYPE_CHECKING

import pytest

from aidline.conversations.models import Conversation, Message
from aidline.conversations.sending import send_reply
from aidline.conversations.states import Direction, MessageState
from aidline.simulator import saying
from aidline.simulator.models import Phone, PhoneMessage
from aidline.simulator.states import Tick

if TYPE_CHECKING:
    from simulator.practice import Practice

PROVIDERS = ["africastalking", "infobip", "vonage"]


@pytest.fixture(params=PROVIDERS)
def phone(practice: "Practice", request: pytest.FixtureRequest) -> Phone:
    return practice.phone(practice.channel(request.param, "sms"))


def answer(practice: "Practice") -> Message:
    conversation = Conversation.objects.select_related("centre", "channel", "address").get()
    (message,) = send_reply(by=None, conversation=conversation, text="Good morning")
    practice.send_due()
    message.refresh_from_db()
    return message


def test_what_is_typed_comes_to_the_desk_and_the_answer_to_the_phone(
    practice: "Practice", phone: Phone
) -> None:
    saying.say(phone, "text", text="مرحبا")
    practice.settle()
    assert [one.text for one in Message.objects.filter(direction=Direction.IN)] == ["مرحبا"]
    message = answer(practice)
    assert message.state == MessageState.SENT
    practice.settle()
    message.refresh_from_db()
    shown = PhoneMessage.objects.get(phone=phone, own=False)
    assert (message.state, shown.text, shown.tick) == (
        MessageState.DELIVERED,
        "Good morning",
        Tick.DELIVERED,
    )


def test_a_message_to_nobody_fails_later(practice: "Practice", phone: Phone) -> None:
    saying.say(phone, "text", text="hello")
    practice.settle()
    phone.delete()
    message = answer(practice)
    assert message.state == MessageState.SENT
    practice.settle()
    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    assert message.error_code


def test_after_stop_the_provider_refuses_and_after_start_it_sends(practice: "Practice", phone: Phone) -> None:
    saying.say(phone, "text", text="STOP")
    practice.settle()
    refused = answer(practice)
    assert refused.state == MessageState.FAILED
    saying.say(phone, "text", text="START")
    practice.settle()
    assert answer(practice).state == MessageState.SENT
