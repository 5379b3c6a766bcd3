"""After core.telegram.org/bots/api, Update and its types (Bot API 10.1, read 2026-11-24). Ids are nobody's."""

import json
from collections.abc import Mapping
from typing import Any

from aidline.channels.contract import (
    Card,
    ChannelDown,
    Choice,
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
    RetryLater,
    Scheme,
    Sender,
    StopContacting,
    Uncertain,
    Unknown,
)
from local_server import Answer, Seen
from payloads.kit import NAME, NUMBER, OTHER_NUMBER, SAID, SAID_SECONDS, WORDS, Kit

CONFIG = {
    "token": "4000000000001:CANARYTOKEN-bot",
    "secret_token": "CANARYSECRET-telegram",
}
CHAT = "4000000005550123"  # longer than any id that Telegram has given so far
WHO = (Sender(Scheme.TELEGRAM, CHAT),)
FIRST, LAST = NAME.split()
USER = {"id": int(CHAT), "is_bot": False, "first_name": FIRST, "last_name": LAST, "language_code": "ar"}
PRIVATE = {"id": int(CHAT), "type": "private", "first_name": FIRST, "last_name": LAST}
GROUP = {"id": -1001234567890, "type": "supergroup", "title": "Neighbours"}
FILE = {"file_id": "AgACAgQ-file", "file_unique_id": "AQADu", "file_size": 9}

Json = dict[str, Any]


def update(**what: Any) -> bytes:
    return json.dumps({"update_id": 700_000_001, **what}).encode()  # Telegram escapes non-ASCII, as json does


def message(**content: Any) -> Json:
    common = {"message_id": 41, "from": USER, "chat": PRIVATE, "date": int(SAID_SECONDS)}
    return {**common, **content}


def say(**content: Any) -> bytes:
    return update(message=message(**content))


def incoming(kind: Kind, **more: Any) -> Incoming:
    return Incoming(f"{CHAT}:41", WHO, kind, sent_at=SAID, profile_name=NAME, **more)


def file_said(field: str, content: Any, kind: Kind, mime: str, **more: Any) -> tuple[bytes, Event]:
    facts = {"size": 9, **more}
    media = (MediaRef("AgACAgQ-file", kind, mime, **facts),)
    return say(**{field: content}, caption=WORDS), incoming(kind, text=WORDS, media=media)


def query(data: str = "food", **more: Any) -> bytes:
    pressed = {
        "id": "99887766554433",
        "from": USER,
        "message": {
            **message(text="What do you need?"),
            "message_id": 40,
            "from": {"id": 4000000000001, "is_bot": True, "first_name": "Harbour Aid"},
            "reply_markup": {
                "inline_keyboard": [
                    [{"text": "Shelter", "callback_data": "shelter"}],
                    [{"text": "Food", "callback_data": "food"}],
                ]
            },
        },
        "chat_instance": "-1",
        "data": data,
    }
    return update(callback_query={**pressed, **more})


def membership(status: str, chat: Json = PRIVATE) -> bytes:
    bot = {"id": 4000000000001, "is_bot": True, "first_name": "Harbour Aid"}
    change = {
        "chat": chat,
        "from": USER,
        "date": int(SAID_SECONDS),
        "old_chat_member": {"user": bot, "status": "member"},
        "new_chat_member": {"user": bot, "status": status, "until_date": 0},
    }
    return update(my_chat_member=change)


def reaction(*now: Json, chat: Json = PRIVATE) -> bytes:
    change = {"chat": chat, "message_id": 40, "user": USER, "date": int(SAID_SECONDS)}
    return update(message_reaction={**change, "old_reaction": [], "new_reaction": list(now)})


def edited(**content: Any) -> bytes:
    return update(edited_message=message(edit_date=int(SAID_SECONDS), **content))


SAID_KINDS: dict[Kind, tuple[bytes, Event]] = {
    Kind.TEXT: (
        say(text=WORDS, reply_to_message={**message(text="Hello"), "message_id": 39}),
        incoming(Kind.TEXT, text=WORDS, reply_to=f"{CHAT}:39"),
    ),
    Kind.IMAGE: file_said(
        "photo",
        [{**FILE, "file_id": "small", "width": 90, "height": 60}, {**FILE, "width": 1280, "height": 853}],
        Kind.IMAGE,
        "image/jpeg",
    ),
    Kind.VIDEO: file_said(
        "video",
        {**FILE, "width": 640, "height": 360, "duration": 3, "mime_type": "video/mp4"},
        Kind.VIDEO,
        "video/mp4",
        seconds=3,
    ),
    Kind.AUDIO: file_said(
        "audio",
        {**FILE, "duration": 3, "mime_type": "audio/mpeg", "file_name": "a.mp3"},
        Kind.AUDIO,
        "audio/mpeg",
        name="a.mp3",
        seconds=3,
    ),
    Kind.VOICE: file_said(
        "voice", {**FILE, "duration": 3, "mime_type": "audio/ogg"}, Kind.VOICE, "audio/ogg", seconds=3
    ),
    Kind.DOCUMENT: file_said(
        "document",
        {**FILE, "mime_type": "application/pdf", "file_name": "letter.pdf"},
        Kind.DOCUMENT,
        "application/pdf",
        name="letter.pdf",
    ),
    Kind.STICKER: (
        say(sticker={**FILE, "type": "regular", "is_animated": False, "is_video": False, "emoji": "🙏"}),
        incoming(
            Kind.STICKER, text="🙏", media=(MediaRef("AgACAgQ-file", Kind.STICKER, "image/webp", size=9),)
        ),
    ),
    Kind.LOCATION: (
        say(
            location={"latitude": 50.85, "longitude": 4.35},
            venue={
                "location": {"latitude": 50.85, "longitude": 4.35},
                "title": "Square",
                "address": "Main street 1",
            },
        ),
        incoming(Kind.LOCATION, place=Place(50.85, 4.35, "Square", "Main street 1")),
    ),
    Kind.CONTACTS: (
        say(contact={"phone_number": OTHER_NUMBER[1:], "first_name": "Cousin", "user_id": 4000000005550456}),
        incoming(Kind.CONTACTS, cards=(Card("Cousin", (OTHER_NUMBER,)),)),
    ),
    Kind.CHOICE: (
        query(),
        Incoming(
            f"{CHAT}:40:99887766554433",
            WHO,
            Kind.CHOICE,
            text="Food",
            profile_name=NAME,
            choice=Choice("food", "Food"),
            reply_to=f"{CHAT}:40",
        ),
    ),
    Kind.UNSUPPORTED: (
        say(poll={"id": "1", "question": WORDS, "options": []}),
        incoming(Kind.UNSUPPORTED, text=WORDS, raw_kind="poll"),
    ),
}

OWN_CARD = say(contact={"phone_number": NUMBER, "first_name": FIRST, "user_id": int(CHAT)})

UNSAID: tuple[tuple[bytes, list[Event]], ...] = (
    (reaction({"type": "emoji", "emoji": "🙏"}), [Reaction(f"{CHAT}:40", "🙏", WHO, SAID)]),
    (
        reaction({"type": "paid"}, {"type": "emoji", "emoji": "👍"}),
        [Reaction(f"{CHAT}:40", "👍", WHO, SAID)],
    ),
    (reaction(), [Reaction(f"{CHAT}:40", "", WHO, SAID)]),
    (edited(text=WORDS), [Edit(f"{CHAT}:41", WORDS, WHO, SAID)]),
    (edited(photo=[FILE], caption=WORDS), [Edit(f"{CHAT}:41", WORDS, WHO, SAID)]),
    (membership("kicked"), [Preference(WHO, opted_out=True)]),
    (membership("member"), [Preference(WHO, opted_out=False)]),
    (
        OWN_CARD,
        [
            Incoming(
                f"{CHAT}:41",
                (*WHO, Sender(Scheme.PHONE, NUMBER)),
                Kind.CONTACTS,
                sent_at=SAID,
                profile_name=NAME,
                cards=(Card(FIRST, (NUMBER,)),),
            )
        ],
    ),
    (
        edited(location={"latitude": 50.86, "longitude": 4.35, "live_period": 900}),
        [Unknown("edited-location")],
    ),
)

STRANGE = (
    b"{}",
    update(),
    update(hologram={"of": "a leader"}),
    update(message={}),
    update(message=None),
    update(message=[]),
    say(chat=GROUP, text=WORDS),
    say(chat={"id": -100, "type": "channel"}, text=WORDS),
    say(chat={"id": "@name", "type": "private"}, text=WORDS),
    say(chat=GROUP, migrate_to_chat_id=-1009999),
    say(pinned_message=message(text=WORDS)),
    say(message_auto_delete_timer_changed={"message_auto_delete_time": 86400}),
    update(channel_post=message(chat=GROUP, text=WORDS)),
    update(edited_message=message(chat=GROUP, text=WORDS)),
    reaction({"type": "custom_emoji", "custom_emoji_id": "5"}),
    reaction({"type": "emoji", "emoji": "👍"}, chat=GROUP),
    membership("administrator"),
    membership("kicked", GROUP),
    query(data=""),
    query(message={"chat": GROUP, "message_id": 4, "date": 0}),
    update(inline_query={"id": "1", "from": USER, "query": WORDS, "offset": ""}),
    update(**{"x" * 200: {}}),
)


def hook(config: Mapping[str, str], body: bytes) -> HookRequest:
    headers = {
        "content-type": "application/json",
        "x-telegram-bot-api-secret-token": config["secret_token"],
    }
    return HookRequest("POST", "https://help.example/hooks/telegram/1", {}, headers, body)


# --- out -------------------------------------------------------------------------------------------------


def answers(seen: Seen) -> Answer:
    """A message gets its number, a file its path, and a path its file."""
    if "/file/bot" in seen.path:
        return Answer(body=b"the file", headers={"Content-Type": "application/octet-stream"})
    if seen.path.endswith("/getFile"):
        return result({"file_id": FILE["file_id"], "file_unique_id": "u", "file_path": "photos/file_0.jpg"})
    return result({"message_id": 77, "chat": PRIVATE, "date": int(SAID_SECONDS)})


def result(found: Any) -> Answer:
    return Answer(body=json.dumps({"ok": True, "result": found}).encode())


def refusal(code: int, description: str, **parameters: Any) -> Answer:
    body = {"ok": False, "error_code": code, "description": description}
    return Answer(code, json.dumps({**body, **({"parameters": parameters} if parameters else {})}).encode())


KITS = (
    Kit(
        label="telegram",
        provider="telegram",
        config=CONFIG,
        other_config={"token": "4000000000002:CANARYTOKEN-other", "secret_token": "CANARYSECRET-other"},
        secret="secret_token",
        previous_secret="previous_secret_token",
        hook=hook,
        said=SAID_KINDS,
        receipts={},
        strange=STRANGE,
        unsaid=UNSAID,
        with_unknown_field=(
            say(text=WORDS, hologram={"text": "no"}, entities=[{"type": "bold", "offset": 0, "length": 3}]),
            incoming(Kind.TEXT, text=WORDS),
        ),
        stops=(membership("kicked"), say(text="/stop")),
        proof="secret-token",
        signs_body=False,
        knows_our_id=False,
        to=WHO[0],
        answers=answers,
        sent_id=f"{CHAT}:77",
        is_message=lambda seen: seen.path.rpartition("/")[2].startswith("send"),
        words_of=lambda seen: json.loads(seen.body).get("text", ""),
        refusals=(
            (refusal(400, "Bad Request: chat not found"), GiveUp),
            (refusal(400, "Bad Request: message is too long"), GiveUp),
            (refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1009), GiveUp),
            (refusal(401, "Unauthorized"), ChannelDown),
            (refusal(403, "Forbidden: bot was blocked by the user"), StopContacting),
            (refusal(403, f"Forbidden: user {CHAT} is deactivated"), StopContacting),
            (refusal(404, "Not Found"), ChannelDown),
            (refusal(409, "Conflict: terminated by other getUpdates request"), ChannelDown),
            (refusal(429, "Too Many Requests: retry after 7", retry_after=7), RetryLater),
            (refusal(500, "Internal Server Error"), RetryLater),
            (Answer(200, b'{"ok": true, "result": {}}'), Uncertain),
            (Answer(200, b"{}"), Uncertain),
        ),
        ref=lambda _: MediaRef("AgACAgQ-file", Kind.IMAGE, "image/jpeg"),
        telling=(CHAT, NUMBER[1:], "CANARYWORDS", "Canaryname"),
    ),
)
