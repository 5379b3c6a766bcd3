"""A question with choices: sent, answered by a press, a number or words, and never guessed later."""

from datetime import timedelta

import pytest

from aidline.centres.models import Staff
from aidline.channels.contract import Choice
from aidline.channels.models import Channel
from aidline.conversations.models import Conversation, Message
from aidline.conversations.sending import CannotSend, send_choices, send_reply
from aidline.gateway import inbound
from aidline.kernel.clock import now
from gateway.stage import arrive, body, make_agent, make_centre, make_channel, text_message

pytestmark = pytest.mark.django_db(transaction=True)

AMAL = "447700900123"
OFFERED = [Choice("1", "Food"), Choice("2", "مأوى")]


@pytest.fixture
def channel() -> Channel:
    channel = make_channel(make_centre(undo_seconds=0))
    say(channel, "hello", "wamid.0")
    return channel


@pytest.fixture
def staff(channel: Channel) -> Staff:
    return make_agent(channel.centre, "Mira")[0]


def say(channel: Channel, text: str, wamid: str) -> Message:
    arrive(channel, body(text_message(AMAL, text, wamid, now() - timedelta(seconds=1))))
    inbound.drain()
    return Message.objects.filter(direction="i").latest("seq")


def ask(staff: Staff) -> Message:
    return send_choices(
        by=staff, conversation=Conversation.objects.get(), text="What do you need?", choices=OFFERED
    )[0]


def meant(message: Message) -> str:
    return str((message.extra or {}).get("choice", {}).get("id", ""))


@pytest.mark.parametrize(("said", "id"), [("2", "2"), ("٢", "2"), ("ماوى", "2"), ("food", "1")])
def test_an_answer_in_words_is_the_choice_and_keeps_the_words(
    channel: Channel, staff: Staff, said: str, id: str
) -> None:
    ask(staff)
    message = say(channel, said, "wamid.1")
    assert (meant(message), message.text) == (id, said)


def test_the_same_words_without_a_question_are_only_words(channel: Channel) -> None:
    assert meant(say(channel, "2", "wamid.1")) == ""


def test_a_number_answers_the_last_question_only(channel: Channel, staff: Staff) -> None:
    """ "2" after "how many children?" must not become shelter."""
    ask(staff)
    send_reply(by=staff, conversation=Conversation.objects.get(), text="How many children?")
    assert meant(say(channel, "2", "wamid.1")) == ""


def test_an_answer_is_taken_once(channel: Channel, staff: Staff) -> None:
    ask(staff)
    assert meant(say(channel, "1", "wamid.1")) == "1"
    assert meant(say(channel, "2", "wamid.2")) == ""


def press(channel: Channel, choice: Choice, wamid: str) -> Message:
    reply = {"type": "button_reply", "button_reply": {"id": choice.id, "title": choice.title}}
    pressed = {**text_message(AMAL, "", wamid), "type": "interactive", "interactive": reply}
    del pressed["text"]
    arrive(channel, body(pressed))
    inbound.drain()
    return Message.objects.filter(direction="i").latest("seq")


def test_a_button_of_an_older_question_leaves_the_present_one_open(channel: Channel, staff: Staff) -> None:
    ask(staff)
    assert meant(press(channel, Choice("17", "Tomorrow"), "wamid.1")) == "17"
    assert meant(say(channel, "2", "wamid.2")) == "2"


def test_a_button_of_the_present_question_closes_it(channel: Channel, staff: Staff) -> None:
    ask(staff)
    assert meant(press(channel, OFFERED[0], "wamid.1")) == "1"
    assert meant(say(channel, "2", "wamid.2")) == ""


def test_a_batch_takes_the_first_that_fits(channel: Channel, staff: Staff) -> None:
    ask(staff)
    arrive(
        channel,
        body(text_message(AMAL, "wait", "wamid.1")),
        body(text_message(AMAL, "1", "wamid.2")),
        body(text_message(AMAL, "2", "wamid.3")),
    )
    inbound.drain()
    latest = list(Message.objects.filter(direction="i").order_by("-seq")[:3])
    assert [meant(message) for message in latest] == ["", "1", ""]


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("", OFFERED),
        ("What?", []),
        ("What?", [Choice(str(n), f"number {n}") for n in range(13)]),
        ("What?", [Choice("1", "Food"), Choice("2", "food ")]),
        ("What?", [Choice("1", " ")]),
    ],
)
def test_what_cannot_be_a_question_with_choices_is_refused(
    channel: Channel, staff: Staff, text: str, choices: list[Choice]
) -> None:
    with pytest.raises(CannotSend):
        send_choices(by=staff, conversation=Conversation.objects.get(), text=text, choices=choices)
    assert not Message.objects.filter(direction="o").exists()
