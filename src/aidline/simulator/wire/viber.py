"""Callbacks of Viber's REST bot API.

Source: developers.viber.com/docs/api/rest-bot-api, Callbacks (read 2026-11-24). Times are milliseconds, tokens
are whole numbers of 63 bits, and the token of the bot signs the raw body.
"""

import hmac
import json
import secrets
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aidline.simulator.wire import Post

Part = dict[str, Any]
HEADER = "x-viber-content-signature"


@dataclass(frozen=True, slots=True)
class User:
    id: str
    name: str = ""

    @property
    def user(self) -> Part:
        named = {"name": self.name} if self.name else {}
        return {"id": self.id, **named, "language": "en", "country": "GB", "api_version": 10}


def new_user_id() -> str:
    """As Viber's: base64 of sixteen bytes."""
    return b64encode(secrets.token_bytes(16)).decode()


def new_token() -> str:
    return str(2**62 + secrets.randbelow(2**62))


# --- the call --------------------------------------------------------------------------------------------


def post(auth_token: str, event: str, at: datetime, token: str, **facts: Any) -> Post:
    call = {
        "event": event,
        "timestamp": int(at.timestamp() * 1000),
        "chat_hostname": "SN-CHAT-01_",
        "message_token": int(token),
        **facts,
    }
    body = json.dumps(call, ensure_ascii=False, separators=(",", ":")).encode()
    return Post(body, {"content-type": "application/json", HEADER: sign(auth_token, body)})


def sign(auth_token: str, body: bytes) -> str:
    return hmac.digest(auth_token.encode(), body, "sha256").hex()


# --- what a person says and does -------------------------------------------------------------------------


def message(auth_token: str, user: User, at: datetime, content: Part, *, id: str = "") -> Post:
    """`content` has a `type`."""
    told = {"sender": user.user, "message": content, "silent": False}
    return post(auth_token, "message", at, id or new_token(), **told)


def started(auth_token: str, user: User, at: datetime, *, subscribed: bool = False) -> Post:
    told = {"type": "open", "context": "", "user": user.user, "subscribed": subscribed}
    return post(auth_token, "conversation_started", at, new_token(), **told)


def subscribed(auth_token: str, user: User, at: datetime) -> Post:
    return post(auth_token, "subscribed", at, new_token(), user=user.user)


def unsubscribed(auth_token: str, user: User, at: datetime) -> Post:
    return post(auth_token, "unsubscribed", at, new_token(), user_id=user.id)


# --- what became of ours ---------------------------------------------------------------------------------


def receipt(auth_token: str, event: str, at: datetime, token: str, user_id: str) -> Post:
    """`event` is delivered, seen or failed."""
    why = {"desc": "failed for practice"} if event == "failed" else {}
    return post(auth_token, event, at, token, user_id=user_id, **why)
