"""After developer.vonage.com: /messaging/sms/guides, /api-errors/sms, /api/messages, signed webhooks (2026-11-24)."""

import base64
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
    Choice,
    Event,
    Fragment,
    GiveUp,
    HookRequest,
    Incoming,
    Kind,
    MediaRef,
    Place,
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
from payloads.kit import MESSAGE, NAME, NUMBER, SAID, WORDS, Kit

CONFIG = {
    "api_key": "a1b2c3d4",
    "api_secret": "CANARYSECRET-vonage",
    "sender": "447700900999",
    "secret": "CANARYWORD-vonage",
}
SIGNED = {**CONFIG, "signature_secret": "CANARYSIGNATURE-vonage", "signature_method": "sha256"}
MESSAGES = {**CONFIG, "api": "messages", "signature_secret": "CANARYSIGNATURE-messages"}
PHONE = Sender(Scheme.PHONE, NUMBER)
IN, OUT = "0B00000127FDBC63", "0C000000217B7F02"
AT = "2026-11-22 11:59:30"

# --- SMS API ---------------------------------------------------------------------------------------------


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

# --- Messages API ----------------------------------------------------------------------------------------

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

KITS = (
    SMS,
    replace(
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
    ),
    BY_MESSAGES,
)
