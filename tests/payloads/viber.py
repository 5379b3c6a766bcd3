"""After developers.viber.com/docs/api/rest-bot-api, callbacks and send_message (read 2026-11-24)."""

import hmac
import json
from collections.abc import Mapping
from typing import Any

from aidline.channels.contract import (
    Card,
    ChannelDown,
    Choice,
    Event,
    GiveUp,
    HookRequest,
    Incoming,
    Kind,
    MediaRef,
    Place,
    Preference,
    Receipt,
    RetryLater,
    Scheme,
    Sender,
    Status,
    StopContacting,
    Uncertain,
    Unknown,
    Verdict,
)
from aidline.channels.wire.viber_bodies import sends
from local_server import Answer, Seen
from payloads.kit import NAME, NUMBER, OTHER_NUMBER, SAID, SAID_SECONDS, WORDS, Kit

CONFIG = {"auth_token": "CANARYTOKEN-viber", "sender_name": "Port Merin", "welcome": "Marhaba"}
ID = "CANARYid+/917PBuvPZmA=="
WHO = (Sender(Scheme.VIBER, ID),)
TOKEN = 5741311803571721087  # more than a double can hold
MEDIA = "https://dl-media.viber.com/5/media/2/short/any/sig/image/0x0/file?Signature=CANARYSIGNED"

Json = dict[str, Any]


def callback(event: str, **more: Any) -> bytes:
    common = {"event": event, "timestamp": int(f"{SAID_SECONDS}000"), "chat_hostname": "SN-CHAT-01_"}
    return json.dumps({**common, "message_token": TOKEN, **more}, ensure_ascii=False).encode()


def say(kind: str, **content: Any) -> bytes:
    sender = {"id": ID, "name": NAME, "avatar": "https://example.org/a.jpg", "language": "ar"}
    sender |= {"country": "GB", "api_version": 10}
    return callback("message", sender=sender, message={"type": kind, **content}, silent=False)


def incoming(kind: Kind, **more: Any) -> Incoming:
    return Incoming(str(TOKEN), WHO, kind, sent_at=SAID, profile_name=NAME, **more)


def media(kind: Kind, mime: str = "", **more: Any) -> tuple[MediaRef, ...]:
    return (MediaRef(MEDIA, kind, mime, **more),)


def receipt(status: Status, code: str = "", verdict: Verdict | None = None) -> Receipt:
    return Receipt(str(TOKEN), status, SAID, code, verdict)


SAID_KINDS: dict[Kind, tuple[bytes, Event]] = {
    Kind.TEXT: (say("text", text=WORDS, tracking_data="x"), incoming(Kind.TEXT, text=WORDS)),
    Kind.IMAGE: (
        say("picture", text=WORDS, media=MEDIA, thumbnail=MEDIA, file_name="a.jpg", size=9),
        incoming(Kind.IMAGE, text=WORDS, media=media(Kind.IMAGE, name="a.jpg", size=9)),
    ),
    Kind.VIDEO: (
        say("video", media=MEDIA, thumbnail=MEDIA, size=9, duration=3),
        incoming(Kind.VIDEO, media=media(Kind.VIDEO, size=9, seconds=3)),
    ),
    Kind.DOCUMENT: (
        say("file", media=MEDIA, file_name="letter.pdf", file_size=9),
        incoming(Kind.DOCUMENT, media=media(Kind.DOCUMENT, name="letter.pdf", size=9)),
    ),
    Kind.STICKER: (
        say("sticker", sticker_id=46105, media=MEDIA),
        incoming(Kind.STICKER, media=media(Kind.STICKER, "image/png")),
    ),
    Kind.LOCATION: (
        say("location", location={"lat": 50.85, "lon": 4.35, "address": "Main street 1"}),
        incoming(Kind.LOCATION, place=Place(50.85, 4.35, address="Main street 1")),
    ),
    Kind.CONTACTS: (
        say("contact", contact={"name": "Cousin", "phone_number": OTHER_NUMBER[1:], "avatar": MEDIA}),
        incoming(Kind.CONTACTS, cards=(Card("Cousin", (OTHER_NUMBER,)),)),
    ),
    Kind.CHOICE: (
        say("text", text=sends("food", "Food")),
        incoming(Kind.CHOICE, text="Food", choice=Choice("food", "Food")),
    ),
    Kind.UNSUPPORTED: (
        say("rich_media", text=WORDS),
        incoming(Kind.UNSUPPORTED, text=WORDS, raw_kind="rich_media"),
    ),
}

RECEIPTS = {
    Status.DELIVERED: (callback("delivered", user_id=ID), receipt(Status.DELIVERED)),
    Status.READ: (callback("seen", user_id=ID), receipt(Status.READ)),
    Status.FAILED: (
        callback("failed", user_id=ID, desc=f"could not reach {NAME}"),
        receipt(Status.FAILED, "failed", Verdict.GIVE_UP),
    ),
}

STARTED = callback(
    "conversation_started", type="open", context="camp-7", user={"id": ID, "name": NAME}, subscribed=False
)

UNSAID: tuple[tuple[bytes, list[Event]], ...] = (
    (callback("unsubscribed", user_id=ID), [Preference(WHO, opted_out=True)]),
    (callback("subscribed", user={"id": ID, "name": NAME}), [Preference(WHO, opted_out=False)]),
    (STARTED, [Unknown("conversation_started")]),
    (callback("webhook"), [Unknown("webhook")]),
    (say("url", media="https://example.org/x"), [incoming(Kind.TEXT, text="https://example.org/x")]),
)

STRANGE = (
    b"{}",
    callback("hologram"),
    callback("client_status", user={"id": ID}),
    callback("message"),
    callback("message", sender={"id": ID}),
    callback("message", sender={"id": ID}, message=[]),
    callback("message", sender={}, message={"type": "text", "text": WORDS}),
    callback("message", sender={"id": ID}, message={"type": "text"}, message_token=None),
    callback("delivered", user_id=ID, message_token=None),
    callback("unsubscribed"),
    callback("subscribed", user=[]),
    callback("x" * 200),
    json.dumps({"event": ["message"]}).encode(),
    STARTED,
)


def hook(config: Mapping[str, str], body: bytes) -> HookRequest:
    signature = hmac.digest(config["auth_token"].encode(), body, "sha256").hex()
    headers = {"content-type": "application/json", "x-viber-content-signature": signature}
    url = f"https://help.example/hooks/viber/1?sig={signature}"
    return HookRequest("POST", url, {"sig": signature}, headers, body)


# --- out -------------------------------------------------------------------------------------------------


def answers(seen: Seen) -> Answer:
    if seen.method == "GET":
        return Answer(body=b"the file", headers={"Content-Type": "image/jpeg"})
    return Answer(body=json.dumps({"status": 0, "status_message": "ok", "message_token": TOKEN}).encode())


def refusal(status: int, words: str = "") -> Answer:
    return Answer(body=json.dumps({"status": status, "status_message": words or WORDS}).encode())


KITS = (
    Kit(
        label="viber",
        provider="viber",
        config=CONFIG,
        other_config={**CONFIG, "auth_token": "CANARYTOKEN-other"},
        secret="auth_token",
        previous_secret="previous_auth_token",
        hook=hook,
        said=SAID_KINDS,
        receipts=RECEIPTS,
        strange=STRANGE,
        unsaid=UNSAID,
        with_unknown_field=(
            say("text", text=WORDS, hologram={"text": "no"}),
            incoming(Kind.TEXT, text=WORDS),
        ),
        stops=(callback("unsubscribed", user_id=ID),),
        knows_our_id=False,
        to=WHO[0],
        answers=answers,
        sent_id=str(TOKEN),
        is_message=lambda seen: seen.path.endswith("/send_message"),
        words_of=lambda seen: json.loads(seen.body).get("text", ""),
        refusals=(
            (refusal(1), GiveUp),
            (refusal(2), ChannelDown),
            (refusal(3), GiveUp),
            (refusal(5), GiveUp),
            (refusal(6), StopContacting),
            (refusal(7), ChannelDown),
            (refusal(9), ChannelDown),
            (refusal(10), ChannelDown),
            (refusal(11), GiveUp),
            (refusal(12), RetryLater),
            (refusal(23), GiveUp),
            (refusal(24), GiveUp),
            (refusal(4242), GiveUp),
            (Answer(200, b'{"status": 0, "status_message": "ok"}'), Uncertain),
            (Answer(200, b"{}"), Uncertain),
        ),
        ref=lambda url: MediaRef(f"{url}/media/file.jpg?Signature=x", Kind.IMAGE),
        telling=("CANARYid", NUMBER[1:], "CANARYWORDS", "Canaryname", "CANARYSIGNED"),
    ),
)
