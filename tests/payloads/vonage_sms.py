"""Vonage's SMS API, after developer.vonage.com/messaging/sms/guides and /api-errors/sms (2026-11-24)."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode

from aidline.channels.contract import (
    ChannelDown,
    Event,
    Fragment,
    GiveUp,
    HookRequest,
    Incoming,
    Kind,
    Receipt,
    RetryLater,
    Scheme,
    Sender,
    Status,
    StopContacting,
    Uncertain,
    Verdict,
)
from local_server import Answer, Seen
from payloads.kit import MESSAGE, NUMBER, SAID, WORDS, Kit

CONFIG = {
    "api_key": "a1b2c3d4",
    "api_secret": "CANARYSECRET-vonage",
    "sender": "447700900999",
    "secret": "CANARYWORD-vonage",
}
SIGNED = {**CONFIG, "signature_secret": "CANARYSIGNATURE-vonage", "signature_method": "sha256"}
PHONE = Sender(Scheme.PHONE, NUMBER)
IN, OUT = "0B00000127FDBC63", "0C000000217B7F02"
AT = "2026-11-22 11:59:30"


def inbound(**more: str) -> bytes:
    common = {
        "api-key": "a1b2c3d4",
        "msisdn": NUMBER[1:],
        "to": "447700900999",
        "messageId": IN,
        "text": WORDS,
        "type": "unicode",
        "keyword": "CANARYWORDS",
        "message-timestamp": AT,
    }
    return urlencode({name: value for name, value in {**common, **more}.items() if value != "-"}).encode()


def said(kind: Kind = Kind.TEXT, **more: Any) -> Incoming:
    known: dict[str, Any] = {"external_id": IN, "senders": (PHONE,), "text": WORDS, "sent_at": SAID, **more}
    return Incoming(kind=kind, **known)


def piece(place: int, total: int = 3, **more: str) -> bytes:
    long = {"concat": "true", "concat-ref": "A7", "concat-part": str(place), "concat-total": str(total)}
    return inbound(messageId=f"m-{place}", **{**long, **more})


def group(ref: str = "A7", total: int = 3, sender: str = NUMBER) -> str:
    """No number can be read from it."""
    named = f"{ref}\n{sender}\n447700900999\n{total}".encode()
    return hmac.new(CONFIG["secret"].encode(), named, hashlib.sha256).hexdigest()


def delivery(status: str, error: str = "0", **more: str) -> bytes:
    common = {
        "api-key": "a1b2c3d4",
        "msisdn": NUMBER[1:],
        "to": "447700900999",
        "network-code": "23410",
        "messageId": OUT,
        "price": "0.03330000",
        "status": status,
        "scts": "2611221159",
        "err-code": error,
        "message-timestamp": AT,
        "client-ref": str(MESSAGE),
    }
    return urlencode({name: value for name, value in {**common, **more}.items() if value != "-"}).encode()


def told(status: Status, code: str = "", verdict: Verdict = Verdict.GIVE_UP, id: str = OUT) -> Receipt:
    return Receipt(id, status, SAID, code, verdict if code else None, MESSAGE)


SMS_SAID: dict[Kind, tuple[bytes, Event]] = {
    Kind.TEXT: (inbound(), said()),
    Kind.UNSUPPORTED: (
        inbound(text="-", type="binary", data="0011223344", udh="06050415811581"),
        said(Kind.UNSUPPORTED, text="", raw_kind="binary"),
    ),
}
SMS_RECEIPTS = {
    Status.SENT: (delivery("accepted"), told(Status.SENT)),
    Status.DELIVERED: (delivery("delivered"), told(Status.DELIVERED)),
    Status.FAILED: (delivery("failed", "3"), told(Status.FAILED, "dlr-3")),
}


def by_address(config: Mapping[str, str], body: bytes) -> HookRequest:
    url = f"https://help.example/hooks/vonage/1/{config['secret']}"
    return HookRequest("POST", url, {}, {"content-type": "application/x-www-form-urlencoded"}, body)


def sign(config: Mapping[str, str], fields: Mapping[str, str]) -> str:
    pairs = sorted((name, value.replace("&", "_").replace("=", "_")) for name, value in fields.items())
    signed = "".join(f"&{name}={value}" for name, value in pairs).encode()
    secret, method = config["signature_secret"].encode(), config.get("signature_method", "md5hash")
    if method == "md5hash":
        return hashlib.md5(signed + secret).hexdigest()
    return hmac.new(secret, signed, method).hexdigest().upper()


def by_signature(config: Mapping[str, str], body: bytes) -> HookRequest:
    fields = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    fields |= {"timestamp": str(int(time.time())), "nonce": "0b1c2d3e"}
    signed = urlencode({**fields, "sig": sign(config, fields)}).encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return HookRequest("POST", "https://help.example/hooks/vonage/1", {}, headers, signed)


def taken(*pieces: Mapping[str, Any]) -> Answer:
    good = {
        "to": NUMBER[1:],
        "message-id": OUT,
        "status": "0",
        "remaining-balance": "3.1",
        "message-price": "0",
    }
    found = [{**good, **one} for one in pieces or ({},)]
    return Answer(200, json.dumps({"message-count": str(len(found)), "messages": found}).encode())


def refusal(status: str) -> Answer:
    """Refused, and HTTP says 200 all the same."""
    body = {"message-count": "1", "messages": [{"status": status, "error-text": f"{NUMBER} {WORDS}"}]}
    return Answer(200, json.dumps(body).encode())


def sms_words_of(seen: Seen) -> str:
    return parse_qs(seen.body.decode()).get("text", [""])[0]


SMS = Kit(
    label="vonage",
    provider="vonage",
    config=CONFIG,
    other_config={**CONFIG, "secret": "CANARYWORD-other"},
    secret="secret",
    previous_secret="previous_secret",
    hook=by_address,
    said=SMS_SAID,
    receipts=SMS_RECEIPTS,
    strange=(
        b"unknown=1",
        b"%",
        b"\xff\xfe\xfa",
        b"[" * 10_000,
        inbound(messageId="-"),
        inbound(msisdn="-"),
        delivery("unknown"),
        delivery("hologram"),
        delivery("delivered", messageId="-"),
    ),
    unsaid=(
        (inbound(type="text", text="Ca va?"), [said(text="Ca va?")]),
        (inbound(type="hologram"), [said()]),
        (inbound(type="hologram", text="-"), [said(Kind.UNSUPPORTED, text="", raw_kind="hologram")]),
        (inbound(text=""), [said(text="")]),
        (inbound(text="a&b=c"), [said(text="a&b=c")]),
        (inbound(msisdn="60777"), [said(senders=(Sender(Scheme.PHONE, "60777"),))]),
        (inbound(msisdn="SHOP"), [said(senders=(Sender(Scheme.PHONE, "SHOP"),))]),
        (inbound(**{"message-timestamp": "soon"}), [said(sent_at=None)]),
        (piece(1), [Fragment(group(), 1, 3, said(external_id="m-1"))]),
        (piece(3, text="end"), [Fragment(group(), 3, 3, said(external_id="m-3", text="end"))]),
        (
            piece(2, **{"concat-ref": "B1"}),
            [Fragment(group("B1"), 2, 3, said(external_id="m-2"))],
        ),
        # What cannot be joined is shown as it came.
        (piece(1, 1), [said(external_id="m-1")]),
        (piece(4), [said(external_id="m-4")]),
        (piece(0), [said(external_id="m-0")]),
        (piece(1, 999), [said(external_id="m-1")]),
        (piece(1, **{"concat-ref": "-"}), [said(external_id="m-1")]),
        (piece(1, concat="false"), [said(external_id="m-1")]),
        (delivery("buffered"), [told(Status.SENT)]),
        (delivery("expired"), [told(Status.FAILED, "dlr-expired")]),
        (delivery("rejected", "9"), [told(Status.FAILED, "dlr-9", Verdict.STOP_CONTACTING)]),
        (delivery("failed", "99"), [told(Status.FAILED, "dlr-99")]),
        (delivery("delivered", **{"client-ref": "-"}), [replace(told(Status.DELIVERED), message=None)]),
    ),
    with_unknown_field=(inbound(addedTomorrow="é"), said()),
    malformed=(b"", b"&&&", b"&".join(b"a%d=1" % at for at in range(20_000))),
    handshakes=(
        (HookRequest("GET", "https://help.example/hooks/vonage/1", {}, {}, b""), (200, b"")),
        (HookRequest("POST", "https://help.example/hooks/vonage/1/word", {}, {}, b""), (200, b"")),
    ),
    proof="",
    signs_body=False,
    empty_is_a_look=True,
    to=PHONE,
    answers=lambda _: taken(),
    sent_id=OUT,
    words_of=sms_words_of,
    refusals=(
        (refusal("1"), RetryLater),
        (refusal("5"), RetryLater),
        (refusal("10"), RetryLater),
        (refusal("4"), ChannelDown),
        (refusal("8"), ChannelDown),
        (refusal("9"), ChannelDown),
        (refusal("15"), ChannelDown),
        (refusal("7"), StopContacting),
        (refusal("3"), GiveUp),
        (refusal("6"), GiveUp),
        (refusal("12"), GiveUp),
        (refusal("99"), GiveUp),
        (taken({}, {"status": "1", "message-id": ""}), Uncertain),
        (taken({"message-id": None}), Uncertain),
        (Answer(200, b'{"messages": "x"}'), Uncertain),
        (Answer(200, b"{}"), Uncertain),
        (Answer(429, b"", {"Retry-After": "7"}), RetryLater),
        (Answer(401, b'{"error-code": "401"}'), ChannelDown),
    ),
)

SIGNED_SMS = replace(
    SMS,
    label="vonage_signed",
    config=SIGNED,
    other_config={**SIGNED, "signature_secret": "CANARYSIGNATURE-other"},
    secret="signature_secret",
    previous_secret="previous_signature_secret",
    hook=by_signature,
    proof_field="sig",
    proof_is_hex=True,
    signs_body=True,
)
