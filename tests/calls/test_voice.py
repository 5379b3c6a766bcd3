"""`/voice/…`: what is not proved gets nothing, what is proved always gets a script."""

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import OperationalError

from aidline.calls.models import Call
from aidline.calls.recordings import tell_of_lost
from aidline.channels.contract.voice import voice_address
from aidline.conversations.models import Conversation, Message
from aidline.gateway import calling
from aidline.gateway.intake import Intake
from aidline.gateway.voice import LARGEST, Voice
from aidline.kernel.clock import now
from calls.stage import AMAL, House
from calls.test_turns import voice as some_voice

pytestmark = pytest.mark.django_db(transaction=True)


def ask(
    house: House, what: str, *, signed: bool = True, body: bytes | None = None, method: str = "POST"
) -> Any:
    """Through ASGI."""
    phone = house.phone()
    url = phone._voice(what)
    found = through(house, url, phone._fields({}), signed=signed, body=body, method=method)
    return *found, phone


def through(
    house: House,
    url: str,
    fields: dict[str, str],
    *,
    signed: bool = True,
    body: bytes | None = None,
    method: str = "POST",
) -> tuple[int, bytes]:
    signature, content = house.exchange.sign(url, fields)

    async def go() -> tuple[int, bytes]:
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
            "query_string": urlsplit(url).query.encode(),
            "headers": headers,
        }
        try:
            await application(scope, receive, send)
        finally:
            application.stop()
            await asyncio.to_thread(intake.stop)
        return sent[0]["status"], sent[1]["body"]

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


# --- what goes wrong in between --------------------------------------------------------------------------


def test_a_caller_whose_turn_fails_is_known_to_wait(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """They heard an apology in the middle of a menu and hung up without a word."""
    phone = house.phone().dial()
    assert phone.verb is not None

    def fails(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(calling, "turn", fails)
    url = phone.verb.attrib["action"]
    status, body = through(house, url, phone._fields({"Digits": "1"}))
    assert status == 200
    assert b"<Record" in body
    monkeypatch.undo()
    phone.hang_up()
    house.work()
    conversation = Conversation.objects.get()
    assert conversation.state == "o"
    assert conversation.waiting_since


def test_a_document_that_cannot_be_made_is_an_apology(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from aidline.channels.wire import twiml

    def fails(*_: object) -> None:
        raise ValueError("not of this world")

    monkeypatch.setitem(twiml._VERBS, twiml.Gather, fails)  # type: ignore[arg-type]
    status, body, _ = ask(house, "answer")
    assert status == 200
    assert b"<Record" in body


@pytest.mark.parametrize("change", ["path", "query", "method", "field", "more"])
def test_a_signature_holds_for_one_request_only(house: House, change: str) -> None:
    from aidline.channels.contract import HookRequest
    from aidline.gateway.voice import respond

    phone = house.phone().dial()
    assert phone.verb is not None
    url, fields = phone.verb.attrib["action"], phone._fields({"Digits": "1"})
    signature, body = house.exchange.sign(url, fields)
    what, method = "turn", "POST"
    if change == "path":
        url, what = url.replace("/turn", "/softphone"), "softphone"
    elif change == "query":
        url += "&leg=" + "0" * 32
    elif change == "method":  # signed without its fields, as a GET is
        method, signature = "GET", house.exchange.sign(url, {})[0]
    elif change == "field":
        body = body.replace(b"Digits=1", b"Digits=2")
    else:
        body += b"&Digits=2"
    headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
    answer = respond(house.exchange.door, what, HookRequest(method, url, {}, headers, body))
    assert answer.status == 401
    assert Call.objects.get().stage == "flow"


def test_a_message_after_the_apology_is_kept_where_only_the_request_tells_of_it(house: House) -> None:
    """Africa's Talking tells of a recording in its next question, and nowhere else."""
    from aidline.calls.models import Recording
    from aidline.channels.hooks import hook_url
    from aidline.channels.services import create_channel

    config = {
        "username": "us",
        "api_key": "a key",
        "secret": "a-word-of-ours",
        "voice_number": "+254711082999",
    }
    channel = create_channel(
        by=None, centre=house.centre, provider="africastalking", name="Line", config=config
    )
    url = voice_address(hook_url(channel), "kept")
    said = {
        "sessionId": "ATVId_1",
        "isActive": "1",
        "direction": "Inbound",
        "callerNumber": AMAL,
        "destinationNumber": "+254711082999",
        "recordingUrl": "https://voice.example.org/1.wav",
        "recordingDurationInSeconds": "9",
    }
    assert through(house, url, said)[0] == 200
    house.work()
    assert Recording.objects.get().ref == "https://voice.example.org/1.wav"
    conversation = Conversation.objects.get(channel=channel)
    assert conversation.waiting_since
    Recording.objects.update(made_at=now() - timedelta(hours=1))
    assert tell_of_lost() == 1
    assert Message.objects.get(direction="i").extra["voicemail"]


@pytest.mark.parametrize("asked", ["bytes=" + "9" * 5000 + "-", "bytes=0-" + "9" * 5000, "bytes=٣-"])
def test_no_range_breaks_the_door_of_sounds(house: House, asked: str) -> None:
    from aidline.gateway import sound_door

    status, _, body = sound_door.respond("/voice/sound/tone-1.wav", asked)
    assert (status, bool(body)) in ((200, True), (206, True), (416, False))
