"""From a stored delivery to a message on the screen."""

from datetime import timedelta

import pytest

from aidline.channels.models import Delivery
from aidline.conversations.models import Conversation, LiveEvent, Message
from aidline.conversations.sending import send_reply
from aidline.conversations.services import close
from aidline.conversations.states import ConversationState, MessageState, Outcome
from aidline.gateway import arriving, inbound
from aidline.gateway.deliveries import Raw, seal, store
from aidline.kernel.clock import now
from aidline.people.models import Address, Likeness, Person
from aidline.routing.models import Presence
from aidline.routing.services import set_presence
from aidline.routing.states import PresenceState
from gateway.stage import arrive, body, make_agent, make_centre, make_channel, status, text_message

pytestmark = pytest.mark.django_db(transaction=True)

AMAL, BASIM = "447700900123", "447700900456"


def texts(conversation: Conversation) -> list[str]:
    return [m.text for m in Message.objects.filter(conversation=conversation).order_by("at", "seq")]


def test_a_message_makes_a_person_an_address_and_a_conversation_that_waits() -> None:
    centre = make_centre()
    channel = make_channel(centre)
    arrive(channel, body(text_message(AMAL, "أمي تأخذ الأنسولين", "wamid.1")))

    assert inbound.drain() == 1

    conversation = Conversation.objects.get()
    assert texts(conversation) == ["أمي تأخذ الأنسولين"]
    assert conversation.language == "ar"
    assert conversation.waiting_since is not None
    assert conversation.window_until is not None
    assert conversation.window_until - now() > timedelta(hours=23)
    assert Address.objects.get().value == "+447700900123"
    assert Person.objects.get().name == "Amal"
    assert LiveEvent.objects.filter(kind="message", conversation_id=conversation.pk).count() == 1
    assert inbound.drain() == 0


def test_the_same_message_in_two_batches_and_twice_in_one_is_one_message() -> None:
    channel = make_channel(make_centre())
    first = text_message(AMAL, "hello", "wamid.1")
    second = text_message(AMAL, "again", "wamid.2")
    arrive(channel, body(first, first, second), body(second, first))
    inbound.drain()
    arrive(channel, body(second), body(first, second))
    inbound.drain()

    assert texts(Conversation.objects.get()) == ["hello", "again"]
    assert Conversation.objects.get().last_seq == 2


def test_messages_are_shown_in_the_order_in_which_they_were_written() -> None:
    channel = make_channel(make_centre())
    start = now() - timedelta(minutes=5)
    said = [text_message(AMAL, str(n), f"wamid.{n}", start + timedelta(seconds=n)) for n in range(4)]
    arrive(channel, body(said[2]), body(said[0], said[3]))
    inbound.drain()
    arrive(channel, body(said[1]))
    inbound.drain()

    assert texts(Conversation.objects.get()) == ["0", "1", "2", "3"]


def test_a_finished_conversation_opens_again_for_a_day_and_then_a_new_one_begins() -> None:
    channel = make_channel(make_centre())
    arrive(channel, body(text_message(AMAL, "one", "wamid.1")))
    inbound.drain()
    conversation = Conversation.objects.get()
    close(by=None, conversation=conversation, topic=None, outcome=Outcome.ANSWERED)

    arrive(channel, body(text_message(AMAL, "two", "wamid.2")))
    inbound.drain()
    conversation.refresh_from_db()
    assert conversation.state == ConversationState.OPEN

    close(by=None, conversation=conversation, topic=None, outcome=Outcome.ANSWERED)
    Conversation.objects.update(closed_at=now() - timedelta(hours=25))
    arrive(channel, body(text_message(AMAL, "three", "wamid.3")))
    inbound.drain()
    assert Conversation.objects.count() == 2
    assert Person.objects.count() == 1


def test_a_poisoned_delivery_is_set_aside_and_the_others_come_in(monkeypatch: pytest.MonkeyPatch) -> None:
    channel = make_channel(make_centre())
    arrive(
        channel,
        body(text_message(AMAL, "before", "wamid.1")),
        b"{not json at all",
        body(text_message(BASIM, "after", "wamid.2")),
    )
    inbound.drain()

    assert sorted(m.text for m in Message.objects.all()) == ["after", "before"]
    assert Delivery.objects.get(state=Delivery.State.QUARANTINED).error == "Malformed"


def test_a_delivery_that_keeps_failing_is_tried_eight_times(monkeypatch: pytest.MonkeyPatch) -> None:
    channel = make_channel(make_centre())

    def fail(said: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(arriving, "take_in", fail)
    arrive(channel, body(text_message(AMAL, "hello", "wamid.1")))
    for _ in range(inbound.TRIES):
        Delivery.objects.update(next_at=None)
        inbound.drain()
    assert Delivery.objects.get().state == Delivery.State.QUARANTINED
    assert inbound.drain() == 0


def test_an_available_agent_with_the_language_gets_the_conversation() -> None:
    centre = make_centre()
    channel = make_channel(centre)
    _, french = make_agent(centre, "Luc", languages=["fr"])
    _, arabic = make_agent(centre, "Noor", languages=["ar", "en"])
    set_presence(membership=french, state=PresenceState.AVAILABLE)
    set_presence(membership=arabic, state=PresenceState.AVAILABLE)
    arrive(channel, body(text_message(AMAL, "مرحبا", "wamid.1")))
    inbound.drain()
    assert Conversation.objects.get().assignee == arabic
    assert Presence.objects.count() == 2


def test_receipts_in_any_order_and_repeated_only_move_forward() -> None:
    centre = make_centre()
    channel = make_channel(centre)
    staff, _ = make_agent(centre, "Mira")
    arrive(channel, body(text_message(AMAL, "hello", "wamid.1")))
    inbound.drain()
    message = send_reply(by=staff, conversation=Conversation.objects.get(), text="Good day.")[0]
    message.external_id = "wamid.out"
    message.external_index = arriving.external_index(centre.pk, "wamid.out")
    message.state = MessageState.SENT
    message.save()

    at = now()
    for word in ("read", "delivered", "sent", "failed", "delivered"):
        at += timedelta(seconds=1)
        arrive(channel, body(statuses=(status("wamid.out", word, at),)))
        inbound.drain()

    message.refresh_from_db()
    assert message.state == MessageState.READ


def test_a_receipt_that_overtakes_our_own_call_is_not_lost() -> None:
    centre = make_centre()
    channel = make_channel(centre)
    staff, _ = make_agent(centre, "Mira")
    arrive(channel, body(text_message(AMAL, "hello", "wamid.1")))
    inbound.drain()
    message = send_reply(by=staff, conversation=Conversation.objects.get(), text="Good day.")[0]
    Message.objects.filter(pk=message.pk).update(state=MessageState.SENDING)
    arrive(channel, body(statuses=(status("wamid.out", "delivered"),)))
    inbound.drain()

    from aidline.channels.contract import Sent
    from aidline.gateway.outbound import Answer, _write_down

    _write_down(message, Answer(MessageState.SENT, sent=Sent("wamid.out")))
    message.refresh_from_db()
    assert message.state == MessageState.DELIVERED


def test_two_possible_owners_of_a_number_are_asked_about_and_not_guessed() -> None:
    """Brazil's ninth digit: both old forms are known as two people; the third form belongs to neither."""
    centre = make_centre()
    channel = make_channel(centre)
    arrive(channel, body(text_message("5511961234567", "oi", "wamid.1")))
    inbound.drain()
    arrive(channel, body(text_message("551161234567", "oi de novo", "wamid.2")))
    inbound.drain()
    assert Person.objects.count() == 1
    assert Address.objects.count() == 2
    assert Likeness.objects.count() == 0


@pytest.mark.parametrize(("given", "kept"), [("🙏🏽", "🙏🏽"), ("1️⃣", "1️⃣"), ("call me at 7700 900123", "")])
def test_a_reaction_is_a_sign_and_words_in_its_place_are_not_kept_in_the_clear(given: str, kept: str) -> None:
    channel = make_channel(make_centre())
    reaction = {**text_message(AMAL, "", "wamid.2"), "type": "reaction"}
    reaction["reaction"] = {"message_id": "wamid.1", "emoji": given}
    arrive(channel, body(text_message(AMAL, "hello", "wamid.1")), body(reaction))
    inbound.drain()
    assert Message.objects.get().reaction == kept


def test_a_repeated_call_that_overtook_the_first_does_not_change_the_order_of_the_thread() -> None:
    """A provider without times: the first call waited in the spool while the repeated one came in."""
    channel = make_channel(make_centre())
    at = now() - timedelta(minutes=5)
    first, second = ({**text_message(AMAL, text, text), "timestamp": ""} for text in ("one", "two"))
    again = body(first, second)

    def arrived(content: bytes, minutes: int) -> None:
        raw = Raw(content, {"content-type": "application/json"})
        moment = at + timedelta(minutes=minutes)
        store([seal(channel_id=channel.pk, centre_id=channel.centre_id, raw=raw, at=moment)])
        inbound.drain()

    arrived(body(second), 2)
    arrived(again, 3)
    arrived(body(first), 1)
    assert texts(Conversation.objects.get()) == ["one", "two"]
