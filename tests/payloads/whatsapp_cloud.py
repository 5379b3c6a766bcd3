"""After developers.facebook.com/docs/whatsapp/cloud-api, webhooks and messages (read 2026-11-22)."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from aidline.channels.contract import (
    AddressChange,
    Card,
    ChannelDown,
    Choice,
    Deletion,
    Edit,
    Event,
    GiveUp,
    HookRequest,
    Incoming,
    Kind,
    MediaRef,
    Place,
    Preference,
    Reaction,
    Receipt,
    RetryLater,
    Scheme,
    Sender,
    Status,
    StopContacting,
    TemplateChange,
    Uncertain,
    Unknown,
    Verdict,
)
from local_server import Answer, Seen
from payloads.kit import MESSAGE, NAME, NUMBER, OTHER_NUMBER, RECEIVED, SAID, SAID_SECONDS, WORDS, Kit

CONFIG = {
    "phone_number_id": "100000000000001",
    "waba_id": "200000000000002",
    "access_token": "CANARYTOKEN-system-user",
    "app_secret": "CANARYSECRET-app",
    "verify_token": "CANARYVERIFY-word",
}
WA_ID = NUMBER[1:]
BSUID = "GB.13491208655302741918"
PHONE, USER = Sender(Scheme.PHONE, NUMBER), Sender(Scheme.WHATSAPP_USER, BSUID)

Json = dict[str, Any]


def envelope(*values: Json, field: str = "messages") -> bytes:
    changes = [{"field": field, "value": value} for value in values]
    whole = {"object": "whatsapp_business_account", "entry": [{"id": CONFIG["waba_id"], "changes": changes}]}
    return json.dumps(whole).encode()  # Meta escapes non-ASCII, as json does


def value(*messages: Json, number_id: str = CONFIG["phone_number_id"], **more: Any) -> Json:
    found: Json = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "447700900999", "phone_number_id": number_id},
        "contacts": [{"profile": {"name": NAME}, "wa_id": WA_ID, "user_id": BSUID}],
    }
    return {**found, **({"messages": list(messages)} if messages else {}), **more}


def message(kind: str, content: Any, **more: Any) -> Json:
    common = {"from": WA_ID, "from_user_id": BSUID, "id": f"wamid.{kind}", "timestamp": SAID_SECONDS}
    return {**common, "type": kind, kind: content, **more}


def incoming(raw: str, kind: Kind, **more: Any) -> Incoming:
    return Incoming(f"wamid.{raw}", (PHONE, USER), kind, sent_at=SAID, profile_name=NAME, **more)


def said(kind: str, content: Any, ours: Kind, **more: Any) -> tuple[bytes, Incoming]:
    return envelope(value(message(kind, content))), incoming(kind, ours, **more)


def file(kind: Kind, mime: str, name: str = "") -> tuple[MediaRef, ...]:
    return (MediaRef("1166846181421424", kind, mime, name),)


MEDIA = {"id": "1166846181421424", "sha256": "MYGTOWvZYMLwvFKYTQi2w+KR/kpYuVqZ+uWFuHHKmTs="}
REPLY = {"context": {"from": "447700900999", "id": "wamid.OURS", "forwarded": True}}

SAID_KINDS: dict[Kind, tuple[bytes, Event]] = {
    Kind.TEXT: (
        envelope(value({**message("text", {"body": WORDS}), **REPLY})),
        incoming("text", Kind.TEXT, text=WORDS, reply_to="wamid.OURS", forwarded=True),
    ),
    Kind.IMAGE: said(
        "image",
        {**MEDIA, "mime_type": "image/jpeg", "caption": WORDS},
        Kind.IMAGE,
        text=WORDS,
        media=file(Kind.IMAGE, "image/jpeg"),
    ),
    Kind.VIDEO: said(
        "video", {**MEDIA, "mime_type": "video/mp4"}, Kind.VIDEO, media=file(Kind.VIDEO, "video/mp4")
    ),
    Kind.AUDIO: said(
        "audio", {**MEDIA, "mime_type": "audio/mpeg"}, Kind.AUDIO, media=file(Kind.AUDIO, "audio/mpeg")
    ),
    Kind.VOICE: said(
        "audio",
        {**MEDIA, "mime_type": "audio/ogg; codecs=opus", "voice": True},
        Kind.VOICE,
        media=file(Kind.VOICE, "audio/ogg; codecs=opus"),
    ),
    Kind.DOCUMENT: said(
        "document",
        {**MEDIA, "mime_type": "application/pdf", "filename": "letter.pdf"},
        Kind.DOCUMENT,
        media=file(Kind.DOCUMENT, "application/pdf", "letter.pdf"),
    ),
    Kind.STICKER: said(
        "sticker",
        {**MEDIA, "mime_type": "image/webp", "animated": False},
        Kind.STICKER,
        media=file(Kind.STICKER, "image/webp"),
    ),
    Kind.LOCATION: said(
        "location",
        {"latitude": 50.85, "longitude": 4.35, "name": "Square", "address": "Main street 1"},
        Kind.LOCATION,
        place=Place(50.85, 4.35, "Square", "Main street 1"),
    ),
    Kind.CONTACTS: said(
        "contacts",
        [
            {
                "name": {"formatted_name": "Cousin"},
                "phones": [{"phone": OTHER_NUMBER}],
                "emails": [{"email": "c@e.example"}],
            }
        ],
        Kind.CONTACTS,
        cards=(Card("Cousin", (OTHER_NUMBER,), ("c@e.example",)),),
    ),
    Kind.CHOICE: said(
        "interactive",
        {"type": "list_reply", "list_reply": {"id": "food", "title": "Food", "description": "Where to eat"}},
        Kind.CHOICE,
        text="Food",
        choice=Choice("food", "Food", "Where to eat"),
    ),
    Kind.UNSUPPORTED: said("unsupported", {"type": "poll"}, Kind.UNSUPPORTED, raw_kind="poll"),
}


def status(word: str, *, at: str = SAID_SECONDS, **more: Any) -> Json:
    common = {"id": "wamid.OURS", "status": word, "timestamp": at, "recipient_id": WA_ID}
    return {**common, "biz_opaque_callback_data": str(MESSAGE), **more}


def receipt(
    word: str, ours: Status, code: str = "", verdict: Verdict | None = None, **more: Any
) -> tuple[bytes, Receipt]:
    body = envelope(value(statuses=[status(word, **more)]))
    return body, Receipt("wamid.OURS", ours, SAID, code, verdict, MESSAGE)


def failed(code: int) -> Json:
    return {"errors": [{"code": code, "title": "x", "message": "x", "error_data": {"details": WORDS}}]}


PRESSED = message("button", {"payload": "yes", "text": "Yes"})
BY_USER_ONLY = {**message("text", {"body": WORDS}), "from": None}
IN_FROM = {**message("text", {"body": WORDS}), "from": BSUID, "from_user_id": None}
NO_NAME = [{"profile": {}, "user_id": BSUID}]

UNSAID: tuple[tuple[bytes, list[Event]], ...] = (
    (
        envelope(value(message("reaction", {"message_id": "wamid.OURS", "emoji": "👍"}))),
        [Reaction("wamid.OURS", "👍", (PHONE, USER), SAID)],
    ),
    (
        envelope(value(message("reaction", {"message_id": "wamid.OURS"}))),
        [Reaction("wamid.OURS", "", (PHONE, USER), SAID)],
    ),
    (
        envelope(
            value(
                message(
                    "edit",
                    {
                        "original_message_id": "wamid.text",
                        "message": {"type": "text", "text": {"body": "new"}},
                    },
                )
            )
        ),
        [Edit("wamid.text", "new", (PHONE, USER), SAID)],
    ),
    (
        envelope(value(message("revoke", {"original_message_id": "wamid.text"}))),
        [Deletion("wamid.text", (PHONE, USER), SAID)],
    ),
    (
        envelope(
            value(message("system", {"type": "user_changed_number", "wa_id": OTHER_NUMBER[1:], "body": "x"}))
        ),
        [AddressChange((PHONE, USER), (Sender(Scheme.PHONE, OTHER_NUMBER),))],
    ),
    (
        envelope(value(PRESSED)),
        [incoming("button", Kind.CHOICE, text="Yes", choice=Choice("yes", "Yes"))],
    ),
    (
        envelope(value(BY_USER_ONLY, contacts=NO_NAME)),
        [Incoming("wamid.text", (USER,), Kind.TEXT, WORDS, SAID)],
    ),
    (
        envelope(value(IN_FROM, contacts=NO_NAME)),
        [Incoming("wamid.text", (USER,), Kind.TEXT, WORDS, SAID)],
    ),
    (
        envelope(
            {
                "event": "PAUSED",
                "message_template_name": "welcome",
                "message_template_language": "ar",
                "reason": "NONE",
            },
            field="message_template_status_update",
        ),
        [TemplateChange("welcome", "ar", "paused")],
    ),
    (
        envelope(
            {"user_preferences": [{"wa_id": WA_ID, "category": "marketing_messages", "value": "resume"}]},
            field="user_preferences",
        ),
        [Preference((PHONE,), opted_out=False)],
    ),
    (
        envelope(value(message("text", {"body": "other"}), number_id="999")),
        [Unknown("other-number")],
    ),
    (
        envelope(value(statuses=[status("warning"), status("deleted")])),
        [Unknown("status-warning"), Unknown("status-deleted")],
    ),
)


def text(at: int) -> Json:
    return {**message("text", {"body": str(at)}), "id": f"wamid.{at}"}


BATCH_BODY = json.dumps(
    {
        "object": "whatsapp_business_account",
        "entry": [
            {"id": "1", "changes": [{"field": "messages", "value": value(text(0), text(1))}]},
            {
                "id": "1",
                "changes": [
                    {"field": "messages", "value": value(text(2))},
                    {"field": "messages", "value": value(text(3), statuses=[status("read")])},
                ],
            },
        ],
    }
).encode()

STRANGE = (
    b"{}",
    b'{"object": "page"}',
    b'{"object": "whatsapp_business_account", "entry": "x"}',
    b'{"object": "whatsapp_business_account", "entry": [7, {"changes": {"a": 1}}, {"changes": [null, []]}]}',
    envelope({}, field="account_update"),
    envelope(value({"type": ["x"], "id": 7, "from": {}, "timestamp": []})),
    envelope(value(message("text", {"body": "in a group"}, group_id="g1"))),
    envelope(value(statuses=[{"status": {}, "id": None}, {"status": "sent"}])),
    envelope(value(errors=[{"code": 131000}])),
)


def hook(config: Mapping[str, str], body: bytes) -> HookRequest:
    signature = "sha256=" + hmac.new(config["app_secret"].encode(), body, hashlib.sha256).hexdigest()
    headers = {"content-type": "application/json", "x-hub-signature-256": signature}
    return HookRequest("POST", "https://help.example/hooks/whatsapp_cloud/1", {}, headers, body)


def asks(token: str, mode: str = "subscribe") -> HookRequest:
    query = {"hub.mode": mode, "hub.verify_token": token, "hub.challenge": "1158201444"}
    return HookRequest("GET", "https://help.example/hooks/whatsapp_cloud/1", query, {}, b"")


def answers(seen: Seen) -> Answer:
    if seen.path.endswith("/media"):
        return Answer(body=b'{"id": "media-1"}')
    if seen.method == "GET" and seen.path.endswith("/1166846181421424"):
        url = f"http://{seen.headers['host']}/cdn/file"
        return Answer(body=json.dumps({"url": url, "mime_type": "image/jpeg", "id": "1"}).encode())
    if seen.path.startswith("/cdn/"):
        return Answer(body=b"the file", headers={"Content-Type": "image/jpeg"})
    found = {
        "messaging_product": "whatsapp",
        "contacts": [{"input": WA_ID, "wa_id": WA_ID}],
        "messages": [{"id": "wamid.OURS"}],
    }
    return Answer(body=json.dumps(found).encode())


def words_of(seen: Seen) -> str:
    body = json.loads(seen.body)
    content = body[body["type"]]
    return content.get("body") or content.get("caption", "")


def refusal(status_code: int, code: int, **headers: str) -> Answer:
    error = {"message": WORDS, "type": "OAuthException", "code": code, "fbtrace_id": "x"}
    return Answer(status_code, json.dumps({"error": error}).encode(), headers)


KITS = (
    Kit(
        label="whatsapp_cloud",
        provider="whatsapp_cloud",
        config=CONFIG,
        other_config={**CONFIG, "phone_number_id": "100000000000009"},  # one app secret for both
        secret="app_secret",
        previous_secret="previous_app_secret",
        hook=hook,
        said=SAID_KINDS,
        receipts={
            Status.SENT: receipt("sent", Status.SENT),
            Status.DELIVERED: receipt("delivered", Status.DELIVERED),
            Status.READ: receipt("played", Status.READ),
            Status.FAILED: receipt("failed", Status.FAILED, "131047", Verdict.GIVE_UP, **failed(131047)),
        },
        strange=STRANGE,
        unsaid=UNSAID,
        batch=(BATCH_BODY, ["wamid.0", "wamid.1", "wamid.2", "wamid.3"]),
        with_unknown_field=(
            envelope(value(message("text", {"body": WORDS, "new": {"deep": [1]}}, newer=7), latest=[])),
            incoming("text", Kind.TEXT, text=WORDS),
        ),
        stops=(
            envelope(
                {"user_preferences": [{"wa_id": WA_ID, "category": "marketing_messages", "value": "stop"}]},
                field="user_preferences",
            ),
        ),
        handshakes=(
            (asks(CONFIG["verify_token"]), (200, b"1158201444")),
            (asks("wrong"), (403, b"")),
            (asks(CONFIG["verify_token"], mode="x"), (403, b"")),
            (asks("é\udc80"), (403, b"")),
        ),
        to=PHONE,
        answers=answers,
        sent_id="wamid.OURS",
        is_message=lambda seen: seen.method == "POST" and seen.path.endswith("/messages"),
        words_of=words_of,
        refusals=(
            (refusal(400, 131056), RetryLater),
            (refusal(400, 130429), RetryLater),
            (refusal(429, 80007, **{"Retry-After": "7"}), RetryLater),
            (refusal(500, 131000), RetryLater),
            (refusal(503, 0), ChannelDown),
            (refusal(401, 190), ChannelDown),
            (refusal(403, 10), ChannelDown),
            (refusal(403, 200), ChannelDown),
            (refusal(400, 131031), ChannelDown),
            (refusal(400, 131050), StopContacting),
            (refusal(400, 131026), GiveUp),
            (refusal(400, 131047), GiveUp),
            (refusal(400, 131049), GiveUp),
            (refusal(400, 131062), GiveUp),
            (refusal(400, 132001), GiveUp),
            (refusal(400, 100), GiveUp),
            (refusal(400, 999999), GiveUp),
            (Answer(200, b"{}"), Uncertain),
        ),
        ref=lambda _: MediaRef("1166846181421424", Kind.IMAGE, "image/jpeg"),
    ),
)

assert RECEIVED > SAID
