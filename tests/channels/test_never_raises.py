"""Whatever a signed body holds, reading it ends in events or in `Malformed`, and events can be stored as they are."""

import base64
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from aidline.channels import registry
from aidline.channels.contract import QUERY, BadSignature, HookRequest, Kind, Malformed
from aidline.channels.contract.voice import TakesCalls
from aidline.channels.wire import jwt, whatsapp_events
from channels.conformance.test_conformance import KITS
from payloads.kit import RECEIVED, Kit

EVIL = st.sampled_from(
    ["\x00", "\ud800", "\u202egpj.exe", "1e999", "9" * 30, "-1", "NaN", "../../x", "🇸🇾", "{{7*7}}", "=cmd"]
)
WORDS = st.text(max_size=12) | EVIL
NUMBERS = (
    st.integers() | st.floats() | st.sampled_from([2**63, -(2**63), 10**400, float("nan"), float("inf")])
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


def _speaks_json(kit: Kit) -> bool:
    return kit.said[Kind.TEXT][0].startswith(b"{")


JSON_KITS = [kit for kit in KITS if _speaks_json(kit)]
MAIL_KITS = [kit for kit in KITS if kit.label == "email"]
FORM_KITS = [kit for kit in KITS if not _speaks_json(kit) and kit.provider != "email"]
thorough = settings(max_examples=200, suppress_health_check=list(HealthCheck), deadline=None)


def places(value: Any, path: tuple = ()) -> list[tuple]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


def altered(value: Any, path: tuple, new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = altered(value[path[0]], path[1:], new)
    return copy


def read(kit: Kit, body: bytes, headers: dict[str, str]) -> None:
    ask(kit, body, headers)
    try:
        events = registry.load(kit.provider, {**kit.config, **_somewhere(kit)}).parse(body, headers, RECEIVED)
    except Malformed:
        return
    for event in events:
        stored = str(asdict(event)) + "".join(_texts(asdict(event)))
        stored.encode("utf-8")
        assert "\x00" not in "".join(_texts(asdict(event)))


def ask(kit: Kit, body: bytes, headers: dict[str, str]) -> None:
    """The same body as a question about a call."""
    provider: object = registry.load(kit.provider, {**kit.config, **_somewhere(kit)})
    if not isinstance(provider, TakesCalls):
        return
    url = f"https://help.example/voice/x/1/turn?{headers.get(QUERY, '')}"
    try:
        request = provider.call_request(HookRequest("POST", url, {}, headers, body))
    except Malformed:
        return
    assert request.call_id
    "".join(_texts(asdict(request))).encode("utf-8")
    assert "\x00" not in "".join(_texts(asdict(request)))


def _somewhere(kit: Kit) -> dict[str, str]:
    return {"base_url": "http://127.0.0.1:1"} if "base_url" in kit.config else {}


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [text for one in inner for text in _texts(one)]


@pytest.mark.parametrize("kit", JSON_KITS, ids=lambda kit: kit.label)
@given(data=st.data())
@thorough
def test_any_value_at_any_place_of_any_payload(kit: Kit, data: st.DataObject) -> None:
    alter_and_read(kit, data)


@pytest.mark.parametrize(
    ("name", "careless"),
    [
        ("moment", lambda value: datetime.fromtimestamp(int(value), UTC)),
        ("said", lambda value: value if isinstance(value, str) else ""),
        ("part", lambda value: value or {}),
    ],
)
def test_a_careless_reader_is_found_out(monkeypatch, name: str, careless: Callable[[Any], Any]) -> None:
    monkeypatch.setattr(whatsapp_events, name, careless)
    kit = next(kit for kit in KITS if kit.provider == "whatsapp_cloud")
    unshrunk = settings(thorough, max_examples=2000, phases=[Phase.generate], derandomize=True)
    search = unshrunk(given(data=st.data())(lambda data: alter_and_read(kit, data)))
    with pytest.raises(Exception):  # noqa: B017, PT011 each falls over in its own way
        search()


def alter_and_read(kit: Kit, data: st.DataObject) -> None:
    every = (*kit.said.values(), *kit.receipts.values(), *kit.unsaid, *kit.calls)
    known = [body for body, _ in every if body.startswith(b"{")]
    whole = json.loads(data.draw(st.sampled_from(known)))
    for _ in range(data.draw(st.integers(1, 3))):
        whole = altered(whole, data.draw(st.sampled_from(places(whole))), data.draw(EVIL | VALUES))
    read(kit, json.dumps(whole).encode(), {"content-type": "application/json"})


FIELDS = st.sampled_from(
    [
        "MessageSid",
        "From",
        "Body",
        "NumMedia",
        "NumSegments",
        "MediaUrl0",
        "MediaContentType0",
        "Latitude",
        "Longitude",
        "DateSent",
        "MessageStatus",
        "ErrorCode",
        "WaId",
        "ExternalUserId",
        "ButtonPayload",
        "OptOutType",
        "ListId",
        *("id", "from", "text", "date", "linkId", "status", "failureReason"),
        *("senderId", "phoneNumber", "updateType"),
        *("msisdn", "messageId", "type", "err-code", "client-ref", "message-timestamp"),
        *("concat", "concat-ref", "concat-part", "concat-total", "data"),
    ]
)


def names_of(kit: Kit) -> list[str]:
    """What the kit's own forms call things."""
    known = [body for body, _ in (*kit.said.values(), *kit.receipts.values(), *kit.unsaid, *kit.calls)]
    return sorted({name for body in known for name in parse_qs(body.decode("utf-8", "replace"))})


@pytest.mark.parametrize("kit", FORM_KITS, ids=lambda kit: kit.label)
@given(data=st.data())
@thorough
def test_any_form(kit: Kit, data: st.DataObject) -> None:
    words = st.text(max_size=80) | st.sampled_from(["1", "99", "sent", "read", "1e999"])
    fields = data.draw(st.dictionaries(FIELDS | st.sampled_from(names_of(kit)), words))
    body = urlencode({name: word.encode("utf-8", "replace") for name, word in fields.items()}).encode()
    read(kit, body, {"content-type": "application/x-www-form-urlencoded", QUERY: "message=%ff"})
    read(kit, body, {QUERY: body.decode()})
    read(kit, json.dumps(fields).encode(), {"content-type": "application/json"})


@pytest.mark.parametrize("kit", MAIL_KITS, ids=lambda kit: kit.label)
@given(data=st.data())
@thorough
def test_any_line_of_any_mail(kit: Kit, data: st.DataObject) -> None:
    """Headers and edges of parts replaced, doubled, cut: a mail is read to its end or set aside."""
    known = [body for body, _ in (*kit.said.values(), *kit.receipts.values(), *kit.unsaid)]
    lines = data.draw(st.sampled_from(known)).split(b"\r\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        name, colon, value = lines[at].partition(b":")
        new = data.draw(
            st.sampled_from([b"", value * 2, b"=?utf-8?b?" + value + b"?=", name, b'"', b"<<" + value])
        )
        words = data.draw(WORDS).encode("utf-8", "surrogatepass")
        lines[at] = data.draw(st.sampled_from([name + colon + new, name + colon + words, words]))
    read(kit, b"\r\n".join(lines), {})


@pytest.mark.parametrize("kit", KITS, ids=lambda kit: kit.label)
@given(body=st.binary(max_size=200))
@thorough
def test_any_bytes(kit: Kit, body: bytes) -> None:
    read(kit, body, {"content-type": "application/json"})
    read(kit, body, {QUERY: "message=1"})


HEADERS = st.sampled_from(["authorization", "content-type", "x-hub-signature-256", "x-twilio-signature"])
PROOFS = WORDS | st.sampled_from(
    ["Bearer a.b.c", "Bearer e30.e30.e30", "Basic :", "application/json", "sha256=00"]
)


@pytest.mark.parametrize("kit", KITS, ids=lambda kit: kit.label)
@given(headers=st.dictionaries(HEADERS, PROOFS), body=st.binary(max_size=60), tail=WORDS)
@thorough
def test_any_call_is_accepted_or_refused(kit: Kit, headers: dict[str, str], body: bytes, tail: str) -> None:
    knock(kit, headers, body, tail)


def test_a_careless_door_is_found_out(monkeypatch) -> None:
    monkeypatch.setattr(jwt, "_object", lambda packed: json.loads(base64.urlsafe_b64decode(packed + "==")))
    kit = next(kit for kit in KITS if kit.label == "vonage_messages")
    unshrunk = settings(thorough, max_examples=2000, phases=[Phase.generate], derandomize=True)
    search = unshrunk(
        given(headers=st.dictionaries(HEADERS, PROOFS))(lambda headers: knock(kit, headers, b"{}", ""))
    )
    with pytest.raises(Exception):  # noqa: B017, PT011 whatever it falls over
        search()


def knock(kit: Kit, headers: dict[str, str], body: bytes, tail: str) -> None:
    provider = registry.load(kit.provider, {**kit.config, **_somewhere(kit)})
    request = HookRequest("POST", f"https://help.example/hooks/x/1{tail}", {}, headers, body)
    provider.handshake(request)
    with suppress(BadSignature):
        provider.verify(request)
