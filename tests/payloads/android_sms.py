"""After the API description shipped with the app and docs.sms-gate.app on webhooks (read 2026-11-24)."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from aidline.channels.contract import (
    ChannelDown,
    Event,
    GiveUp,
    HookRequest,
    Incoming,
    Kind,
    MediaRef,
    Receipt,
    RetryLater,
    Scheme,
    Sender,
    Status,
    Uncertain,
    Verdict,
)
from aidline.kernel import clock
from local_server import Answer, Seen
from payloads.kit import MESSAGE, NUMBER, SAID, WORDS, Kit

CONFIG = {
    "base_url": "",
    "signing_key": "CANARYSECRET-signing",
    "login": "AIDLINE",
    "password": "CANARYSECRET-password",
}
PHONE = Sender(Scheme.PHONE, NUMBER)
EVENT = "Ey6ECgOkVVFjz3CL48B8C"
AT = "2026-11-22T13:59:30.000+02:00"  # SAID by a phone two hours east
HASH = "abc123"


def told(event: str, *, id: str = EVENT, **payload: Any) -> bytes:
    whole = {"deviceId": "ffffffffceb0b1db", "event": event, "id": id, "webhookId": "w-1", "payload": payload}
    return json.dumps(whole, ensure_ascii=False).encode()


def sms(text: str, **more: Any) -> bytes:
    common = {"messageId": HASH, "sender": NUMBER, "recipient": None, "simNumber": 1, "receivedAt": AT}
    return told("sms:received", **{**common, "message": text, **more})


def mms(*attachments: dict[str, Any], **more: Any) -> bytes:
    common = {"messageId": "17", "sender": NUMBER, "recipient": None, "simNumber": None, "receivedAt": AT}
    return told("mms:downloaded", **{**common, "subject": None, "attachments": list(attachments), **more})


def attached(mime: str, content: bytes | None = b"the file", place: int = 3) -> dict[str, Any]:
    data = b64encode(content).decode() if content else None
    return {"partId": place, "contentType": mime, "name": "a.bin", "size": 8, "data": data}


def file(kind: Kind, mime: str, content: bytes | None = b"the file", place: int = 3) -> MediaRef:
    return MediaRef(f"17/{place}", kind, mime, "a.bin", 8, content=content)


def incoming(kind: Kind, **more: Any) -> Incoming:
    return Incoming(EVENT, (PHONE,), kind, sent_at=SAID, **more)


LAYOUT = attached("application/smil", b"<smil/>", 1)
FILES = {
    Kind.IMAGE: "image/jpeg",
    Kind.VIDEO: "video/3gpp",
    Kind.AUDIO: "audio/amr",
    Kind.DOCUMENT: "application/pdf",
    Kind.CONTACTS: "text/x-vcard",
}
SAID_KINDS: dict[Kind, tuple[bytes, Event]] = {
    Kind.TEXT: (sms(WORDS), incoming(Kind.TEXT, text=WORDS)),
    Kind.UNSUPPORTED: (
        told("sms:data-received", messageId=HASH, sender=NUMBER, receivedAt=AT, data="AAEC/w=="),
        incoming(Kind.UNSUPPORTED, raw_kind="data-sms"),
    ),
    **{
        kind: (mms(LAYOUT, attached(mime), body=WORDS), incoming(kind, text=WORDS, media=(file(kind, mime),)))
        for kind, mime in FILES.items()
    },
}


def outcome(event: str, **more: Any) -> bytes:
    common = {"messageId": str(MESSAGE), "sender": None, "recipient": NUMBER, "phoneNumber": NUMBER}
    return told(event, **{**common, "simNumber": 1, **more})


def became(status: Status, code: str = "") -> Receipt:
    verdict = Verdict.GIVE_UP if status is Status.FAILED else None
    return Receipt(str(MESSAGE), status, SAID, code, verdict, MESSAGE)


RECEIPTS = {
    Status.SENT: (outcome("sms:sent", sentAt=AT, partsCount=2), became(Status.SENT)),
    Status.DELIVERED: (outcome("sms:delivered", deliveredAt=AT), became(Status.DELIVERED)),
    Status.FAILED: (
        outcome("sms:failed", failedAt=AT, reason=f"Send to {NUMBER}: RESULT_ERROR_NO_SERVICE"),
        became(Status.FAILED, "RESULT_ERROR_NO_SERVICE"),
    ),
}


def hook(config: Mapping[str, str], raw: bytes) -> HookRequest:
    timestamp = str(int(clock.now().timestamp()))
    return signed(config, raw, timestamp)


def signed(config: Mapping[str, str], raw: bytes, timestamp: str) -> HookRequest:
    mac = hmac.new(config["signing_key"].encode(), raw + timestamp.encode(), hashlib.sha256)
    headers = {
        "content-type": "application/json",
        "x-signature": mac.hexdigest(),
        "x-timestamp": timestamp,
    }
    return HookRequest("POST", "https://help.example/hooks/android_sms/1", {}, headers, raw)


def state(message: str, word: str = "Pending") -> bytes:
    recipient = {"phoneNumber": NUMBER, "state": word, "error": None}
    whole = {"id": message, "deviceId": "ffffffffceb0b1db", "state": word, "isHashed": False}
    return json.dumps({**whole, "isEncrypted": False, "recipients": [recipient], "states": {}}).encode()


def answers(seen: Seen) -> Answer:
    if seen.method == "GET" and "/attachments/" in seen.path:
        return Answer(body=b"the file", headers={"Content-Type": "application/octet-stream"})
    return Answer(202, state(json.loads(seen.body)["id"]))


def refusal(status: int, message: str = "", **headers: str) -> Answer:
    body = {"message": message or f"{NUMBER} {WORDS}", "code": status, "data": {}}
    return Answer(status, json.dumps(body).encode(), headers)


KITS = (
    Kit(
        label="android_sms",
        provider="android_sms",
        config=CONFIG,
        other_config={**CONFIG, "signing_key": "CANARYSECRET-other"},
        secret="signing_key",
        previous_secret="previous_signing_key",
        hook=hook,
        said=SAID_KINDS,
        receipts=RECEIPTS,
        strange=(
            b"{}",
            told("system:ping", health={"status": "pass"}),
            told("app:started"),
            told(
                "mms:received", messageId="t-1", transactionId="t-1", sender=NUMBER, size=900, receivedAt=AT
            ),
            told("sms:hologram", sender=NUMBER),
            told("sms:sent", recipient=NUMBER),
            b'{"event": ["x"], "payload": 7}',
            b'{"event": "sms:received", "id": "x", "payload": "x"}',
            sms("from nobody", sender=None),
            told("sms:received", id="", sender=NUMBER, message="without an id"),
        ),
        unsaid=(
            (sms(WORDS, sender=None, phoneNumber=NUMBER), [incoming(Kind.TEXT, text=WORDS)]),
            (sms("nul\0l"), [incoming(Kind.TEXT, text="null")]),
            (
                sms("your code", sender="60777"),
                [Incoming(EVENT, (Sender(Scheme.PHONE, "60777"),), Kind.TEXT, "your code", SAID)],
            ),
            (
                sms("hello", sender="Operator"),
                [Incoming(EVENT, (Sender(Scheme.PHONE, "Operator"),), Kind.TEXT, "hello", SAID)],
            ),
            (
                sms("early", receivedAt="2031-01-01T00:00:00.000+02:00"),
                [Incoming(EVENT, (PHONE,), Kind.TEXT, "early")],
            ),
            (mms(LAYOUT, body=WORDS), [incoming(Kind.TEXT, text=WORDS)]),
            (mms(LAYOUT, subject="Photo"), [incoming(Kind.TEXT, text="Photo")]),
            (mms(), [incoming(Kind.UNSUPPORTED, raw_kind="mms")]),
            (
                mms(attached("image/png", None), attached("audio/amr", place=4), subject="Two", body="files"),
                [
                    incoming(
                        Kind.IMAGE,
                        text="Two\nfiles",
                        media=(
                            file(Kind.IMAGE, "image/png", None),
                            file(Kind.AUDIO, "audio/amr", place=4),
                        ),
                    )
                ],
            ),
            (
                told("sms:data-received", messageId=HASH, sender=NUMBER, receivedAt=AT, data="aGVsbG8="),
                [incoming(Kind.UNSUPPORTED, raw_kind="data-sms", text="hello")],
            ),
            (outcome("sms:cancelled", cancelledAt=AT), [became(Status.FAILED, "cancelled")]),
            (outcome("sms:failed", failedAt=AT, reason="TTL expired"), [became(Status.FAILED, "expired")]),
            (outcome("sms:failed", failedAt=AT, reason=WORDS), [became(Status.FAILED, "failed")]),
        ),
        with_unknown_field=(sms(WORDS, colour={"deep": [1]}), incoming(Kind.TEXT, text=WORDS)),
        to=PHONE,
        answers=answers,
        sent_id=str(MESSAGE),
        words_of=lambda seen: json.loads(seen.body)["textMessage"]["text"],
        refusals=(
            (refusal(429, **{"Retry-After": "7"}), RetryLater),
            (refusal(503, "queue limits exceeded; ensure device is online"), RetryLater),
            (refusal(401), ChannelDown),
            (refusal(403), ChannelDown),
            (refusal(400, "invalid phone number"), GiveUp),
            (refusal(418), GiveUp),
            (Answer(202, b"{}"), Uncertain),
        ),
        ref=lambda _: MediaRef("17/3", Kind.IMAGE, "image/jpeg"),
    ),
)
