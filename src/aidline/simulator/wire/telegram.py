"""Webhooks of Telegram's Bot API.

Source: core.telegram.org/bots/api, Update and its types (Bot API 10.1, read 2026-11-24). Times are Unix seconds,
ids are numbers, messages are counted within a chat. Nothing is signed: a word in a header is the proof.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aidline.simulator.wire import Post

Part = dict[str, Any]
HEADER = "x-telegram-bot-api-secret-token"

# Longer than any id that Telegram has given so far, within the 52 bits it promises: these are nobody's.
_NOBODYS = 4_000_000_000_000_000


@dataclass(frozen=True, slots=True)
class Bot:
    """One bot, and the word that was given to Telegram with our address."""

    token: str
    secret_token: str

    @property
    def user(self) -> Part:
        number = self.token.partition(":")[0]
        named = {"first_name": "Practice bot", "username": "practice_bot"}
        return {"id": int(number) if number.isdigit() else 1, "is_bot": True, **named}


@dataclass(frozen=True, slots=True)
class User:
    id: str
    name: str = ""

    @property
    def user(self) -> Part:
        return {"id": int(self.id), "is_bot": False, **self._names}

    @property
    def chat(self) -> Part:
        return {"id": int(self.id), "type": "private", **self._names}

    @property
    def _names(self) -> Part:
        first, _, last = self.name.partition(" ")
        return {"first_name": first or "?", **({"last_name": last} if last else {})}


def new_user_id() -> str:
    return str(_NOBODYS + secrets.randbelow(500_000_000_000_000))


def new_message_id() -> str:
    return str(1 + secrets.randbelow(2**31 - 1))


# --- the call --------------------------------------------------------------------------------------------


def post(bot: Bot, **what: Part) -> Post:
    """One update; `what` names the one thing it holds."""
    body = json.dumps({"update_id": secrets.randbelow(2**31), **what}, separators=(",", ":")).encode()
    return Post(body, {"content-type": "application/json", HEADER: bot.secret_token})


# --- what a person says ----------------------------------------------------------------------------------


def message(user: User, at: datetime, *, id: str = "", reply_to: str = "", **content: Any) -> Part:
    made: Part = {
        "message_id": int(id or new_message_id()),
        "from": user.user,
        "chat": user.chat,
        "date": int(at.timestamp()),
        **content,
    }
    if reply_to:
        made["reply_to_message"] = {
            "message_id": int(reply_to),
            "chat": user.chat,
            "date": int(at.timestamp()),
            "text": "…",
        }
    return made


def file(kind: str, file_id: str, mime: str, *, size: int = 0, name: str = "") -> Part:
    """The field of a message that holds a file of this kind of ours."""
    made: Part = {"file_id": file_id, "file_unique_id": f"u{file_id[-12:]}", "file_size": size}
    if kind == "image":
        sizes = ({**made, "width": 90, "height": 67}, {**made, "width": 1280, "height": 960})
        return {"photo": list(sizes)}
    if kind == "sticker":
        shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return {"sticker": {**made, **shape, "emoji": "🙏"}}
    named = {**made, "mime_type": mime, **({"file_name": name} if name else {})}
    return {kind: {**named, **_SHAPES.get(kind, {})}}


_SHAPES: Mapping[str, Part] = {
    "video": {"width": 640, "height": 360, "duration": 3},
    "audio": {"duration": 3},
    "voice": {"duration": 3},
}


def place(latitude: float, longitude: float, title: str = "", address: str = "") -> Part:
    spot = {"latitude": latitude, "longitude": longitude}
    venue = {"location": spot, "title": title, "address": address}
    return {"location": spot, **({"venue": venue} if title or address else {})}


def contact(name: str, phone: str, *, user_id: str = "") -> Part:
    """With the sender's own id when they share their own number."""
    owner = {"user_id": int(user_id)} if user_id else {}
    return {"contact": {"phone_number": phone.removeprefix("+"), "first_name": name, **owner}}


def pressed(
    bot: Bot, user: User, at: datetime, under: str, buttons: Sequence[tuple[str, str]], data: str
) -> Part:
    """`buttons` as (data, text), as they stand below our message."""
    rows = [[{"text": text, "callback_data": own}] for own, text in buttons]
    ours = message(user, at, id=under, text="…", reply_markup={"inline_keyboard": rows})
    return {
        "id": str(secrets.randbelow(2**63)),
        "from": user.user,
        "message": {**ours, "from": bot.user},
        "chat_instance": str(secrets.randbelow(2**63)),
        "data": data,
    }


# --- what a person does ----------------------------------------------------------------------------------


def reaction(user: User, at: datetime, target: str, emoji: str) -> Part:
    now = [{"type": "emoji", "emoji": emoji.replace("\ufe0f", "")}] if emoji else []
    facts = {"chat": user.chat, "user": user.user, "date": int(at.timestamp())}
    return {**facts, "message_id": int(target), "old_reaction": [], "new_reaction": now}


def edited(user: User, at: datetime, target: str, text: str) -> Part:
    return {**message(user, at, id=target, text=text), "edit_date": int(at.timestamp())}


def membership(bot: Bot, user: User, at: datetime, *, blocked: bool) -> Part:
    was, now = ("member", "kicked") if blocked else ("kicked", "member")
    return {
        "chat": user.chat,
        "from": user.user,
        "date": int(at.timestamp()),
        "old_chat_member": {"user": bot.user, "status": was},
        "new_chat_member": {"user": bot.user, "status": now},
    }
