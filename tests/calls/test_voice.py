"""`/voice/…`: what is not proved gets nothing, what is proved always gets a script."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import OperationalError

from aidline.calls.models import Call
from aidline.conversations.models import Conversation, Message
from aidline.gateway import calling
from aidline.gateway.intake import Intake
from aidline.gateway.voice import LARGEST, Voice
from calls.stage import AMAL, House
from calls.test_turns import voice as some_voice

pytestmark = pytest.mark.django_db(transaction=True)


def ask(
    house: House, what: str, *, signed: bool = True, body: bytes | None = None, method: str = "POST"
) -> Any:
    """Through ASGI."""
    phone = house.phone()
    url = phone._voice(what)
    signature, content = house.exchange.sign(url, phone._fields({}))

    async def go() -> Any:
        intake = Intake()
        await intake.start()
        application = Voice(intake)
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": content if body is None else body, "more_body": False}

        async def send(event: Any) -> None:
            sent.append(event)

        path = urlsplit(url).path
        headers = [
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"x-twilio-signature", signature.encode() if signed else b"nonsense"),
        ]
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": headers,
        }
        try:
            await application(scope, receive, send)
        finally:
            application.stop()
            await asyncio.to_thread(intake.stop)
        return sent[0]["status"], sent[1]["body"], phone

    return asyncio.run(go())


def test_a_signed_request_hears_a_script(house: House) -> None:
    status, body, _ = ask(house, "answer")
    assert status == 200
    assert b"<Gather" in body
    assert Call.objects.count() == 1


@pytest.mark.parametrize(
    ("what", "more", "expected"),
    [
        ("answer", {"signed": False}, 401),
        ("else", {}, 404),
        ("answer", {"method": "PUT"}, 404),
        ("answer", {"body": b"x" * (LARGEST + 1)}, 413),
    ],
)
def test_all_else_gets_nothing(house: House, what: str, more: dict[str, Any], expected: int) -> None:
    assert ask(house, what, **more)[0] == expected
    assert not Call.objects.exists()


@pytest.mark.parametrize("problem", [OperationalError("away"), RuntimeError("a fault of ours")])
def test_who_cannot_be_answered_can_leave_a_message_and_is_known_later(
    house: House, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    def fails(*_: object) -> None:
        raise problem

    monkeypatch.setattr(calling, "answer", fails)
    status, body, phone = ask(house, "answer")
    assert status == 200
    assert b"<Record" in body
    assert f"/hooks/twilio/{house.channel.pk}".encode() in body
    monkeypatch.undo()
    house.exchange.sound = some_voice()
    phone.recording = "RE" + "5" * 32
    phone.tell_of_recording(9)
    house.work()
    conversation = Conversation.objects.get()
    assert conversation.address
    assert conversation.address.value == AMAL
    assert conversation.waiting_since
    assert Message.objects.filter(direction="i", kind="voice").count() == 1
    assert Call.objects.count() == 1


def test_the_fallback_asks_no_database(house: House, django_assert_num_queries: Any) -> None:
    phone = house.phone()
    door = house.exchange.door
    with django_assert_num_queries(0):
        answer = house.exchange.post_at(door, phone._voice("fallback"), phone._fields({}))
    assert b"<Record" in answer.body


def test_a_turn_asks_the_database_little(house: House, django_assert_max_num_queries: Any) -> None:
    phone = house.waiting_caller()
    phone.wait()
    with django_assert_max_num_queries(9):
        phone.wait()


def test_another_browser_does_not_get_in_with_the_ticket_of_a_colleague(house: House) -> None:
    from aidline.gateway import talking, tickets
    from calls.exchange import Browser

    house.mira.is_there()
    house.waiting_caller()
    offer = house.mira.rings()
    assert offer
    ticket = talking.accept(house.mira.seat, offer.pk)
    assert ticket
    stranger = Browser(house.exchange, tickets.identity_of(house.noor.membership), ticket.parameters())
    stranger.connect()
    assert stranger.over
    forged = Browser(house.exchange, tickets.identity_of(house.mira.membership), {"ticket": ticket.leg})
    forged.connect()
    assert forged.over
