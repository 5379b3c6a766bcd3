"""E-mail in practice: a phone writes a mail, it lies in the mailbox, our answer comes back to the phone."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from aidline.channels.contract import (
    ChannelDown,
    File,
    GiveUp,
    Kind,
    Outgoing,
    RetryLater,
    Scheme,
    Sender,
    Uncertain,
)
from aidline.channels.models import Channel
from aidline.channels.registry import load
from aidline.channels.services import create_channel
from aidline.conversations.models import Message
from aidline.gateway import inbound, polling
from aidline.gateway.lines import http_for, provider_of
from aidline.kernel.clock import now
from aidline.simulator import faults, mailbox, mailroom, phones, postman, saying
from aidline.simulator.lookalikes.shapes import Fault
from aidline.simulator.mailhouse.serving import opened
from aidline.simulator.models import Phone, PhoneMessage, PracticeMail
from aidline.simulator.states import Tick
from aidline.simulator.vendors import VENDORS
from factories import make_centre

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    waiting: list[Any] = []
    monkeypatch.setattr(postman, "after", lambda _wait, job: waiting.append(job))
    return waiting


@pytest.fixture
def channel(jobs: list[Any]) -> Iterator[Channel]:
    doors = mailroom.open_doors(0, 0)
    config = dict(
        VENDORS["email"].demo("help@practice.example.org", "http://127.0.0.1:8000/look-alike/email")
    )
    config |= {"smtp_port": str(doors[0].port), "imap_port": str(doors[1].port)}
    with opened(*doors):
        yield create_channel(by=None, centre=make_centre(), provider="email", name="Mail", config=config)


@pytest.fixture
def phone(channel: Channel) -> Phone:
    return phones.add(channel=channel, label="Amal", address="amal.123@example.net", language="ar")


def settle(channel: Channel, jobs: list[Any]) -> None:
    while jobs:
        jobs.pop(0)()
    channel.refresh_from_db()
    polling.poll({"channel": str(channel.pk)})
    while inbound.drain():
        pass


def answer(phone: Phone, text: str = "Come on Monday", **more: Any) -> Outgoing:
    to = Sender(Scheme.EMAIL, phone.address)
    return Outgoing(uuid4(), to, more.pop("kind", Kind.TEXT), text, **{"subject": "Re: Heating", **more})


def send(channel: Channel, out: Outgoing) -> str:
    with http_for(channel) as client:
        return provider_of(channel).send(client, out).external_id


def test_what_a_phone_writes_is_found_in_the_mailbox(channel: Channel, phone: Phone, jobs: list[Any]) -> None:
    saying.say(phone, "text", text="The heating is broken", subject="Heating")
    settle(channel, jobs)
    message = Message.objects.get()
    assert (message.text, message.extra["subject"]) == ("The heating is broken", "Heating")
    assert message.conversation.address is not None
    assert message.conversation.address.value == "amal.123@example.net"
    assert PhoneMessage.objects.get().tick == Tick.SENT


def test_our_answer_arrives_with_its_subject_and_file(channel: Channel, phone: Phone) -> None:
    file = File("plan.pdf", "application/pdf", 9, lambda: b"the bytes")
    external_id = send(channel, answer(phone, kind=Kind.DOCUMENT, file=file))
    line = PhoneMessage.objects.select_related("file").get()
    assert (line.text, line.external_id, line.own) == ("Come on Monday", external_id, False)
    assert (line.detail or {})["subject"] == "Re: Heating"
    assert line.file is not None
    assert (line.file.content, line.file.name) == (b"the bytes", "plan.pdf")


def test_a_mail_to_nobody_comes_back_as_a_report(channel: Channel, phone: Phone, jobs: list[Any]) -> None:
    send(channel, replace(answer(phone), to=Sender(Scheme.EMAIL, "nobody@example.net")))
    while jobs:
        jobs.pop(0)()
    report = PracticeMail.objects.get().content
    (event,) = provider_of(channel).parse(report, {}, now())
    assert event.code == "5.1.1"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("fault", "detail", "expected"),
    [
        (Fault.RATE_LIMIT, "", RetryLater),
        (Fault.BROKEN, "", RetryLater),
        (Fault.GARBAGE, "", Uncertain),
        (Fault.REFUSED, "5.7.1", GiveUp),
        (Fault.REFUSED, "5.7.60", ChannelDown),
    ],
)
def test_what_shall_go_wrong_does(
    channel: Channel, phone: Phone, fault: Fault, detail: str, expected: type[Exception]
) -> None:
    faults.order(channel, fault, 1, detail)
    with pytest.raises(expected):
        send(channel, answer(phone))
    assert send(channel, answer(phone))
    assert PhoneMessage.objects.count() == (2 if fault is Fault.GARBAGE else 1)


def test_a_mail_that_comes_twice_is_one_message_and_a_lost_one_none(
    channel: Channel, phone: Phone, jobs: list[Any]
) -> None:
    faults.order(channel, Fault.TWICE, 1)
    saying.say(phone, "text", text="twice")
    faults.order(channel, Fault.LOST, 1)
    saying.say(phone, "text", text="lost")
    settle(channel, jobs)
    assert PracticeMail.objects.count() == 2
    assert [message.text for message in Message.objects.all()] == ["twice"]


def test_mails_lie_sealed(channel: Channel, phone: Phone, jobs: list[Any]) -> None:
    saying.say(phone, "text", text="CANARYWORDS")
    settle(channel, jobs)
    row = PracticeMail.objects.get()
    assert b"CANARYWORDS" in row.content
    assert b"CANARYWORDS" not in bytes(row.content_sealed)


def test_the_page_shows_a_subject_line_and_takes_it(channel: Channel, phone: Phone, jobs: list[Any]) -> None:
    page = Client().get("/phones/").content.decode()
    assert 'data-skin="mail"' in page
    assert 'name="subject"' in page
    Client().post(f"/phones/{phone.pk}/say/", {"text": "Hello\nthere", "subject": "Heating"})
    settle(channel, jobs)
    assert "<b>Heating</b>" in Client().get(f"/phones/{phone.pk}/").content.decode()
    assert Message.objects.get().text == "Hello\nthere"


def test_a_new_phone_gets_an_address_that_is_nobodys(channel: Channel) -> None:
    form = {"channel": str(channel.pk), "label": "Rami", "language": "ar"}
    assert Client().post("/phones/add/", form).status_code == 302
    assert Phone.objects.get().address.endswith("@example.net")


def test_a_practice_channel_is_told_from_a_real_one(channel: Channel) -> None:
    assert phones.is_practice(channel)
    channel.config = {**channel.config, "smtp_host": "mail.aid.example.org", "smtp_security": "starttls"}
    assert not phones.is_practice(channel)


def test_a_wrong_password_opens_no_mailbox(channel: Channel) -> None:
    config = {**channel.config, "imap_password": "wrong", "smtp_password": "wrong"}
    provider: Any = load("email", config)
    with http_for(channel) as client:
        for call in (lambda: provider.poll(client, ""), lambda: provider.probe(client)):
            with pytest.raises(ChannelDown):
                call()
        assert load("email", channel.config).probe(client) == "help@practice.example.org"  # type: ignore[attr-defined]


def test_two_who_put_mail_at_once_get_numbers_of_their_own(channel: Channel) -> None:
    assert [mailbox.put(channel.pk, b"x").number for _ in range(3)] == [1, 2, 3]
