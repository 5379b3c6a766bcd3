"""What only Signal has: messages named by author and moment, changed keys, challenges, a bridge with modes."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aidline.channels import registry
from aidline.channels.contract import (
    ChannelDown,
    File,
    GiveUp,
    Incoming,
    Kind,
    Place,
    Receipt,
    Scheme,
    Sender,
    SendError,
    Uncertain,
)
from channels.conformance.bench import Bench, bench
from local_server import Answer, Seen
from payloads import signal
from payloads.kit import RECEIVED
from payloads.signal import AT, CHALLENGED, CONFIG, KITS, OURS, UUID, data, envelope, wrapped


@pytest.fixture
def bridge() -> Iterator[Bench]:
    with bench(KITS[0]) as found:
        yield found


def body(seen: Seen) -> Any:
    return json.loads(seen.body)


# --- names of messages -----------------------------------------------------------------------------------


def test_a_receipt_names_what_sending_returned(bridge: Bench) -> None:
    sent = bridge.send(bridge.out())
    (receipt,) = bridge.parse(signal.receipt(AT, isDelivery=True))
    assert isinstance(receipt, Receipt)
    assert receipt.external_id == sent.external_id


def test_a_quote_of_ours_names_what_sending_returned(bridge: Bench) -> None:
    sent = bridge.send(bridge.out())
    quoted = wrapped(envelope(dataMessage=data(message="yes", quote={"id": AT, "author": OURS, "text": ""})))
    (event,) = bridge.parse(quoted)
    assert isinstance(event, Incoming)
    assert event.reply_to == sent.external_id


@pytest.mark.parametrize(
    ("reply_to", "quoted"), [(f"{UUID}:{AT}", UUID), (f"{OURS}:{AT}", OURS), ("odd", None)]
)
def test_an_answer_quotes_author_and_moment(bridge: Bench, reply_to: str, quoted: str | None) -> None:
    bridge.send(bridge.out(reply_to=reply_to))
    sent = body(bridge.messages[0])
    expected = (quoted, AT) if quoted else (None, None)
    assert (sent.get("quote_author"), sent.get("quote_timestamp")) == expected


def test_a_phone_whose_clock_is_ahead_is_not_believed(bridge: Bench) -> None:
    """Its moment stays the name of the message; the time is Signal's."""
    ahead = AT + 86_400_000
    raw = wrapped(envelope(timestamp=ahead, dataMessage=data(timestamp=ahead, message="hello")))
    (event,) = bridge.parse(raw)
    assert isinstance(event, Incoming)
    assert event.external_id == f"{UUID}:{ahead}"
    assert event.sent_at
    assert timedelta(0) <= RECEIVED - event.sent_at < timedelta(minutes=1)


# --- sending ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", [Sender(Scheme.PHONE, "+447700900123"), Sender(Scheme.SIGNAL, UUID)])
def test_people_are_reached_by_number_or_by_uuid(bridge: Bench, to: Sender) -> None:
    bridge.send(replace(bridge.out(), to=to))
    assert body(bridge.messages[0])["recipients"] == [to.value]


def test_words_are_sent_as_they_are(bridge: Bench) -> None:
    """In the mode "styled" stars would vanish."""
    bridge.send(bridge.out(text="**take** 2 ~tablets~"))
    assert (body(bridge.messages[0])["message"], body(bridge.messages[0])["text_mode"]) == (
        "**take** 2 ~tablets~",
        "normal",
    )


def test_a_place_becomes_words(bridge: Bench) -> None:
    bridge.send(bridge.out(Kind.LOCATION, place=Place(38.2, -10.4, "Gate")))
    assert body(bridge.messages[0])["message"] == "Gate\ngeo:38.2,-10.4"


def test_the_name_of_a_file_cannot_end_its_address(bridge: Bench) -> None:
    file = File("a;base64,eviL.pdf", "application/pdf", 9, lambda: b"the bytes")
    bridge.send(bridge.out(Kind.DOCUMENT, file=file, text="the letter"))
    sent = body(bridge.messages[0])
    assert sent["base64_attachments"] == [
        "data:application/pdf;filename=a_base64_eviL.pdf;base64,dGhlIGJ5dGVz"
    ]
    assert sent["message"] == "the letter"


@pytest.mark.parametrize(
    ("answer", "code", "error"),
    [
        (
            signal.refusal(400, "Failed to send message due to untrusted identities"),
            "untrusted-identity",
            GiveUp,
        ),
        (signal.refusal(400, 'Unregistered user "x"'), "not-on-signal", GiveUp),
        (signal.refusal(400, "User is not registered."), "not-on-signal", GiveUp),
        (signal.refusal(400, f"User {OURS} is not registered."), "account-unknown", ChannelDown),
        (signal.refusal(400, "Hologram failure"), "send-failed", GiveUp),
        (signal.refusal(429, CHALLENGED, challenge_tokens=[""]), "rate-limit", Uncertain),
    ],
)
def test_sentences_become_codes(bridge: Bench, answer: Answer, code: str, error: type[SendError]) -> None:
    bridge.answer_messages_with(answer)
    with pytest.raises(error) as caught:
        bridge.send(bridge.out())
    assert caught.value.code == code


def test_a_challenge_brings_what_a_person_needs_to_solve_it(bridge: Bench) -> None:
    bridge.answer_messages_with(signal.refusal(429, CHALLENGED, challenge_tokens=["5ac1-token"]))
    with pytest.raises(ChannelDown) as caught:
        bridge.send(bridge.out())
    assert caught.value.words.endswith("5ac1-token")
    assert "5ac1" not in str(caught.value)


def test_a_proxy_before_the_bridge_is_given_its_password(bridge: Bench) -> None:
    with bridge.client() as client:
        bridge.provider({**CONFIG, "login": "aid", "password": "line"}).send(client, bridge.out())
    assert bridge.messages[0].headers["authorization"] == "Basic YWlkOmxpbmU="


# --- signs -----------------------------------------------------------------------------------------------


def test_a_reaction_and_its_taking_back(bridge: Bench) -> None:
    bridge.world.answer = lambda _: Answer(204)
    with bridge.client() as client:
        for emoji in ("👍", ""):
            bridge.provider().react(client, bridge.out().to, f"{UUID}:{AT}", emoji)  # type: ignore[attr-defined]
    first, second = bridge.world.seen
    assert (first.method, second.method) == ("POST", "DELETE")
    assert first.path == "/v1/reactions/%2B447700900630"
    common = {"recipient": "+447700900123", "target_author": UUID, "timestamp": AT}
    assert (body(first), body(second)) == ({**common, "reaction": "👍"}, common)


@pytest.mark.parametrize("typing", [True, False])
def test_reading_and_typing_are_shown(bridge: Bench, typing: bool) -> None:
    bridge.world.answer = lambda _: Answer(204)
    with bridge.client() as client:
        bridge.provider().mark_read(client, f"{UUID}:{AT}", typing=typing)  # type: ignore[attr-defined]
    verbs = [(seen.method, seen.path.split("/")[2]) for seen in bridge.world.seen]
    assert verbs == [("POST", "receipts"), ("PUT", "typing-indicator")][: 2 if typing else 1]
    assert body(bridge.world.seen[0]) == {"receipt_type": "read", "recipient": UUID, "timestamp": AT}


# --- set-up ----------------------------------------------------------------------------------------------


def telling(mode: str, accounts: list[str]) -> Any:
    about = {"build": 2, "mode": mode, "version": "0.98", "versions": ["v1", "v2"], "capabilities": {}}
    answers = {"/v1/about": about, "/v1/accounts": accounts}
    return lambda seen: Answer(body=json.dumps(answers[seen.path]).encode())


@pytest.mark.parametrize(
    ("mode", "accounts", "code"),
    [
        ("json-rpc", [OURS, "+447700900999"], ""),
        ("json-rpc-native", [OURS], ""),
        ("normal", [OURS], "wrong-mode"),
        ("json-rpc", [], "account-unknown"),
    ],
)
def test_the_test_button_looks_at_mode_and_number(
    bridge: Bench, mode: str, accounts: list[str], code: str
) -> None:
    bridge.world.answer = telling(mode, accounts)
    with bridge.client() as client:
        if not code:
            assert bridge.provider().probe(client) == OURS  # type: ignore[attr-defined]
            return
        with pytest.raises(ChannelDown) as caught:
            bridge.provider().probe(client)  # type: ignore[attr-defined]
    assert caught.value.code == code


def test_a_number_is_written_in_its_one_form_or_refused() -> None:
    base = {**CONFIG, "base_url": "http://127.0.0.1:1"}
    assert registry.load("signal", {**base, "number": "+44 7700 900630"}).number == OURS  # type: ignore[attr-defined]
    with pytest.raises(registry.BadConfig) as caught:
        registry.load("signal", {**base, "number": "our number"})
    assert (caught.value.field, bool(caught.value.words)) == ("number", True)


def test_the_word_of_the_address_is_made_by_us() -> None:
    assert registry.made_by_us("signal") == ("hook_word",)
