"""Vonage's Messages API, after developer.vonage.com/api/messages and the guide to signed webhooks (2026-11-24)."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from aidline.channels.contract import (
    ChannelDown,
    Choice,
    Event,
    GiveUp,
    HookRequest,
    Incoming,
    Kind,
    MediaRef,
    Place,
    Receipt,
    RetryLater,
    Status,
    StopContacting,
    Uncertain,
    Verdict,
)
from local_server import Answer, Seen
from payloads.kit import MESSAGE, NAME, NUMBER, SAID, WORDS, Kit
from payloads.vonage_sms import CONFIG, PHONE, told

MESSAGES = {**CONFIG, "api": "messages", "signature_secret": "CANARYSIGNATURE-messages"}
UUID_IN, UUID_OUT = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab", "bbbbbbbb-cccc-4ddd-8eee-0123456789ab"
FILE = "https://api.nexmo.com/v3/media/f-1"
ISO = "2026-11-22T11:59:30Z"
APPLICATION = "cccccccc-dddd-4eee-8fff-0123456789ab"


def raw(whole: Mapping[str, Any]) -> bytes:
    return json.dumps({name: value for name, value in whole.items() if value is not None}).encode()


def message(kind: str, **more: Any) -> bytes:
    common = {
        "channel": "sms",
        "message_uuid": UUID_IN,
        "to": "447700900999",
        "from": NUMBER[1:],
        "timestamp": ISO,
        "context_status": "none",
        "message_type": kind,
        "usage": {"price": "0.0333", "currency": "EUR"},
    }
    return raw({**common, **more})


def heard(kind: Kind, **more: Any) -> Incoming:
    known: dict[str, Any] = {"external_id": UUID_IN, "senders": (PHONE,), "sent_at": SAID, **more}
    return Incoming(kind=kind, **known)


def file(word: str, kind: Kind) -> tuple[bytes, Event]:
    body = message(word, channel="mms", **{word: {"url": FILE, "caption": WORDS, "name": "a.bin"}})
    return body, heard(kind, text=WORDS, media=(MediaRef(FILE, kind, name="a.bin"),))


FILES = {
    "image": Kind.IMAGE,
    "audio": Kind.AUDIO,
    "video": Kind.VIDEO,
    "file": Kind.DOCUMENT,
    "sticker": Kind.STICKER,
    "vcard": Kind.CONTACTS,
}
SPOT = {"lat": 50.85, "long": 4.35, "name": "Square", "address": "Main street 1"}
HEARD: dict[Kind, tuple[bytes, Event]] = {
    Kind.TEXT: (
        message("text", text=WORDS, profile={"name": NAME}, context={"message_uuid": UUID_OUT}),
        heard(Kind.TEXT, text=WORDS, profile_name=NAME, reply_to=UUID_OUT),
    ),
    Kind.LOCATION: (
        message("location", channel="rcs", location=SPOT),
        heard(Kind.LOCATION, place=Place(50.85, 4.35, "Square", "Main street 1")),
    ),
    Kind.CHOICE: (
        message("reply", channel="rcs", reply={"id": "food", "title": "Food", "description": "Today"}),
        heard(Kind.CHOICE, text="Food", choice=Choice("food", "Food", "Today")),
    ),
    Kind.UNSUPPORTED: (message("hologram"), heard(Kind.UNSUPPORTED, raw_kind="hologram")),
    **{kind: file(word, kind) for word, kind in FILES.items()},
}


def status(word: str, error: Mapping[str, Any] | None = None, **more: Any) -> bytes:
    common = {
        "channel": "sms",
        "message_uuid": UUID_OUT,
        "to": NUMBER[1:],
        "from": "447700900999",
        "timestamp": ISO,
        "status": word,
        "error": error,
        "client_ref": str(MESSAGE),
        "usage": {"price": "0.0333", "currency": "EUR"},
    }
    return raw({**common, **more})


def problem(code: str) -> dict[str, Any]:
    kind = f"https://developer.vonage.com/api-errors/messages#{code}"
    return {"type": kind, "title": "It did not work", "detail": f"{NUMBER} {WORDS}", "instance": "bf0c"}


def came(word: Status, code: str = "", verdict: Verdict = Verdict.GIVE_UP) -> Receipt:
    return told(word, code, verdict, UUID_OUT)


def packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def token(secret: str, claims: Mapping[str, Any], algorithm: str = "HS256") -> str:
    head = packed(json.dumps({"alg": algorithm, "typ": "JWT"}).encode())
    signed = f"{head}.{packed(json.dumps(claims).encode())}"
    return f"{signed}.{packed(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())}"


def claims(body: bytes, **more: Any) -> dict[str, Any]:
    common = {
        "iat": int(time.time()),
        "jti": "0d1e2f30",
        "iss": "Vonage",
        "payload_hash": hashlib.sha256(body).hexdigest(),
        "api_key": "a1b2c3d4",
        "application_id": APPLICATION,
    }
    return {**common, **more}


def by_token(config: Mapping[str, str], body: bytes) -> HookRequest:
    bearer = f"Bearer {token(config['signature_secret'], claims(body))}"
    headers = {"content-type": "application/json", "authorization": bearer}
    return HookRequest("POST", "https://help.example/hooks/vonage/1", {}, headers, body)


def answers(seen: Seen) -> Answer:
    if seen.path.startswith("/v3/media/"):
        assert seen.headers["authorization"].startswith("Basic ")
        return Answer(body=b"the file", headers={"Content-Type": "image/jpeg"})
    return Answer(202, json.dumps({"message_uuid": UUID_OUT}).encode())


def told_no(status_code: int, code: str, **headers: str) -> Answer:
    return Answer(status_code, json.dumps(problem(code)).encode(), headers)


BY_MESSAGES = Kit(
    label="vonage_messages",
    provider="vonage",
    config=MESSAGES,
    other_config={**MESSAGES, "signature_secret": "CANARYSIGNATURE-other"},
    secret="signature_secret",
    previous_secret="previous_signature_secret",
    hook=by_token,
    said=HEARD,
    receipts={
        Status.SENT: (status("submitted"), came(Status.SENT)),
        Status.DELIVERED: (status("delivered"), came(Status.DELIVERED)),
        Status.READ: (status("read", channel="rcs"), came(Status.READ)),
        Status.FAILED: (status("rejected", problem("1260")), came(Status.FAILED, "1260")),
    },
    strange=(
        b"{}",
        b'{"channel": ["x"], "from": {"a": 1}}',
        message("text", text=WORDS, channel="messenger"),
        message("text", text=WORDS, message_uuid=None),
        message("text", text=WORDS, **{"from": None}),
        status("hologram"),
        status("delivered", message_uuid=None),
        status("delivered", channel="hologram"),
    ),
    unsaid=(
        (
            message("button", channel="rcs", button={"payload": "yes", "text": "Yes"}),
            [heard(Kind.CHOICE, text="Yes", choice=Choice("yes", "Yes"))],
        ),
        (message("image", image={}), [heard(Kind.UNSUPPORTED, raw_kind="image")]),
        (
            message("location", location={"lat": 91, "long": 0}),
            [heard(Kind.UNSUPPORTED, raw_kind="location")],
        ),
        (
            message("text", text=WORDS, timestamp="2026-11-22 11:59:30 +0000"),
            [heard(Kind.TEXT, text=WORDS)],
        ),
        (
            message("text", text="long", sms={"num_messages": "2", "keyword": "LONG"}),
            [heard(Kind.TEXT, text="long")],
        ),
        (status("undeliverable"), [came(Status.FAILED, "undeliverable")]),
        (
            status("rejected", problem("1240")),
            [came(Status.FAILED, "1240", Verdict.STOP_CONTACTING)],
        ),
        (status("rejected", {"title": 1180}), [came(Status.FAILED, "1180")]),
        (status("rejected", {"title": f"{NUMBER} {WORDS}"}), [came(Status.FAILED, "rejected")]),
    ),
    with_unknown_field=(message("text", text=WORDS, tomorrow={"a": [1]}), heard(Kind.TEXT, text=WORDS)),
    handshakes=((HookRequest("GET", "https://help.example/hooks/vonage/1", {}, {}, b""), (200, b"")),),
    proof="authorization",
    empty_is_a_look=True,
    to=PHONE,
    answers=answers,
    sent_id=UUID_OUT,
    words_of=lambda seen: str(json.loads(seen.body)["text"]),
    refusals=(
        (told_no(429, "1000", **{"Retry-After": "7"}), RetryLater),
        (told_no(500, "1030"), RetryLater),
        (told_no(401, "unauthorized"), ChannelDown),
        (told_no(402, "low-balance"), ChannelDown),
        (told_no(403, "1060"), ChannelDown),
        (told_no(422, "1120"), ChannelDown),
        (told_no(403, "1240"), StopContacting),
        (told_no(422, "1150"), GiveUp),
        (told_no(422, "9999"), GiveUp),
        (Answer(202, b"{}"), Uncertain),
    ),
    ref=lambda base: MediaRef(f"{base}/v3/media/f-1", Kind.IMAGE),
)
