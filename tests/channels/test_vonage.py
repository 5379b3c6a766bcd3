"""What only Vonage has: two interfaces, long messages in parts, tokens of an application, an address per number."""

import json
import time
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from aidline.channels.contract import (
    QUERY,
    ChannelDown,
    Fragment,
    GiveUp,
    HookRequest,
    Incoming,
    Kind,
    MediaRef,
    Receipt,
    RegistersHooks,
    SendError,
    Uncertain,
)
from aidline.channels.registry import capabilities_of, load
from channels.conformance.bench import Bench, bench
from channels.test_vonage_proofs import FIELDS, HOOK, calls
from local_server import Answer
from payloads.kit import MESSAGE, NUMBER, RECEIVED
from payloads.vonage_messages import APPLICATION, BY_MESSAGES, MESSAGES, UUID_OUT, packed
from payloads.vonage_sms import CONFIG, SMS, taken


@pytest.fixture
def world() -> Iterator[Bench]:
    with bench(SMS) as found:
        yield found


@pytest.fixture
def newer() -> Iterator[Bench]:
    with bench(BY_MESSAGES) as found:
        yield found


# --- what comes in ---------------------------------------------------------------------------------------


def test_a_query_and_json_are_read_like_a_form() -> None:
    provider, found = load("vonage", CONFIG), []
    for call in calls(CONFIG, FIELDS):
        found.append(provider.parse(call.body, call.kept(), RECEIVED))
    assert found[0] == found[1] == found[2]
    (said,) = found[0]
    assert isinstance(said, Incoming)
    assert said.text == "a&b=c é"


def test_numbers_in_json_are_read_too() -> None:
    whole = {**FIELDS, "concat": "true", "concat-ref": 7, "concat-part": 1, "concat-total": 2}
    (event,) = load("vonage", CONFIG).parse(
        json.dumps(whole).encode(), {"content-type": "application/json", QUERY: ""}, RECEIVED
    )
    assert isinstance(event, Fragment)
    assert (event.place, event.total) == (1, 2)


def test_pieces_of_different_people_and_channels_never_meet() -> None:
    long = {**FIELDS, "concat": "true", "concat-ref": "7", "concat-part": "1", "concat-total": "2"}
    groups = set()
    for config, changes in (
        (CONFIG, {}),
        (CONFIG, {"msisdn": "447700900456"}),
        (CONFIG, {"to": "447700900888"}),
        (CONFIG, {"concat-ref": "8"}),
        (CONFIG, {"concat-total": "3"}),
        ({**CONFIG, "secret": "another"}, {}),
    ):
        (event,) = load("vonage", config).parse(urlencode({**long, **changes}).encode(), {}, RECEIVED)
        assert isinstance(event, Fragment)
        groups.add(event.group)
    assert len(groups) == 6
    assert not any(NUMBER[1:] in group for group in groups)


def test_an_empty_call_asks_whether_we_are_there_and_a_full_one_is_taken_in() -> None:
    provider = load("vonage", CONFIG)
    for method in ("GET", "HEAD", "POST"):
        empty = provider.handshake(HookRequest(method, HOOK, {}, {}, b""))
        assert empty is not None
        assert empty.status == 200
    for call in calls(CONFIG, FIELDS):
        assert provider.handshake(call) is None
    assert provider.reads_queries  # type: ignore[attr-defined]


# --- what goes out ---------------------------------------------------------------------------------------


def form_of(world: Bench) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(world.messages[-1].body.decode()).items()}


def test_a_short_message_is_a_form_with_our_own_id(world: Bench) -> None:
    world.send(world.out(text="hello", status_url=f"{HOOK}/word"))
    assert (world.messages[-1].path, form_of(world)) == (
        "/sms/json",
        {
            "api_key": "a1b2c3d4",
            "api_secret": CONFIG["api_secret"],
            "from": "447700900999",
            "to": NUMBER[1:],
            "text": "hello",
            "type": "text",
            "status-report-req": "1",
            "client-ref": str(MESSAGE),
            "callback": f"{HOOK}/word",
        },
    )


@pytest.mark.parametrize(
    ("text", "kind"), [("ça va {?}", "unicode"), ("à bientôt", "unicode"), ("£5 €", "text")]
)
def test_the_alphabet_decides_on_the_type(world: Bench, text: str, kind: str) -> None:
    world.send(world.out(text=text))
    assert form_of(world)["type"] == kind


def test_a_long_text_that_was_taken_in_part_is_uncertain_and_in_whole_is_sent(world: Bench) -> None:
    world.answer_messages_with(taken({}, {"message-id": "second"}))
    assert world.send(world.out()).external_id == SMS.sent_id
    world.answer_messages_with(taken({}, {"status": "1"}))
    with pytest.raises(Uncertain) as caught:
        world.send(world.out())
    assert caught.value.code == "in-part"


def test_a_message_of_the_newer_interface_asks_for_its_own_receipts(newer: Bench) -> None:
    newer.send(newer.out(text="hello", status_url=HOOK))
    seen = newer.messages[-1]
    assert seen.path == "/v1/messages"
    assert json.loads(seen.body) == {
        "channel": "sms",
        "message_type": "text",
        "from": "447700900999",
        "to": NUMBER[1:],
        "text": "hello",
        "client_ref": str(MESSAGE),
        "webhook_url": HOOK,
        "webhook_version": "v1",
    }
    assert seen.headers["authorization"].startswith("Basic ")


def pem(key: Any) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode().strip()


@pytest.mark.parametrize("escaped", [False, True])
def test_with_a_key_the_application_signs_for_itself(newer: Bench, escaped: bool) -> None:
    key = rsa.generate_private_key(65537, 2048)
    written = pem(key).replace("\n", "\\n") if escaped else pem(key)
    config = {**MESSAGES, "application_id": APPLICATION, "private_key": written}
    with newer.client() as http:
        newer.provider(config).send(http, newer.out())
    kind, _, bearer = newer.messages[-1].headers["authorization"].partition(" ")
    head, body, mark = bearer.split(".")
    key.public_key().verify(unpacked(mark), f"{head}.{body}".encode(), PKCS1v15(), SHA256())
    said = json.loads(unpacked(body))
    assert (kind, json.loads(unpacked(head))["alg"]) == ("Bearer", "RS256")
    assert said["application_id"] == APPLICATION
    assert (said["exp"] - said["iat"], abs(said["iat"] - time.time()) < 60) == (900, True)
    assert said["jti"]


def unpacked(word: str) -> bytes:
    found = urlsafe_b64decode(word + "=" * (-len(word) % 4))
    assert packed(found) == word
    return found


@pytest.mark.parametrize("bad", ["CANARYKEY", pem(ec.generate_private_key(ec.SECP256R1()))])
def test_a_key_that_is_none_stops_the_channel_and_is_told_to_nobody(newer: Bench, bad: str) -> None:
    config = {**MESSAGES, "application_id": APPLICATION, "private_key": bad}
    with newer.client() as http, pytest.raises(ChannelDown) as refused:
        newer.provider(config).send(http, newer.out())
    assert refused.value.code == "private-key"
    assert refused.value.__cause__ is None
    assert newer.messages == []


def test_files_come_with_our_credentials_from_the_vendor_alone(newer: Bench) -> None:
    newer.world.answer = lambda _: Answer(body=b"the file", headers={"Content-Type": "image/png"})
    with newer.client() as http:
        provider = newer.provider(address={"api_url": "https://api.nexmo.com"})
        provider.fetch_media(http, MediaRef(f"{newer.world.url}/elsewhere", Kind.IMAGE))
    assert "authorization" not in newer.world.seen[-1].headers


# --- the account -----------------------------------------------------------------------------------------


def test_the_account_decides_what_can_be_done() -> None:
    older, new = capabilities_of("vonage", CONFIG), capabilities_of("vonage", MESSAGES)
    assert (older.text_limit, new.text_limit) == (1600, 1000)
    assert Kind.IMAGE in new.inbound - older.inbound


def test_the_test_button_asks_for_the_balance(world: Bench) -> None:
    world.world.answer = lambda _: Answer(200, b'{"value": 10.28, "autoReload": false}')
    with world.client() as http:
        assert world.provider().probe(http) == "a1b2c3d4"  # type: ignore[attr-defined]
    seen = world.world.seen[-1]
    assert (seen.path, seen.headers["authorization"][:6]) == ("/account/get-balance", "Basic ")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(401, b'{"error-code": "401", "error-code-label": "authentication failed"}'), ChannelDown),
        (Answer(200, b"<html>"), GiveUp),
    ],
)
def test_a_wrong_key_is_found_by_the_test_button(
    world: Bench, answer: Answer, expected: type[SendError]
) -> None:
    world.world.answer = lambda _: answer
    with world.client() as http, pytest.raises(expected):
        world.provider().probe(http)  # type: ignore[attr-defined]


NUMBERS = {
    "count": 2,
    "numbers": [
        {"country": "GB", "msisdn": "4477009009990", "moHttpUrl": "https://elsewhere.example"},
        {
            "country": "GB",
            "msisdn": "447700900999",
            "type": "mobile-lvn",
            "features": ["SMS", "VOICE"],
            "moHttpUrl": f"{HOOK}/word",
            "voiceCallbackType": "tel",
            "voiceCallbackValue": "447700900900",
        },
    ],
}


def test_our_address_is_set_at_our_number_alone_and_calls_to_it_go_on_as_before(world: Bench) -> None:
    world.world.answer = lambda _: Answer(200, json.dumps(NUMBERS).encode())
    provider = world.provider()
    assert isinstance(provider, RegistersHooks)
    with world.client() as http:
        provider.register_hook(http, f"{HOOK}/new")
        assert provider.hook_state(http).url == f"{HOOK}/word"
    asked, changed, _ = world.world.seen
    assert asked.path == "/account/numbers?pattern=447700900999&search_pattern=0"
    assert (changed.method, changed.path) == ("POST", "/number/update")
    assert {name: values[0] for name, values in parse_qs(changed.body.decode()).items()} == {
        "country": "GB",
        "msisdn": "447700900999",
        "voiceCallbackType": "tel",
        "voiceCallbackValue": "447700900900",
        "moHttpUrl": f"{HOOK}/new",
    }


def test_a_number_that_is_not_of_the_account_is_told(world: Bench) -> None:
    world.world.answer = lambda _: Answer(200, b"{}")
    provider = world.provider()
    assert isinstance(provider, RegistersHooks)
    with world.client() as http, pytest.raises(GiveUp) as refused:
        provider.register_hook(http, HOOK)
    assert (refused.value.code, len(world.world.seen)) == ("no-number", 1)


def test_the_address_of_an_application_is_set_by_hand(newer: Bench) -> None:
    provider = newer.provider()
    assert isinstance(provider, RegistersHooks)
    with newer.client() as http, pytest.raises(GiveUp) as refused:
        provider.register_hook(http, HOOK)
    assert (refused.value.code, newer.world.seen) == ("by-hand", [])


def test_a_receipt_of_any_piece_finds_its_message() -> None:
    body = urlencode(
        {"messageId": "second-piece", "status": "delivered", "client-ref": str(MESSAGE)}
    ).encode()
    (receipt,) = load("vonage", CONFIG).parse(body, {}, RECEIVED)
    assert isinstance(receipt, Receipt)
    assert receipt.message == MESSAGE
    assert receipt.external_id != UUID_OUT
