"""Webhooks of Meta's Cloud API for WhatsApp.

Source: developers.facebook.com/docs/whatsapp/cloud-api/webhooks (payloads, reference; 2026-11-22) and the
business-messaging-api description v23.0. Meta writes times as digits in strings and escapes non-ASCII.
"""

import hmac
import json
import secrets
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from aidline.simulator.wire import Post

Part = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Number:
    """One WhatsApp number of a business, and the secret of the app that serves it."""

    waba_id: str
    phone_number_id: str
    display: str  # digits without plus
    app_secret: str


@dataclass(frozen=True, slots=True)
class Customer:
    """Who writes: digits without plus, or nothing but a business-scoped id ("GB.1349…")."""

    wa_id: str = ""
    user_id: str = ""
    name: str = ""

    @property
    def contact(self) -> Part:
        ids = {"wa_id": self.wa_id, "user_id": self.user_id}
        return {"profile": {"name": self.name}, **{name: value for name, value in ids.items() if value}}


def new_wamid() -> str:
    return "wamid." + b64encode(secrets.token_bytes(27)).decode()


# --- the call --------------------------------------------------------------------------------------------


def post(number: Number, values: Iterable[Part]) -> Post:
    """One call with one entry; each value becomes one change in it."""
    changes = [{"field": "messages", "value": value} for value in values]
    return signed(number, {"entry": [{"id": number.waba_id, "changes": changes}]})


def template_post(
    number: Number, name: str, language: str, event: str, at: datetime, *, reason: str = "", words: str = ""
) -> Post:
    """What was decided about a template."""
    value: Part = {
        "event": event,
        "message_template_name": name,
        "message_template_language": language,
        "reason": reason or "NONE",
    }
    if words:
        value["rejection_info"] = {"reason": words, "recommendation": ""}
    change = {"field": "message_template_status_update", "value": value}
    entry = {"id": number.waba_id, "time": int(at.timestamp()), "changes": [change]}
    return signed(number, {"entry": [entry]})


def signed(number: Number, content: Part) -> Post:
    body = json.dumps({"object": "whatsapp_business_account", **content}, separators=(",", ":")).encode()
    return Post(
        body, {"content-type": "application/json", "x-hub-signature-256": sign(number.app_secret, body)}
    )


def sign(app_secret: str, body: bytes) -> str:
    return "sha256=" + hmac.digest(app_secret.encode(), body, "sha256").hex()


def said(number: Number, customer: Customer, messages: Sequence[Part]) -> Part:
    """The value of a change that carries what one customer said."""
    return {**_head(number), "contacts": [customer.contact], "messages": list(messages)}


def told(number: Number, statuses: Sequence[Part]) -> Part:
    """The value of a change that carries what became of our messages."""
    return {**_head(number), "statuses": list(statuses)}


def _head(number: Number) -> Part:
    metadata = {"display_phone_number": number.display, "phone_number_id": number.phone_number_id}
    return {"messaging_product": "whatsapp", "metadata": metadata}


# --- what a customer says --------------------------------------------------------------------------------


def message(
    customer: Customer,
    at: datetime,
    kind: str,
    content: Part | list[Part] | None,
    *,
    id: str = "",
    reply_to: str = "",
) -> Part:
    sender = {"from": customer.wa_id, "from_user_id": customer.user_id}
    made: Part = {name: value for name, value in sender.items() if value}
    made |= {"id": id or new_wamid(), "timestamp": str(int(at.timestamp())), "type": kind}
    if content is not None:
        made[kind] = content
    if reply_to:
        made["context"] = {"id": reply_to}
    return made


def text(customer: Customer, at: datetime, body: str, *, id: str = "", reply_to: str = "") -> Part:
    return message(customer, at, "text", {"body": body}, id=id, reply_to=reply_to)


def media(
    customer: Customer,
    at: datetime,
    kind: str,
    media_id: str,
    mime: str,
    *,
    content: bytes = b"",
    caption: str = "",
    filename: str = "",
    id: str = "",
) -> Part:
    """`kind` is image, video, document, audio, voice (an audio that was spoken into the phone) or sticker."""
    made: Part = {"id": media_id, "mime_type": mime, "sha256": b64encode(sha256(content).digest()).decode()}
    made |= {name: value for name, value in (("caption", caption), ("filename", filename)) if value}
    made |= _FLAGS.get(kind, {})
    return message(customer, at, "audio" if kind == "voice" else kind, made, id=id)


_FLAGS: Mapping[str, Part] = {
    "voice": {"voice": True},
    "audio": {"voice": False},
    "sticker": {"animated": False},
}


def location(
    customer: Customer,
    at: datetime,
    latitude: float,
    longitude: float,
    *,
    name: str = "",
    address: str = "",
    id: str = "",
) -> Part:
    made: Part = {"latitude": latitude, "longitude": longitude}
    made |= {key: value for key, value in (("name", name), ("address", address)) if value}
    return message(customer, at, "location", made, id=id)


def contact(customer: Customer, at: datetime, name: str, phone: str, *, id: str = "") -> Part:
    card = {
        "name": {"formatted_name": name, "first_name": name.split(" ", maxsplit=1)[0]},
        "phones": [{"phone": phone, "wa_id": phone.removeprefix("+"), "type": "CELL"}],
    }
    return message(customer, at, "contacts", [card], id=id)


def button_reply(
    customer: Customer, at: datetime, choice: str, title: str, reply_to: str, *, id: str = ""
) -> Part:
    made = {"type": "button_reply", "button_reply": {"id": choice, "title": title}}
    return message(customer, at, "interactive", made, id=id, reply_to=reply_to)


def list_reply(
    customer: Customer,
    at: datetime,
    choice: str,
    title: str,
    reply_to: str,
    *,
    description: str = "",
    id: str = "",
) -> Part:
    row = {"id": choice, "title": title, "description": description}
    made = {"type": "list_reply", "list_reply": row}
    return message(customer, at, "interactive", made, id=id, reply_to=reply_to)


def template_button(
    customer: Customer, at: datetime, payload: str, title: str, reply_to: str, *, id: str = ""
) -> Part:
    return message(customer, at, "button", {"payload": payload, "text": title}, id=id, reply_to=reply_to)


def reaction(customer: Customer, at: datetime, target: str, emoji: str, *, id: str = "") -> Part:
    """Without an emoji the reaction is taken back; Meta then leaves the field out."""
    made = {"message_id": target, **({"emoji": emoji} if emoji else {})}
    return message(customer, at, "reaction", made, id=id)


def edit(customer: Customer, at: datetime, target: str, body: str, *, id: str = "") -> Part:
    made = {"original_message_id": target, "message": {"type": "text", "text": {"body": body}}}
    return message(customer, at, "edit", made, id=id)


def deletion(customer: Customer, at: datetime, target: str, *, id: str = "") -> Part:
    return message(customer, at, "revoke", {"original_message_id": target}, id=id)


def unsupported(customer: Customer, at: datetime, raw_kind: str = "", *, id: str = "") -> Part:
    """A poll, a view-once photo, …: all that Meta does not pass on. Code 131051."""
    error = {"code": 131051, "title": "Message type unknown", "message": "Message type unknown"}
    made = message(customer, at, "unsupported", {"type": raw_kind} if raw_kind else None, id=id)
    return {**made, "errors": [error]}


# --- what became of ours ---------------------------------------------------------------------------------


def status(
    id: str,
    state: str,
    at: datetime,
    recipient: Customer,
    *,
    opaque: str = "",
    code: int = 0,
    title: str = "",
) -> Part:
    """`state` is sent, delivered, read, played or failed; a failed one carries the error's code."""
    made: Part = {"id": id, "status": state, "timestamp": str(int(at.timestamp()))}
    made["recipient_id"] = recipient.wa_id or recipient.user_id
    if recipient.user_id:
        made["recipient_user_id"] = recipient.user_id
    if opaque:
        made["biz_opaque_callback_data"] = opaque
    if state in ("sent", "delivered"):
        made["pricing"] = {"billable": False, "pricing_model": "PMP", "category": "service"}
    if code:
        made["errors"] = [{"code": code, "title": title, "message": title, "error_data": {"details": title}}]
    return made
