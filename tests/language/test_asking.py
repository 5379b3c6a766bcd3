"""A person whose language is not known is asked once, with a menu, and never in the middle of a talk."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from aidline.centres.models import Centre
from aidline.conversations.models import Conversation, Message
from aidline.conversations.sending import send_reply
from aidline.conversations.services import look
from aidline.kernel.clock import now
from aidline.language.asking import ask_language, choices, question
from aidline.people.services import opt_out
from aidline.routing.services import assign, take
from factories import make_centre, make_channel, make_conversation, make_staff

pytestmark = pytest.mark.django_db


def talk(**more: Any) -> Conversation:
    found = make_conversation(make_channel(make_centre()), ["hi"], language="", **more)
    assert found.person.language == ""
    return found


def ask(conversation: Conversation) -> list[Message]:
    ask_language({"conversation": str(conversation.pk)})
    return list(Message.objects.filter(conversation=conversation, direction="o").order_by("seq"))


def test_the_menu_has_every_language_of_the_centre_in_its_own_words() -> None:
    (asked,) = ask(talk())
    assert asked.kind == "choice"
    assert asked.author is None
    assert [(one["id"], one["title"]) for one in asked.extra["choices"]] == [
        ("lang:en", "English"),
        ("lang:ar", "العربية"),
        ("lang:fr", "français"),
    ]


def test_the_person_goes_on_waiting_and_the_queue_goes_on_showing_what_they_said() -> None:
    conversation = talk()
    before = (conversation.waiting_since, conversation.last_message_id)
    assert None not in before
    ask(conversation)
    conversation.refresh_from_db()
    assert (conversation.waiting_since, conversation.last_message_id) == before


def test_twice_in_a_day_is_once_and_the_next_day_is_another() -> None:
    conversation = talk(window=timedelta(days=3))
    ask(conversation)
    assert len(ask(conversation)) == 1
    with time_machine.travel(now() + timedelta(hours=25), tick=False):
        assert len(ask(conversation)) == 2


def test_one_day_counts_for_the_person_and_not_for_the_conversation() -> None:
    conversation = talk()
    ask(conversation)
    other = Conversation.objects.create(
        centre=conversation.centre,
        channel=make_channel(conversation.centre, "twilio", "SMS"),
        person=conversation.person,
        address=conversation.address,
    )
    assert ask(other) == []


def test_a_conversation_that_an_agent_took_is_left_to_the_agent() -> None:
    conversation = talk()
    staff, member = make_staff(conversation.centre)
    take(by=staff, membership=member, conversation=conversation)
    assert ask(conversation) == []


def test_a_conversation_that_was_given_to_an_agent_who_has_it_open_is_left_alone() -> None:
    conversation = talk()
    staff, member = make_staff(conversation.centre)
    Conversation.objects.filter(pk=conversation.pk).update(assignee=member)  # by the routing, a moment ago
    look(by=staff, conversation=conversation, typing=False)
    assert ask(conversation) == []


def test_one_that_was_only_handed_out_and_nobody_has_opened_is_asked() -> None:
    conversation = talk()
    _, member = make_staff(conversation.centre)
    Conversation.objects.filter(pk=conversation.pk).update(assignee=member)
    assert len(ask(conversation)) == 1


def test_a_conversation_that_somebody_answered_or_passed_on_is_in_hand() -> None:
    conversation = talk()
    staff, member = make_staff(conversation.centre)
    _, colleague = make_staff(conversation.centre, name="Noor Amari")
    assign(by=staff, conversation=conversation, to=colleague)
    assert ask(conversation) == []
    other = make_conversation(conversation.channel, ["hi"], language="", assignee=member)
    send_reply(by=staff, conversation=other, text="Hello, who is there?")
    assert [message.kind for message in ask(other)] == ["text"]


def test_who_does_not_want_to_be_written_to_is_not_asked() -> None:
    conversation = talk()
    assert conversation.address_id
    assert conversation.channel_id
    opt_out(address_id=conversation.address_id, channel_id=conversation.channel_id, source="word")
    assert ask(conversation) == []


@pytest.mark.parametrize(
    "changes", [{"state": "c"}, {"state": "s"}, {"hidden": True}, {"language": "en"}, {"address": None}]
)
def test_what_was_finished_put_off_blocked_or_understood_meanwhile_is_not_asked(
    changes: dict[str, Any],
) -> None:
    conversation = talk()
    Conversation.objects.filter(pk=conversation.pk).update(**changes)
    assert ask(conversation) == []


@pytest.mark.parametrize("changes", [{"asks_language": False}, {"languages": ["en"]}])
def test_a_centre_decides_and_one_with_a_single_language_has_nothing_to_ask(changes: dict[str, Any]) -> None:
    conversation = talk()
    Centre.objects.filter(pk=conversation.centre_id).update(**changes)
    assert ask(conversation) == []


def test_a_closed_channel_or_a_shut_window_is_no_error_and_does_not_use_up_the_day() -> None:
    conversation = talk(window=timedelta(minutes=1))
    assert ask(conversation) == []
    Conversation.objects.filter(pk=conversation.pk).update(window_until=now() + timedelta(hours=20))
    assert len(ask(conversation)) == 1


def test_a_conversation_that_is_gone_is_no_error() -> None:
    ask_language({"conversation": "00000000-0000-7000-8000-000000000000"})


def test_the_question_is_said_once_where_the_words_are_the_same() -> None:
    centre = make_centre("Velden", languages=["ti", "so"])
    assert question(centre).count("\n") == 0
    assert [choice.id for choice in choices(centre)] == ["lang:ti", "lang:so"]
