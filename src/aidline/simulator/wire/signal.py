"""Envelopes as the bridge to Signal posts them; their format is told in `channels.wire.signal_events`.

On a phone here a message is named by its millisecond alone: who wrote it is known.
"""

import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from aidline.kernel import clock
from aidline.simulator.wire import Post

Part = Mapping[str, Any]

_lock = threading.Lock()
_last = 0


def new_moment() -> str:
    """Now in milliseconds; no two are alike."""
    global _last  # noqa: PLW0603 (one clock for the whole practice)
    with _lock:
        _last = max(int(clock.now().timestamp() * 1000), _last + 1)
        return str(_last)


def uuid_of(address: str) -> str:
    """Somebody who shows their number has a uuid beside it."""
    return str(uuid5(NAMESPACE_URL, f"signal {address}")) if address.startswith("+") else address


def post(ours: str, sender: str, name: str, at: datetime, content: Part) -> Post:
    shown = sender if sender.startswith("+") else None
    moment = int(at.astimezone(UTC).timestamp() * 1000)
    envelope = {
        "source": shown or uuid_of(sender),
        "sourceNumber": shown,
        "sourceUuid": uuid_of(sender),
        "sourceName": name,
        "sourceDevice": 1,
        "timestamp": moment,
        "serverReceivedTimestamp": moment,
        "serverDeliveredTimestamp": moment,
        **content,
    }
    whole = {"jsonrpc": "2.0", "method": "receive", "params": {"envelope": envelope, "account": ours}}
    return Post(json.dumps(whole, ensure_ascii=False).encode(), {"content-type": "application/json"})


def message(moment: str, **content: Any) -> Part:
    data = {"timestamp": int(moment), "message": None, "expiresInSeconds": 0, "viewOnce": False, **content}
    return {"dataMessage": data}


def attachment(file: str, mime: str, size: int, *, name: str = "", voice: bool = False) -> Part:
    return {
        "contentType": mime,
        "filename": name or None,
        "id": file,
        "size": size,
        "isVoiceNote": voice,
    }


def contact(name: str, phone: str) -> Part:
    given, _, family = name.partition(" ")
    return {
        "name": {"given": given, "family": family or None},
        "phone": [{"value": phone, "type": "MOBILE"}],
        "email": [],
    }


def quote(author: str, moment: str) -> Part:
    return {"id": int(moment), "author": author, "authorNumber": author, "text": ""}


def reaction(author: str, target: str, emoji: str) -> Part:
    return {
        "emoji": emoji or "👍",
        "targetAuthor": author,
        "targetAuthorNumber": author,
        "targetSentTimestamp": int(target),
        "isRemove": not emoji,
    }


def edit(moment: str, target: str, words: str) -> Part:
    return {"editMessage": {"targetSentTimestamp": int(target), **message(moment, message=words)}}


def receipt(moment: str, at: datetime, *, read: bool) -> Part:
    return {
        "receiptMessage": {
            "when": int(at.astimezone(UTC).timestamp() * 1000),
            "isDelivery": not read,
            "isRead": read,
            "isViewed": False,
            "timestamps": [int(moment)],
        }
    }


def sent_elsewhere(moment: str) -> Part:
    """What linked devices are told of a message of ours: nothing that anybody waits for."""
    return {"syncMessage": {"sentMessage": {"timestamp": int(moment)}}}
