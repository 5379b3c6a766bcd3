"""Three gateways that nobody makes: JSON without a signature, a signed form, and everything in queries."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

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
    StopContacting,
    Uncertain,
    Verdict,
)
from local_server import Answer, Seen
from payloads.kit import MESSAGE, NAME, NUMBER, SAID, SAID_SECONDS, WORDS, Kit

PHONE = Sender(Scheme.PHONE, NUMBER)
AT = "2026-11-22T13:59:30+02:00"
FILE = "https://files.example.org/a.bin"
FORM = "application/x-www-form-urlencoded"

# --- JSON, unsigned, with paths into it ------------------------------------------------------------------

JSON_CONFIG = {
    "base_url": "",
    "hook_word": "CANARYSECRET-word",
    "send_path": "/v1/messages",
    "body": '{"to": ["{to}"], "message": {"body": "{text}", "file": "{media_url}"}, "reference": "{id}"}',
    "headers": "Authorization: Bearer CANARYSECRET-header\nX-Key: {key}",
    "key": "CANARYSECRET-key",
    "id_name": "data.id",
    "success_name": "ok",
    "success_values": "true",
    "error_name": "error.code",
    "errors": "blocked = stop\nbusy = retry\nno-money = down\nbad-number = give up",
    "in_rows": "messages",
    "in_id": "id",
    "in_from": "contact.phone",
    "in_text": "content.text",
    "in_name": "contact.name",
    "in_time": "at",
    "in_media": "content.files.url",
    "in_media_type": "content.files.type",
    "status_name": "event",
    "status_id": "id",
    "status_our_id": "reference",
    "status_code": "reason",
    "words_read": "seen",
}


def calls(*rows: dict[str, Any]) -> bytes:
    return json.dumps({"messages": list(rows)}, ensure_ascii=False).encode()


def row(text: str = "", *files: dict[str, str], **more: Any) -> dict[str, Any]:
    contact = {"phone": NUMBER, "name": NAME}
    return {
        "id": "m-1",
        "contact": contact,
        "content": {"text": text, "files": list(files)},
        "at": AT,
        **more,
    }


def incoming(kind: Kind = Kind.TEXT, **more: Any) -> Incoming:
    return Incoming("m-1", (PHONE,), kind, sent_at=SAID, profile_name=NAME, **more)


FILES = {
    Kind.IMAGE: "image/jpeg",
    Kind.VIDEO: "video/mp4",
    Kind.AUDIO: "audio/mpeg",
    Kind.DOCUMENT: "application/pdf",
}
JSON_SAID: dict[Kind, tuple[bytes, Event]] = {
    Kind.TEXT: (calls(row(WORDS)), incoming(text=WORDS)),
    **{
        kind: (
            calls(row(WORDS, {"url": FILE, "type": mime})),
            incoming(kind, text=WORDS, media=(MediaRef(FILE, kind, mime),)),
        )
        for kind, mime in FILES.items()
    },
}


def became(word: str, **more: Any) -> bytes:
    return calls({"id": "g-1", "event": word, "reference": str(MESSAGE), "at": AT, **more})


JSON_RECEIPTS = {
    Status.SENT: (became("sent"), Receipt("g-1", Status.SENT, SAID, message=MESSAGE)),
    Status.DELIVERED: (became("Delivered"), Receipt("g-1", Status.DELIVERED, SAID, message=MESSAGE)),
    Status.READ: (became("seen"), Receipt("g-1", Status.READ, SAID, message=MESSAGE)),
    Status.FAILED: (
        became("expired", reason="E42"),
        Receipt("g-1", Status.FAILED, SAID, "E42", Verdict.GIVE_UP, MESSAGE),
    ),
}


def json_hook(config: Mapping[str, str], raw: bytes) -> HookRequest:
    url = f"https://help.example/hooks/http/1/{config['hook_word']}"
    return HookRequest("POST", url, {}, {"content-type": "application/json"}, raw)


def json_answers(seen: Seen) -> Answer:
    if seen.method == "GET":
        return Answer(body=b"the file", headers={"Content-Type": "image/jpeg"})
    return Answer(201, json.dumps({"ok": True, "data": {"id": "g-1"}}).encode())


def refusal(status: int, code: str, **headers: str) -> Answer:
    body = {"ok": False, "error": {"code": code, "message": f"{NUMBER} {WORDS}"}}
    return Answer(status, json.dumps(body).encode(), headers)


_UNREADABLE = (b"", b"{", b"not json", b"\xff\xfe\xfa", b"[" * 100_000, b"[]", b"7")

AS_JSON = Kit(
    label="http_json",
    provider="http",
    config=JSON_CONFIG,
    other_config={**JSON_CONFIG, "hook_word": "CANARYSECRET-other"},
    secret="hook_word",
    previous_secret="previous_hook_word",
    hook=json_hook,
    said=JSON_SAID,
    receipts=JSON_RECEIPTS,
    strange=(
        b'{"messages": []}',
        b'{"messages": [7, []]}',
        calls({"id": "m-1", "contact": "x", "content": [7]}, row("")),
        calls(row("")),
        became("hologram"),
        calls({"event": "sent"}),
    ),
    unsaid=(
        (calls(row("nul\0l")), [incoming(text="null")]),
        (calls(row(WORDS, contact={"phone": NUMBER[1:], "name": NAME})), [incoming(text=WORDS)]),
        (calls(row(WORDS, at="yesterday")), [Incoming("m-1", (PHONE,), Kind.TEXT, WORDS, None, NAME)]),
        (
            calls(row(WORDS, at="2031-01-01T00:00:00Z")),
            [Incoming("m-1", (PHONE,), Kind.TEXT, WORDS, None, NAME)],
        ),
        (
            calls(
                row("", {"url": "https://files.example.org/a.png"}, {"url": "https://files.example.org/b"})
            ),
            [
                incoming(
                    Kind.IMAGE,
                    media=(
                        MediaRef("https://files.example.org/a.png", Kind.IMAGE, "image/png"),
                        MediaRef("https://files.example.org/b", Kind.DOCUMENT),
                    ),
                )
            ],
        ),
        (
            became("failed", reason=f"{NUMBER} does not exist"),
            [Receipt("g-1", Status.FAILED, SAID, "failed", Verdict.GIVE_UP, MESSAGE)],
        ),
        (
            calls(row("hello", contact={"phone": "60777"})),
            [Incoming("m-1", (Sender(Scheme.PHONE, "60777"),), Kind.TEXT, "hello", SAID)],
        ),
    ),
    malformed=(
        *_UNREADABLE,
        b"{}",
        b'{"messages": "x"}',
        b'{"messages": [{}]}',
        b'{"items": [{"id": "m-1"}]}',
        calls({"id": "m-1", "contact": {"phone": NUMBER}, "content": {"body": WORDS}}),
        calls(row(WORDS, contact={"phone": ["a"]})),
        calls(row(WORDS, contact={"name": NAME})),
    ),
    batch=(calls(*(row(one, id=one) for one in ("m-0", "m-1", "m-2"))), ["m-0", "m-1", "m-2"]),
    with_unknown_field=(calls(row(WORDS, colour={"deep": [1]})), incoming(text=WORDS)),
    proof="",
    signs_body=False,
    to=PHONE,
    answers=json_answers,
    sent_id="g-1",
    words_of=lambda seen: json.loads(seen.body)["message"]["body"],
    refusals=(
        (refusal(429, "x", **{"Retry-After": "7"}), RetryLater),
        (refusal(400, "busy"), RetryLater),
        (refusal(200, "busy"), RetryLater),
        (refusal(503, ""), RetryLater),
        (refusal(401, ""), ChannelDown),
        (refusal(402, "no-money"), ChannelDown),
        (refusal(400, "blocked"), StopContacting),
        (refusal(400, "bad-number"), GiveUp),
        (refusal(200, "hologram"), GiveUp),
        (refusal(302, ""), GiveUp),
        (Answer(201, b'{"ok": true}'), Uncertain),
        (Answer(201, b'{"data": {"id": "g-1"}}'), Uncertain),
    ),
    ref=lambda base: MediaRef(f"{base}/a.jpg", Kind.IMAGE),
)

# --- a form, signed, whose receipts come to the address given with the message ---------------------------

FORM_CONFIG = {
    "base_url": "",
    "hook_word": "aword",
    "send_path": "/send",
    "body_type": "form",
    "body": "username=aid\npassword={key}\nto={to_digits}\ntext={text}\nfrom={from}\ncallback={callback}\nid={id}",
    "key": "CANARYSECRET-key",
    "sender": "AIDLINE",
    "id_name": "message_id",
    "success_text": "ACCEPTED",
    "errors": "ERR 21 = stop\nERR 9 = down\nERR 1 = retry\nERR 4 = give up",
    "format": "form",
    "in_id": "msgid",
    "in_from": "msisdn",
    "in_text": "body",
    "in_time": "ts",
    "time_format": "seconds",
    "status_name": "dlr",
    "status_id": "msgid",
    "words_delivered": "DELIVRD, 1",
    "words_failed": "UNDELIV, 2",
    "words_sent": "ACKED, 8",
    "signature_secret": "CANARYSECRET-signing",
    "signature_header": "X-Gateway-Signature",
    "signature_algorithm": "sha512",
    "signature_encoding": "base64",
    "signature_prefix": "v1=",
    "country": "GB",
}


def form(**fields: str) -> bytes:
    return urlencode(
        {"msgid": "m-1", "msisdn": "07700900123", "ts": SAID_SECONDS, "to": "60777", **fields}
    ).encode()


def from_form(text: str) -> Incoming:
    return Incoming("m-1", (PHONE,), Kind.TEXT, text, SAID)


def dlr(word: str, **more: str) -> bytes:
    return urlencode({"msgid": "g-1", "dlr": word, **more}).encode()


FORM_RECEIPTS = {
    Status.SENT: (dlr("8"), Receipt("g-1", Status.SENT, message=MESSAGE)),
    Status.DELIVERED: (dlr("DELIVRD"), Receipt("g-1", Status.DELIVERED, message=MESSAGE)),
    Status.FAILED: (dlr("undeliv"), Receipt("g-1", Status.FAILED, None, "failed", Verdict.GIVE_UP, MESSAGE)),
}


def form_hook(config: Mapping[str, str], raw: bytes) -> HookRequest:
    mac = hmac.new(config["signature_secret"].encode(), raw, hashlib.sha512).digest()
    headers = {"content-type": FORM, "x-gateway-signature": "v1=" + base64.b64encode(mac).decode()}
    url = f"https://help.example/hooks/http/1/{config['hook_word']}"
    query = f"?message={MESSAGE}" if b"dlr=" in raw else ""
    return HookRequest("POST", url + query, {}, headers, raw)


def form_answers(_seen: Seen) -> Answer:
    return Answer(body=b'{"message_id": "g-1", "status": "ACCEPTED"}')


AS_FORM = Kit(
    label="http_form",
    provider="http",
    config=FORM_CONFIG,
    other_config={**FORM_CONFIG, "signature_secret": "CANARYSECRET-other"},
    secret="signature_secret",
    previous_secret="previous_signature_secret",
    hook=form_hook,
    said={Kind.TEXT: (form(body=WORDS), from_form(WORDS))},
    receipts=FORM_RECEIPTS,
    strange=(dlr("hologram"), form(body=""), form(body="", dlr="hologram")),
    unsaid=(
        (form(body="nul\0l"), [from_form("null")]),
        (form(body="7"), [from_form("7")]),
        (b"dlr=1", [Receipt(str(MESSAGE), Status.DELIVERED, message=MESSAGE)]),
        (form(body="x", msisdn="447700900123"), [from_form("x")]),
        (form(body="x", ts="9" * 30), [Incoming("m-1", (PHONE,), Kind.TEXT, "x")]),
        (
            b"msisdn=447700900123&body=one&body=two&ts=&msgid=m-1",
            [Incoming("m-1", (PHONE,), Kind.TEXT, "one")],
        ),
    ),
    with_unknown_field=(form(body=WORDS, added="é"), from_form(WORDS)),
    malformed=(
        b"",
        b"&&&",
        b"&".join(b"a%d=1" % at for at in range(20_000)),
        b"unknown=1",
        b"a=\xff\xfe",
        b"[=" * 10_000,
        b"msisdn=&body=x",
        b"body=x",
        form(words="under another name"),
    ),
    to=PHONE,
    answers=form_answers,
    sent_id="g-1",
    words_of=lambda seen: parse_qs(seen.body.decode())["text"][0],
    refusals=(
        (Answer(200, b"ERR 1 busy"), RetryLater),
        (Answer(200, b"ERR 9 no credit"), ChannelDown),
        (Answer(200, b"ERR 21 blocked"), StopContacting),
        (Answer(200, f"ERR 4 {NUMBER} is no number".encode()), GiveUp),
        (Answer(200, b"QUEUED perhaps"), Uncertain),
        (Answer(200, b"ACCEPTED"), Uncertain),
        (Answer(400, b"what?"), GiveUp),
    ),
)

# --- everything in queries -------------------------------------------------------------------------------

QUERY_CONFIG = {
    "base_url": "",
    "hook_word": "CANARYSECRET-query",
    "send_path": "/http/send/{to_digits}?text={text}&id={id}&key={key}&reply={reply_to}",
    "method": "GET",
    "body_type": "none",
    "key": "CANARYSECRET-key",
    "id_name": "id",
    "format": "query",
    "in_id": "msgid",
    "in_from": "msisdn",
    "in_text": "body",
    "in_time": "ts",
    "time_format": "milliseconds",
    "status_name": "state",
    "status_id": "msgid",
    "status_our_id": "ref",
    "answer_body": "OK",
}


def query_hook(config: Mapping[str, str], raw: bytes) -> HookRequest:
    url = f"https://help.example/hooks/http/1/{config['hook_word']}"
    return HookRequest("GET", f"{url}?{raw.decode('utf-8', 'replace')}" if raw else url, {}, {}, b"")


def query(**fields: str) -> bytes:
    return form(**{"ts": f"{SAID_SECONDS}000", **fields})


def state(word: str) -> bytes:
    return urlencode({"msgid": "g-1", "state": word, "ref": str(MESSAGE)}).encode()


IN_QUERY = replace(
    AS_FORM,
    label="http_query",
    config=QUERY_CONFIG,
    other_config={**QUERY_CONFIG, "hook_word": "CANARYSECRET-other"},
    secret="hook_word",
    previous_secret="previous_hook_word",
    hook=query_hook,
    said={Kind.TEXT: (query(body=WORDS, msisdn=NUMBER), from_form(WORDS))},
    receipts={
        Status.SENT: (state("sent"), Receipt("g-1", Status.SENT, message=MESSAGE)),
        Status.DELIVERED: (state("delivered"), Receipt("g-1", Status.DELIVERED, message=MESSAGE)),
        Status.FAILED: (
            state("rejected"),
            Receipt("g-1", Status.FAILED, None, "failed", Verdict.GIVE_UP, MESSAGE),
        ),
    },
    strange=(state("hologram"), b"state=sent", query(body="", msisdn=NUMBER)),
    unsaid=((query(body="7", msisdn=NUMBER), [from_form("7")]),),
    with_unknown_field=(query(body=WORDS, msisdn=NUMBER, added="é"), from_form(WORDS)),
    malformed=(b"",),
    proof="",
    signs_body=False,
    is_message=lambda seen: seen.path.startswith("/http/send/447700900123?"),
    answers=lambda _: Answer(body=b'{"id": "g-1"}'),
    words_of=lambda seen: parse_qs(urlsplit(seen.path).query)["text"][0],
    refusals=(
        (Answer(429, b"", {"Retry-After": "7"}), RetryLater),
        (Answer(500, b""), RetryLater),
        (Answer(401, b""), ChannelDown),
        (Answer(404, b""), GiveUp),
        (Answer(200, b"{}"), Uncertain),
    ),
    ref=None,
    empty_is_a_look=True,
)

KITS = (AS_JSON, AS_FORM, IN_QUERY)
