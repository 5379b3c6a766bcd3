"""Calls of Vonage: a word in the address, a signature by one of five methods, or a token."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from aidline.channels.contract import BadSignature, HookRequest, ProvesByAddress, Provider
from aidline.channels.registry import load
from aidline.channels.wire import vonage_sms
from payloads.kit import NUMBER, WORDS
from payloads.vonage_messages import APPLICATION, BY_MESSAGES, MESSAGES, claims, message, token
from payloads.vonage_sms import CONFIG, IN, SIGNED, SMS, inbound, sign

HOOK = "https://help.example/hooks/vonage/1"
FIELDS = {"msisdn": NUMBER[1:], "to": "447700900999", "messageId": IN, "text": "a&b=c é", "type": "unicode"}


def accepts(provider: Provider, request: HookRequest) -> bool:
    try:
        provider.verify(request)
    except BadSignature:
        return False
    return True


def test_a_signature_is_that_of_the_vendors_own_client() -> None:
    fields = {"a": "1", "b": "2", "timestamp": "1461605396"}
    signed = vonage_sms.signed_text(fields)
    assert vonage_sms.METHODS["md5hash"](b"secret", signed) == "6af838ef94998832dbfc29020b564830"


def calls(config: Mapping[str, str], fields: Mapping[str, str]) -> Iterator[HookRequest]:
    """The same parameters in each of the forms an account can be set to."""
    query = urlencode(fields)
    form = {"content-type": "application/x-www-form-urlencoded"}
    yield HookRequest("GET", f"{HOOK}?{query}", dict(fields), {}, b"")
    yield HookRequest("POST", HOOK, {}, form, query.encode())
    yield HookRequest("POST", HOOK, {}, {"content-type": "application/json"}, json.dumps(fields).encode())


@pytest.mark.parametrize("method", list(vonage_sms.METHODS))
@pytest.mark.parametrize("upper", [False, True])
def test_each_method_is_checked_in_a_query_a_form_and_json(method: str, upper: bool) -> None:
    config = {**SIGNED, "signature_method": method}
    provider = load("vonage", config)
    fields = {**FIELDS, "timestamp": str(int(time.time())), "nonce": "n"}
    sig = sign(config, fields)
    for call in calls(config, {**fields, "sig": sig.upper() if upper else sig.lower()}):
        assert accepts(provider, call), call.method
    for call in calls(config, {**fields, "text": "a&b=d é", "sig": sig}):
        assert not accepts(provider, call), call.method
    for call in calls(config, fields):
        assert not accepts(provider, call), call.method


@pytest.mark.parametrize(
    ("hours", "good"), [(0, True), (25, True), (27, False), (-25, True), (-27, False), (None, True)]
)
def test_a_call_may_be_a_day_old_for_it_may_have_been_repeated(hours: int | None, good: bool) -> None:
    at = {} if hours is None else {"timestamp": str(int(time.time()) - hours * 3600)}
    fields = {**FIELDS, **at}
    for call in calls(SIGNED, {**fields, "sig": sign(SIGNED, fields)}):
        assert accepts(load("vonage", SIGNED), call) is good


def test_the_word_in_the_address_is_no_proof_where_calls_are_signed() -> None:
    assert not accepts(load("vonage", SIGNED), SMS.hook(CONFIG, inbound()))
    assert not accepts(load("vonage", MESSAGES), SMS.hook(CONFIG, message("text", text="x")))


def test_the_address_holds_a_word_only_where_nothing_is_signed() -> None:
    for config, word in ((CONFIG, CONFIG["secret"]), (SIGNED, ""), (MESSAGES, "")):
        provider = load("vonage", config)
        assert isinstance(provider, ProvesByAddress)
        assert provider.hook_word == word


@pytest.mark.parametrize("algorithm", ["none", "None", "HS512", "RS256", "hs256", ""])
def test_a_token_of_another_algorithm_is_refused(algorithm: str) -> None:
    body = message("text", text=WORDS)
    request = BY_MESSAGES.hook(MESSAGES, body)
    secret = MESSAGES["signature_secret"]
    assert accepts(load("vonage", MESSAGES), request)
    bearer = f"Bearer {token(secret, claims(body), algorithm)}"
    assert not accepts(load("vonage", MESSAGES), replace(request, headers={"authorization": bearer}))


@pytest.mark.parametrize(
    ("changes", "good"),
    [
        ({"iat": int(time.time()) - 25 * 3600}, True),
        ({"iat": int(time.time()) - 27 * 3600}, False),
        ({"iat": int(time.time()) + 600}, True),
        ({"iat": int(time.time()) + 7200}, False),
        ({"iat": None}, False),
        ({"exp": int(time.time()) - 3600}, True),
        ({"exp": int(time.time()) - 27 * 3600}, False),
        ({"payload_hash": None}, False),
        ({"payload_hash": ""}, False),
        ({"payload_hash": "0" * 64}, False),
        ({"application_id": "another"}, False),
        ({"application_id": None}, True),
    ],
)
def test_a_token_speaks_of_this_body_this_day_and_this_application(
    changes: dict[str, Any], good: bool
) -> None:
    body = message("text", text=WORDS)
    config = {**MESSAGES, "application_id": APPLICATION}
    bearer = f"Bearer {token(config['signature_secret'], claims(body, **changes))}"
    request = HookRequest("POST", HOOK, {}, {"authorization": bearer}, body)
    assert accepts(load("vonage", config), request) is good


@pytest.mark.parametrize("word", ["", "Bearer", "Bearer ..", "Bearer a.b", "Bearer é.é.é", "Basic x.y.z"])
def test_what_is_no_token_is_refused(word: str) -> None:
    request = HookRequest("POST", HOOK, {}, {"authorization": word}, b"{}")
    assert not accepts(load("vonage", MESSAGES), request)
