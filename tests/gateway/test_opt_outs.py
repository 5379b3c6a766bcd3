"""What follows from STOP, from START, and from a yes to a question of ours."""

import pytest

from aidline.channels.contract import Choice
from aidline.channels.models import Channel, Template
from aidline.conversations.models import Conversation, Message
from aidline.conversations.sending import CannotSend, send_choices, send_reply, send_template
from aidline.conversations.states import MessageState
from aidline.gateway import inbound, outbound
from aidline.gateway.arriving import external_index
from aidline.gateway.opt_out_texts import STOPPED
from aidline.kernel.clock import now
from aidline.people.consents import (
    consents_of,
    current_wording,
    invite,
    note_consent,
    note_consents,
    write_wording,
)
from aidline.people.models import Address, Consent, OptOut, Wording
from aidline.people.states import Evidence, Purpose
from gateway.stage import arrive, body, make_agent, make_centre, make_channel, text_message

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "447700900123"


@pytest.fixture
def channel() -> Channel:
    channel = make_channel(make_centre())
    say(channel, "hello")
    wording = write_wording(by=None, centre=channel.centre, purpose=Purpose.OUTREACH, texts={"en": "News?"})
    note_consents(by=None, wording=wording, address_ids=[Address.objects.get().pk], language="en")
    return channel


def say(channel: Channel, *texts: str) -> None:
    count = Message.objects.count()
    for place, text in enumerate(texts):
        arrive(channel, body(text_message(NUMBER, text, f"wamid.{count}.{place}")))
    inbound.drain()


def agrees() -> bool:
    return consents_of([Address.objects.get().pk])[(Address.objects.get().pk, Purpose.OUTREACH.value)].given


def answers() -> list[str]:
    return [message.text for message in Message.objects.filter(direction="o").order_by("seq")]


def test_stop_ends_every_consent_and_is_answered_once_in_the_persons_language(channel: Channel) -> None:
    Conversation.objects.update(language="fr")
    assert agrees()
    say(channel, "STOP", "stop!", "Arrêt")
    assert OptOut.objects.count() == 1
    assert not agrees()
    assert Consent.objects.count() == 2  # rows are added, none is changed
    assert answers() == [STOPPED["fr"]]


def test_the_answer_to_stop_is_no_answer_to_a_call_for_help(channel: Channel) -> None:
    before = Conversation.objects.get().waiting_since
    say(channel, "STOP")
    after = Conversation.objects.get()
    assert before is not None
    assert after.waiting_since == before
    assert Message.objects.get(direction="o").purpose == ""


def test_start_lifts_the_stop_and_invents_no_consent(channel: Channel) -> None:
    say(channel, "STOP", "START")
    assert not OptOut.objects.exists()
    assert not agrees()


def test_two_machines_never_talk_to_each_other_here(channel: Channel) -> None:
    for _ in range(5):
        say(channel, "STOP", "START")
    assert len(answers()) == 1
    say(channel, answers()[0])
    assert len(answers()) == 1


def test_a_yes_counts_only_after_we_asked_and_only_once(channel: Channel) -> None:
    say(channel, "STOP", "yes")
    assert not agrees()
    wording = current_wording(channel.centre_id, Purpose.OUTREACH)
    assert wording
    invited(channel, wording)
    say(channel, "maybe")
    assert not agrees()
    say(channel, "نَعم!")
    assert agrees()
    assert not OptOut.objects.exists()
    latest = Consent.objects.latest("pk")
    assert (latest.wording, latest.language, latest.source, latest.by) == (wording, "ar", "word", None)
    count = Consent.objects.count()
    say(channel, "yes")
    assert Consent.objects.count() == count


def invited(channel: Channel, wording: Wording) -> Message:
    """Asked in Arabic, and sent."""
    (message,) = send_reply(by=None, conversation=Conversation.objects.get(), text="News?")
    address = Address.objects.get()
    invite(address=address, channel_id=channel.pk, message_id=message.pk, wording=wording, language="ar")
    left(message, "wamid.question")
    return message


def left(message: Message, name: str) -> None:
    message.state, message.external_id = MessageState.SENT, name
    message.external_index = external_index(message.centre_id, name)
    message.save()


@pytest.fixture
def asked(channel: Channel) -> Message:
    say(channel, "STOP", "START")
    wording = current_wording(channel.centre_id, Purpose.OUTREACH)
    assert wording
    return invited(channel, wording)


def answer(channel: Channel, text: str, name: str) -> None:
    said = text_message(NUMBER, text, f"wamid.{Message.objects.count()}")
    arrive(channel, body({**said, "context": {"id": name}}))
    inbound.drain()


def test_a_yes_to_another_question_is_no_consent(channel: Channel, asked: Message) -> None:
    (food,) = send_reply(by=None, conversation=Conversation.objects.get(), text="Have you food for tonight?")
    left(food, "wamid.food")
    say(channel, "yes")
    assert not agrees()
    answer(channel, "yes", "wamid.food")
    assert not agrees()
    answer(channel, "yes", "wamid.question")
    assert agrees()


def test_what_was_not_sent_yet_asked_nothing(channel: Channel, asked: Message) -> None:
    Message.objects.filter(pk=asked.pk).update(state=MessageState.QUEUED)
    say(channel, "yes")
    assert not agrees()
    Message.objects.filter(pk=asked.pk).update(state=MessageState.SENT)
    send_reply(
        by=None, conversation=Conversation.objects.get(), text="Have you food?"
    )  # waits, and is not seen
    say(channel, "yes")
    assert agrees()


def test_a_yes_from_a_menu_is_no_consent(channel: Channel, asked: Message) -> None:
    press(channel, "interactive", {"id": "1", "title": "Yes"})
    assert not agrees()
    ask(channel, "Yes", "No")
    say(channel, "yes")
    assert not agrees()


def test_a_sentence_with_stop_in_it_changes_nothing(channel: Channel) -> None:
    say(channel, "stop it, he hits me")
    assert agrees()
    assert answers() == []


def ask(channel: Channel, *titles: str) -> None:
    staff, _ = make_agent(channel.centre, "Mira")
    choices = [Choice(str(place), title) for place, title in enumerate(titles, 1)]
    send_choices(by=staff, conversation=Conversation.objects.get(), text="Your appointment?", choices=choices)


def press(channel: Channel, kind: str, pressed: dict[str, str]) -> None:
    button = {**text_message(NUMBER, "", f"wamid.{Message.objects.count()}"), "type": kind, kind: pressed}
    if kind == "interactive":
        button[kind] = {"type": "button_reply", "button_reply": pressed}
    arrive(channel, body(button))
    inbound.drain()


@pytest.mark.parametrize("said", ["Cancel", "cancel", "2", None])
def test_to_cancel_an_appointment_stops_no_messages(channel: Channel, said: str | None) -> None:
    ask(channel, "Keep", "Cancel")
    if said is None:
        press(channel, "interactive", {"id": "2", "title": "Cancel"})
    else:
        say(channel, said)
    assert (Message.objects.filter(direction="i").latest("seq").extra or {})["choice"]["id"] == "2"
    assert not OptOut.objects.exists()
    assert agrees()
    assert answers() == ["Your appointment?"]


@pytest.mark.parametrize("titles", [("Keep", "Cancel"), ("Stop by the office", "Call me")])
def test_stop_is_heard_also_while_a_question_is_open(channel: Channel, titles: tuple[str, ...]) -> None:
    ask(channel, *titles)
    say(channel, "stop")
    assert OptOut.objects.exists()
    assert not agrees()


def test_the_stop_button_of_a_template_is_a_stop(channel: Channel) -> None:
    press(channel, "button", {"payload": "Stop", "text": "Stop"})
    assert OptOut.objects.exists()


def test_a_stop_that_comes_before_a_template_has_left_keeps_it_here(channel: Channel) -> None:
    staff, _ = make_agent(channel.centre, "Mira")
    template = Template.objects.create(
        channel=channel, name="hello", language="en", state=Template.State.APPROVED, body="Hello again"
    )
    conversation = Conversation.objects.get()
    (message,) = send_template(by=staff, conversation=conversation, template=template, values={})
    Message.objects.update(due_at=now())
    say(channel, "STOP")
    assert message.pk in outbound.due()
    assert not outbound.send(message.pk)
    message.refresh_from_db()
    assert (message.state, message.error_code) == (MessageState.FAILED, "opted-out")
    with pytest.raises(CannotSend):
        send_template(by=staff, conversation=conversation, template=template, values={})


def test_a_reply_is_sent_to_whoever_said_stop(channel: Channel) -> None:
    staff, _ = make_agent(channel.centre, "Mira")
    say(channel, "STOP", "Where is the clinic?")
    (message,) = send_reply(by=staff, conversation=Conversation.objects.get(), text="At the gate.")
    assert outbound._claim(message.pk)


def test_a_template_to_who_agrees_no_more_is_refused_at_once(channel: Channel) -> None:
    staff, _ = make_agent(channel.centre, "Mira")
    template = Template.objects.create(
        channel=channel, name="hello", language="en", state=Template.State.APPROVED, body="Hello again"
    )
    address = Address.objects.get()
    note_consent(by=staff, address=address, purpose=Purpose.SERVICE, given=False, source=Evidence.STAFF)
    with pytest.raises(CannotSend):
        send_template(by=staff, conversation=Conversation.objects.get(), template=template, values={})
    assert answers() == []
