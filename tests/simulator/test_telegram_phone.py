"""From a fictional phone with Telegram to the desk and back, with everything in between but the network."""

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from aidline.channels.contract import File, Kind, MediaRef, Outgoing, Scheme, Sender
from aidline.channels.registry import load
from aidline.conversations.models import Attachment, Conversation, Message
from aidline.conversations.sending import send_reply
from aidline.conversations.states import Direction, MessageState
from aidline.conversations.timeline import append
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.people.models import Address, OptOut
from aidline.simulator import hooks, phones, saying
from aidline.simulator.models import Phone, PhoneFile, PhoneMessage
from aidline.simulator.seeding import pocket
from aidline.simulator.wire import telegram

if TYPE_CHECKING:
    from simulator.practice import Practice

ID = "4000000005550123"
ILHAM = telegram.User(ID, "Ilham Q")


@pytest.fixture
def phone(practice: "Practice") -> Phone:
    return practice.phone(practice.channel("telegram", "telegram"), ID)


def answer(practice: "Practice", text: str = "Good morning", **more: Any) -> Message:
    conversation = Conversation.objects.select_related("centre", "channel", "address").get()
    (message,) = send_reply(by=None, conversation=conversation, text=text, **more)
    practice.send_due()
    practice.settle()
    message.refresh_from_db()
    return message


def test_a_talk_goes_both_ways_and_promises_no_ticks(practice: "Practice", phone: Phone) -> None:
    mine = saying.say(phone, "text", text="مرحبا")
    practice.settle()
    theirs = Message.objects.get(direction=Direction.IN)
    assert (theirs.text, theirs.external_id) == ("مرحبا", f"{ID}:{mine.external_id}")
    message = answer(practice)
    shown = PhoneMessage.objects.get(own=False)
    assert (shown.text, message.state) == ("Good morning", MessageState.SENT)
    assert message.external_id == f"{ID}:{shown.external_id}"


def test_a_reaction_finds_the_message_it_is_on(practice: "Practice", phone: Phone) -> None:
    saying.say(phone, "text", text="hello")
    practice.settle()
    message = answer(practice)
    shown = PhoneMessage.objects.get(own=False)
    Client().post(reverse("simulator:react", args=[phone.pk, shown.pk]), {"emoji": "🙏"})
    practice.settle()
    message.refresh_from_db()
    assert message.reaction == "🙏"


def test_a_shared_number_becomes_a_second_address_and_the_talk_stays_where_it_was(
    practice: "Practice", phone: Phone
) -> None:
    saying.say(phone, "text", text="hello")
    practice.settle()
    bot = telegram.Bot(phone.channel.config["token"], phone.channel.config["secret_token"])
    card = telegram.contact("Ilham", "+447700900123", user_id=ID)
    told = telegram.post(bot, message=telegram.message(ILHAM, now(), **card))
    hooks.carry(hooks.hook_of(phone.channel), told)
    practice.settle()
    conversation = Conversation.objects.select_related("address").get()
    addresses = Address.objects.filter(person=conversation.person)
    assert {(one.scheme, one.value) for one in addresses} == {("telegram", ID), ("phone", "+447700900123")}
    assert conversation.address
    assert conversation.address.scheme == "telegram"
    assert answer(practice).state == MessageState.SENT


def test_blocking_and_letting_in_again_is_kept(practice: "Practice", phone: Phone) -> None:
    saying.say(phone, "text", text="hello")
    practice.settle()
    bot = telegram.Bot(phone.channel.config["token"], phone.channel.config["secret_token"])
    for blocked in (True, False):
        change = telegram.membership(bot, ILHAM, now(), blocked=blocked)
        hooks.carry(hooks.hook_of(phone.channel), telegram.post(bot, my_chat_member=change))
        practice.settle()
        assert OptOut.objects.exists() is blocked


def test_a_choice_is_pressed_and_named(practice: "Practice", phone: Phone) -> None:
    saying.say(phone, "text", text="hello")
    practice.settle()
    choices = [{"id": "y", "title": "Yes", "description": ""}, {"id": "n", "title": "No", "description": ""}]
    append(
        Conversation.objects.get(),
        direction=Direction.OUT,
        kind="choice",
        state=MessageState.QUEUED,
        text="Is it safe where you are?",
        extra={"choices": choices},
        due_at=now(),
    )
    practice.send_due()
    practice.settle()
    shown = PhoneMessage.objects.get(own=False)
    Client().post(reverse("simulator:press", args=[phone.pk, shown.pk]), {"option": "y"})
    practice.settle()
    pressed = Message.objects.get(direction=Direction.IN, kind="choice")
    assert (pressed.text, pressed.reply_to) == ("Yes", Message.objects.get(direction=Direction.OUT))
    assert (pressed.extra or {})["choice"]["id"] == "y"


def test_photos_come_from_the_phone_and_can_be_fetched(practice: "Practice", phone: Phone) -> None:
    from simulator.practice import network_client

    Client().post(reverse("simulator:say", args=[phone.pk]), {"what": "photo"})
    practice.settle()
    attachment = Attachment.objects.get()
    provider = load("telegram", phone.channel.config)
    with network_client() as http:
        ref = MediaRef((attachment.source or {})["ref"], Kind.IMAGE, "image/jpeg")
        assert provider.fetch_media(http, ref).content == PhoneFile.objects.get().content


def test_who_has_no_phone_is_not_known_to_the_bot_and_who_blocked_it_is_left_alone(
    practice: "Practice", phone: Phone
) -> None:
    saying.say(phone, "text", text="hello")
    practice.settle()
    Phone.objects.filter(pk=phone.pk).update(opted_out=True)
    refused = answer(practice)
    assert (refused.state, refused.error_code) == (MessageState.FAILED, "403-blocked")
    phone.delete()
    Conversation.objects.update()
    unknown = answer(practice, "again")
    assert (unknown.state, unknown.error_code) == (MessageState.FAILED, "400-chat")


def test_the_page_offers_no_taking_back_where_the_vendor_tells_of_none(
    practice: "Practice", phone: Phone
) -> None:
    phones.show(phone)
    mine = saying.say(phone, "text", text="hello")
    practice.settle()
    page = Client().get(reverse("simulator:phones")).content.decode()
    assert 'data-skin="telegram"' in page
    address = reverse("simulator:take_back", args=[phone.pk, mine.pk])
    assert address not in page
    Client().post(address)
    mine.refresh_from_db()
    assert not mine.deleted


def test_what_was_said_before_the_demo_is_known_as_telegram_would_have_it(
    practice: "Practice", phone: Phone
) -> None:
    saying.say(phone, "text", text="hello")
    practice.settle()
    conversation = Conversation.objects.select_related("channel", "address").get()
    assert pocket._known_as(conversation, "77") == f"{ID}:77"
    assert pocket._usual(conversation, is_last=False) == MessageState.SENT


def test_a_file_of_ours_arrives_on_the_phone_with_its_words(practice: "Practice", phone: Phone) -> None:
    from simulator.practice import network_client

    provider = load("telegram", phone.channel.config)
    picture = File("karte.jpg", "image/jpeg", 9, lambda: b"\xff\xd8\r\n--x\r\n")
    out = Outgoing(new_id(), Sender(Scheme.TELEGRAM, ID), Kind.IMAGE, "the way to us", picture)
    with network_client() as http:
        sent = provider.send(http, out)
    shown = PhoneMessage.objects.select_related("file").get(own=False)
    assert (shown.kind, shown.text, sent.external_id) == (
        "image",
        "the way to us",
        f"{ID}:{shown.external_id}",
    )
    assert shown.file
    assert shown.file.content == b"\xff\xd8\r\n--x\r\n"
