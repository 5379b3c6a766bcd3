"""Webhooks of Messenger and Instagram.

Source: developers.facebook.com/docs/messenger-platform/webhooks and /docs/instagram-platform/webhooks/examples
(read 2026-11-24). One event in each `messaging`; times are milliseconds; names of people are in none of them.
"""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aidline.simulator.wire import Post
from aidline.simulator.wire.meta import sign

Part = dict[str, Any]

MESSENGER, INSTAGRAM = "page", "instagram"
FILE_TYPES = {
    "image": "image",
    "video": "video",
    "audio": "audio",
    "voice": "audio",
    "document": "file",
    "sticker": "image",
}
THUMB = 369239263222822  # the sticker that everybody has


@dataclass(frozen=True, slots=True)
class Page:
    """A page or a professional account; `thing` is what a body calls its kind."""

    thing: str
    id: str
    app_secret: str
    app_id: str = ""


def new_mid(thing: str = MESSENGER) -> str:
    return ("m_" if thing == MESSENGER else "aWdfZAG1faXRl") + secrets.token_urlsafe(48)


# --- the call --------------------------------------------------------------------------------------------


def post(page: Page, happened: Iterable[Part], at: datetime) -> Post:
    entry = {"id": page.id, "time": milliseconds(at), "messaging": list(happened)}
    return signed(page, [entry])


def nothing(page: Page) -> Post:
    """Where the vendor has no word for what became of a message."""
    return signed(page, [])


def signed(page: Page, entries: list[Part]) -> Post:
    body = json.dumps({"object": page.thing, "entry": entries}, separators=(",", ":")).encode()
    headers = {"content-type": "application/json", "x-hub-signature-256": sign(page.app_secret, body)}
    return Post(body, headers)


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


# --- what a person says or does --------------------------------------------------------------------------


def by(page: Page, person: str, at: datetime, **happened: Part) -> Part:
    who = {"sender": {"id": person}, "recipient": {"id": page.id}}
    return {**who, "timestamp": milliseconds(at), **happened}


def message(
    page: Page, person: str, at: datetime, *, id: str = "", text: str = "", reply_to: str = "", **more: Any
) -> Part:
    made: Part = {"mid": id or new_mid(page.thing), **({"text": text} if text else {}), **more}
    if reply_to:
        made["reply_to"] = {"mid": reply_to}
    return by(page, person, at, message=made)


def attachment(kind: str, url: str, name: str = "") -> Part:
    """`kind` is image, video, audio, voice, document or sticker."""
    payload: Part = {"url": url}
    if kind == "sticker":
        payload["sticker_id"] = THUMB
    if name and kind == "document":
        payload["name"] = name
    return {"type": FILE_TYPES[kind], "payload": payload}


def location(latitude: float, longitude: float, title: str) -> Part:
    spot = {"coordinates": {"lat": latitude, "long": longitude}}
    return {"type": "location", "title": title, "payload": spot}


def reaction(page: Page, person: str, at: datetime, target: str, emoji: str) -> Part:
    made = {"mid": target, "action": "react" if emoji else "unreact"}
    return by(page, person, at, reaction=made | ({"emoji": emoji, "reaction": "other"} if emoji else {}))


def edit(page: Page, person: str, at: datetime, target: str, text: str) -> Part:
    return by(page, person, at, message_edit={"mid": target, "text": text, "num_edit": 1})


def postback(page: Page, person: str, at: datetime, payload: str, title: str, *, id: str = "") -> Part:
    made = {"mid": id or new_mid(page.thing), "payload": payload, "title": title}
    return by(page, person, at, postback=made)


# --- what became of ours ---------------------------------------------------------------------------------


def echo(page: Page, person: str, at: datetime, id: str, metadata: str = "") -> Part:
    """Instagram tells neither the app nor what the app had put in."""
    who = {"sender": {"id": page.id}, "recipient": {"id": person}}
    told = {"app_id": int(page.app_id), "metadata": metadata} if page.app_id and metadata else {}
    return {**who, "timestamp": milliseconds(at), "message": {"mid": id, "is_echo": True, **told}}


def delivery(page: Page, person: str, at: datetime, id: str) -> Part:
    return by(page, person, at, delivery={"mids": [id], "watermark": milliseconds(at)})


def read(page: Page, person: str, at: datetime, id: str = "") -> Part:
    """Messenger names the moment, Instagram the message."""
    return by(page, person, at, read={"mid": id} if id else {"watermark": milliseconds(at)})
