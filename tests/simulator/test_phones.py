"""From a fictional phone to the desk and back, with everything in between but the network."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from aidline.channels.registry import load
from aidline.conversations.models import Attachment, Conversation, Message
from aidline.conversations.sending import send_reply
from aidline.conversations.states import Direction, MessageState
from aidline.conversations.timeline import append
from aidline.kernel import clock
from aidline.kernel.clock import now
from aidline.simulator import faults, hearing, phones, saying
from aidline.simulator.lookalikes.shapes import Fault
from aidline.simulator.models import Phone, PhoneFile, PhoneMessage
from aidline.simulator.states import Tick

if TYPE_CHECKING:
    from simulator.practice import Practice

CANARY = "heron-lantern-4417"


def said_to_us() -> list[str]:
    return [message.text for message in Message.objects.filter(direction=Direction.IN).order_by("seq")]


def on_phone(phone: Phone) -> list[tuple[str, str]]:
    rows = PhoneMessage.objects.filter(phone=phone, own=False).order_by("at", "pk")
    return [(row.text, row.tick) for row in rows]


def answer(practice: "Practice", text: str = "Good morning") -> Message:
    conversation = Conversation.objects.select_related("centre", "channel", "address").get()
    (message,) = send_reply(by=None, conversation=conversation, text=text)
    practice.send_due()
    message.refresh_from_db()
    return message


@pytest.mark.parametrize(
    ("provider", "account"), [("whatsapp_cloud", "whatsapp"), ("twilio", "whatsapp"), ("twilio", "sms")]
)
def test_what_is_typed_on_a_phone_comes_to_the_desk(
    practice: "Practice", provider: str, account: str
) -> None:
    phone = practice.phone(practice.channel(provider, account))
    message = saying.say(phone, "text", text="مرحبا")
    assert message.tick == Tick.GOING
    practice.settle()
    message.refresh_from_db()
    assert message.tick == Tick.SENT
    assert said_to_us() == ["مرحبا"]


def test_a_reply_arrives_on_the_phone_and_its_ticks_on_the_desk(practice: "Practice") -> None:
    phone = practice.phone()
    saying.say(phone, "text", text="hello")
    practice.settle()
    message = answer(practice)
    assert message.state == MessageState.SENT
    practice.settle()
    message.refresh_from_db()
    assert on_phone(phone) == [("Good morning", Tick.DELIVERED)]
    assert message.state == MessageState.DELIVERED
    hearing.see(phone)
    practice.settle()
    message.refresh_from_db()
    assert message.state == MessageState.READ


def test_an_offline_phone_gets_it_later_and_sends_what_it_wrote(practice: "Practice") -> None:
    phone = practice.phone()
    saying.say(phone, "text", text="hello")
    practice.settle()
    phones.set_online(phone, online=False)
    saying.say(phone, "text", text="written in a tunnel")
    message = answer(practice)
    practice.settle()
    message.refresh_from_db()
    assert (message.state, on_phone(phone)) == (MessageState.SENT, [("Good morning", Tick.SENT)])
    assert said_to_us() == ["hello"]
    Client().post(reverse("simulator:switch", args=[phone.pk]))
    practice.settle()
    message.refresh_from_db()
    assert (message.state, on_phone(phone)) == (MessageState.DELIVERED, [("Good morning", Tick.DELIVERED)])
    assert said_to_us() == ["hello", "written in a tunnel"]


def test_a_message_to_nobody_fails_later_with_the_code_of_meta(practice: "Practice") -> None:
    phone = practice.phone()
    saying.say(phone, "text", text="hello")
    practice.settle()
    phone.delete()
    message = answer(practice)
    assert message.state == MessageState.SENT
    practice.settle()
    message.refresh_from_db()
    assert (message.state, message.error_code) == (MessageState.FAILED, "131026")


def test_outside_the_window_whatsapp_takes_it_and_then_says_no(practice: "Practice") -> None:
    phone = practice.phone()
    with clock.starting_at(now() - timedelta(hours=25)):
        saying.say(phone, "text", text="hello")
        practice.settle()
    Conversation.objects.update(window_until=None)  # as if our own guard had failed
    message = answer(practice)
    practice.settle()
    message.refresh_from_db()
    assert (message.state, message.error_code) == (MessageState.FAILED, "131047")


def test_after_stop_twilio_refuses_and_the_person_is_left_alone(practice: "Practice") -> None:
    phone = practice.phone(practice.channel("twilio", "sms"))
    saying.say(phone, "text", text="STOP")
    practice.settle()
    message = answer(practice)
    assert (message.state, message.error_code) == (MessageState.FAILED, "21610")
    saying.say(phone, "text", text="START")
    practice.settle()
    last = answer(practice)
    assert (last.state, last.error_code) == (MessageState.SENT, "")


def test_a_button_that_was_sent_can_be_pressed(practice: "Practice") -> None:
    phone = practice.phone()
    saying.say(phone, "text", text="hello")
    practice.settle()
    conversation = Conversation.objects.get()
    choices = [{"id": "y", "title": "Yes", "description": ""}, {"id": "n", "title": "No", "description": ""}]
    append(
        conversation,
        direction=Direction.OUT,
        kind="choice",
        state=MessageState.QUEUED,
        text="Is it safe where you are?",
        extra={"choices": choices},
        due_at=now(),
    )
    practice.send_due()
    practice.settle()
    page = Client().get(reverse("simulator:phones")).content.decode()
    shown = PhoneMessage.objects.get(own=False)
    address = reverse("simulator:press", args=[phone.pk, shown.pk])
    assert page.count(f'action="{address}"') == 1
    assert Client().post(address, {"option": "maybe"}).status_code == 404
    Client().post(address, {"option": "y"})
    practice.settle()
    pressed = Message.objects.get(direction=Direction.IN, kind="choice")
    assert (pressed.text, pressed.reply_to) == ("Yes", Message.objects.get(direction=Direction.OUT))


def test_a_reaction_and_its_removal_reach_the_desk(practice: "Practice") -> None:
    phone = practice.phone()
    saying.say(phone, "text", text="hello")
    practice.settle()
    message = answer(practice)
    practice.settle()
    shown = PhoneMessage.objects.get(own=False)
    for emoji in ("🙏", ""):
        Client().post(reverse("simulator:react", args=[phone.pk, shown.pk]), {"emoji": emoji})
        practice.settle()
        message.refresh_from_db()
        assert message.reaction == emoji


@pytest.mark.parametrize("what", ["photo", "voice", "place"])
def test_files_and_places_leave_the_phone_without_javascript(practice: "Practice", what: str) -> None:
    phone = practice.phone()
    answered = Client().post(reverse("simulator:say", args=[phone.pk]), {"what": what})
    assert answered.url == f"/phones/#p-{phone.pk}"
    practice.settle()
    kinds = {"photo": "image", "voice": "voice", "place": "location"}
    assert Message.objects.get().kind == kinds[what]
    assert Attachment.objects.count() == (0 if what == "place" else 1)


def test_a_file_of_ones_own_is_sealed_and_served_without_rights(practice: "Practice") -> None:
    phone = practice.phone()
    given = SimpleUploadedFile("page.html", b"<script>alert(1)</script>", "text/html")
    Client().post(reverse("simulator:say", args=[phone.pk]), {"what": "photo", "file": given})
    stored = PhoneFile.objects.get()
    assert b"alert" not in bytes(stored.content_sealed)
    answered = Client().get(reverse("simulator:file", args=[phone.pk, PhoneMessage.objects.get().pk]))
    assert answered.content == b"<script>alert(1)</script>"
    assert (answered["Content-Type"], answered["Content-Disposition"]) == (
        "application/octet-stream",
        "attachment",
    )
    assert answered["Content-Security-Policy"].startswith("sandbox")


# --- faults ----------------------------------------------------------------------------------------------


def test_a_webhook_that_comes_twice_is_one_message(practice: "Practice") -> None:
    phone = practice.phone()
    faults.order(phone.channel, Fault.TWICE, 1)
    saying.say(phone, "text", text="hello")
    assert len(practice.jobs) == 2
    practice.settle()
    assert said_to_us() == ["hello"]


def test_statuses_in_the_wrong_order_and_twice_never_go_back(practice: "Practice") -> None:
    phone = practice.phone()
    saying.say(phone, "text", text="hello")
    practice.settle()
    faults.order(phone.channel, Fault.TWICE, 1)
    faults.order(phone.channel, Fault.SHUFFLED, 1)
    message = answer(practice)
    practice.settle()
    message.refresh_from_db()
    assert message.state == MessageState.DELIVERED


def test_a_lost_webhook_of_twilio_is_found_by_the_list(
    practice: "Practice", monkeypatch: pytest.MonkeyPatch
) -> None:
    from simulator.practice import network_client

    channel = practice.channel("twilio", "sms")
    phone = practice.phone(channel)
    faults.order(channel, Fault.LOST, 1)
    saying.say(phone, "text", text="nobody heard me")
    practice.settle()
    assert said_to_us() == []
    provider: Any = load(channel.provider, channel.config)
    with network_client() as http:
        listed = provider.list_since(http, now() - timedelta(hours=1))
    assert [row["Body"] for row in listed] == ["nobody heard me"]


def test_an_order_of_faults_is_used_up(practice: "Practice") -> None:
    channel = practice.channel()
    faults.order(channel, Fault.BROKEN, 2)
    hits = [faults.use_up(channel, faults.OF_CALLS) for _ in range(3)]
    assert hits == [{Fault.BROKEN: ""}, {Fault.BROKEN: ""}, {}]


# --- the pages -------------------------------------------------------------------------------------------


def addresses(phone: Phone) -> list[str]:
    names = ("phones", "add", "faults", "marks")
    return [reverse(f"simulator:{name}") for name in names] + [reverse("simulator:thread", args=[phone.pk])]


def test_outside_of_practice_none_of_it_is_there(practice: "Practice", settings: Any) -> None:
    phone = practice.phone()
    assert [Client().get(url).status_code for url in addresses(phone)] == [200] * 5
    settings.PRACTICE = False
    assert [Client().get(url).status_code for url in addresses(phone)] == [404] * 5
    assert Client().post("/look-alike/meta/v25.0/1/messages").status_code == 404
    assert Client().post(reverse("simulator:say", args=[phone.pk]), {"text": "hi"}).status_code == 404


def test_an_open_page_asks_cheaply_and_hears_of_changes(practice: "Practice") -> None:
    phone = practice.phone()
    first = Client().get(reverse("simulator:marks"))
    again = {"If-None-Match": first["ETag"]}
    assert Client().get(reverse("simulator:marks"), headers=again).status_code == 304
    saying.say(phone, "text", text="hello")
    changed = Client().get(reverse("simulator:marks"), headers=again)
    assert (changed.status_code, list(changed.json())) == (200, [str(phone.pk)])


@pytest.mark.parametrize(
    ("number", "status"),
    [
        ("+44 7700 900 777", 302),
        ("+1 202 555 0131", 302),
        ("+33 6 39 98 01 37", 302),
        ("+44 7911 123456", 400),
        ("+1 202 555 9131", 400),
        ("12", 400),
    ],
)
def test_only_numbers_kept_for_fiction_are_taken(practice: "Practice", number: str, status: int) -> None:
    channel = practice.channel()
    form = {"label": "Olena", "language": "uk", "channel": str(channel.pk), "number": number}
    assert Client().post(reverse("simulator:add"), form).status_code == status
    assert Phone.objects.count() == (1 if status == 302 else 0)


def test_somebody_without_a_number_writes_under_an_id(practice: "Practice") -> None:
    channel = practice.channel()
    form = {"label": "Olena", "language": "uk", "channel": str(channel.pk), "no_number": "on"}
    Client().post(reverse("simulator:add"), form)
    phone = Phone.objects.get()
    assert phone.address.startswith("GB.")
    saying.say(phone, "text", text="hello")
    practice.settle()
    message = answer(practice)
    practice.settle()
    assert on_phone(phone) == [("Good morning", Tick.DELIVERED)]
    assert message.state == MessageState.SENT


def test_nothing_on_a_phone_lies_readable_in_the_database(practice: "Practice") -> None:
    phone = practice.phone()
    Phone.objects.filter(pk=phone.pk).update(label_sealed=b"")
    phone.label = CANARY
    phone.save()
    saying.say(phone, "text", text=CANARY)
    saying.say(phone, "location", place=(1.0, 2.0, CANARY, CANARY))
    saying.say(phone, "image", text=CANARY, enclosure=saying.Enclosure(CANARY.encode(), "image/png", CANARY))
    assert Phone.objects.get().label == CANARY
    assert _found(CANARY.encode()) == []


def _found(word: bytes) -> list[str]:
    tables = [name for name in connection.introspection.table_names() if name.startswith("simulator_")]
    assert "simulator_phonemessage" in tables
    return [table for table in tables for row in _rows(table) if any(word in cell for cell in row)]


def _rows(table: str) -> list[list[bytes]]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        return [[_bytes(cell) for cell in row] for row in cursor.fetchall()]


def _bytes(cell: Any) -> bytes:
    return bytes(cell) if isinstance(cell, (bytes, memoryview)) else str(cell).encode()


def test_the_page_costs_the_same_for_a_longer_talk(
    practice: "Practice", django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    phone = practice.phone()
    for number in range(6):
        saying.say(phone, "text", text=f"line {number}")
    with django_assert_max_num_queries(14):
        page = Client().get(reverse("simulator:phones")).content.decode()
    assert page.count("line ") >= 6
