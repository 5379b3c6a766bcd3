"""Our own JSON, for web chat and the generic practice provider; the format is told in `channels.wire.plain`."""

import json
import secrets
from datetime import datetime
from typing import Any

from aidline.channels.wire.plain import SIGNATURE, sign
from aidline.simulator.wire import Post

Event = dict[str, Any]


def new_id() -> str:
    return "sim-" + secrets.token_hex(12)


def post(secret: str, *events: Event) -> Post:
    body = json.dumps(events[0] if len(events) == 1 else {"events": events}, ensure_ascii=False).encode()
    return Post(body, {"content-type": "application/json", SIGNATURE.lower(): sign(secret, body)})


def event(type: str, sender: str, at: datetime, **facts: Any) -> Event:
    """`facts` as the format names them; what is empty is left out."""
    filled = {name: value for name, value in facts.items() if value not in ("", None, [])}
    return {"type": type, "from": sender, "at": at.isoformat(), **filled}


def message(sender: str, at: datetime, kind: str = "text", *, id: str = "", **facts: Any) -> Event:
    return event("message", sender, at, kind=kind, id=id or new_id(), **facts)


def reaction(sender: str, at: datetime, target: str, emoji: str) -> Event:
    return {**event("reaction", sender, at, target=target), "emoji": emoji}


def receipt(id: str, status: str, at: datetime, *, code: str = "", message: str = "") -> Event:
    facts = {"code": code, "message": message}
    filled = {name: value for name, value in facts.items() if value}
    return {"type": "receipt", "id": id, "status": status, "at": at.isoformat(), **filled}
