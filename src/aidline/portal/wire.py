"""The bodies our own web chat stores for its channel; `channels/wire/plain.py` tells the format.

They hold no time: the same message sent twice is the same bytes, and so one delivery.
"""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid5

from aidline.channels.contract import Kind, Status
from aidline.conversations.sending import Upload

Fields = dict[str, Any]


def message(
    *,
    client_id: UUID,
    visitor: str,
    text: str,
    language: str,
    upload: Upload | None,
    contact: dict[str, str],
    choice: dict[str, str] | None = None,
) -> bytes:
    """A way to reach them is a card after what they said, so that it can be told from it and covered."""
    said: Fields = {
        "type": "message",
        "id": str(client_id),
        "from": visitor,
        "kind": (upload.kind if upload else Kind.TEXT).value,
        "text": text,
        "language": language,
        "media": [_file(upload)] if upload else [],
    }
    if choice:
        said |= {"kind": Kind.CHOICE.value, "choice": {"id": choice["id"], "title": choice["title"]}}
    return _packed([said, _card(client_id, visitor, contact)] if contact else [said])


def receipts(*, messages: Iterable[UUID], status: Status) -> bytes:
    ids = sorted(map(str, messages))
    return _packed([{"type": "receipt", "id": one, "message": one, "status": status.value} for one in ids])


def card_id(client_id: UUID) -> UUID:
    return uuid5(client_id, "contact")


def _card(client_id: UUID, visitor: str, contact: dict[str, str]) -> Fields:
    card = {
        "name": "",
        "phones": [contact["phone"]] if "phone" in contact else [],
        "emails": [contact["email"]] if "email" in contact else [],
    }
    return {
        "type": "message",
        "id": str(card_id(client_id)),
        "from": visitor,
        "kind": Kind.CONTACTS.value,
        "cards": [card],
    }


def _file(upload: Upload) -> Fields:
    return {
        "ref": f"media:{upload.media_id}",  # already here: nothing to fetch
        "kind": upload.kind.value,
        "mime": upload.mime,
        "name": upload.name,
        "size": upload.size,
        "seconds": upload.seconds,
    }


def _packed(events: list[Fields]) -> bytes:
    return json.dumps({"events": events}, ensure_ascii=False, sort_keys=True).encode()
