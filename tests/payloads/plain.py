"""Our own JSON, for web chat and the simulator's generic provider (`aidline/channels/wire/plain.py`)."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from aidline.channels.contract import (
    Card,
    Choice,
    Deletion,
    Edit,
    Event,
    HookRequest,
    Incoming,
    Kind,
    MediaRef,
    Place,
    Reaction,
    Receipt,
    Sender,
    Status,
    Verdict,
)
from payloads.kit import MESSAGE, NAME, SAID, WORDS

AT = SAID.isoformat()
FILE = {"ref": "file-1", "mime": "image/jpeg", "name": "a.jpg", "size": 9, "seconds": 3}


def body(**event: Any) -> bytes:
    return json.dumps(event, ensure_ascii=False).encode()


class Plain:
    """The same payloads from whichever address the channel knows."""

    def __init__(self, who: Sender) -> None:
        self.who = (who,)
        self.common = {"type": "message", "id": "m-1", "from": who.value, "at": AT, "name": NAME}

    def say(self, **event: Any) -> bytes:
        return body(**{**self.common, **event})

    def incoming(self, kind: Kind, **more: Any) -> Incoming:
        return Incoming("m-1", self.who, kind, sent_at=SAID, profile_name=NAME, **more)

    def _file(self, kind: Kind) -> tuple[bytes, Event]:
        media = (MediaRef("file-1", kind, "image/jpeg", "a.jpg", 9, 3),)
        return self.say(kind=kind, text=WORDS, media=[{**FILE, "kind": kind}]), self.incoming(
            kind, text=WORDS, media=media
        )

    def said(self) -> dict[Kind, tuple[bytes, Event]]:
        place = {"latitude": 50.85, "longitude": 4.35, "name": "Square", "address": "Main street 1"}
        files = (Kind.IMAGE, Kind.VIDEO, Kind.AUDIO, Kind.VOICE, Kind.DOCUMENT, Kind.STICKER)
        return {
            Kind.TEXT: (
                self.say(kind="text", text=WORDS, reply_to="m-0"),
                self.incoming(Kind.TEXT, text=WORDS, reply_to="m-0"),
            ),
            Kind.LOCATION: (
                self.say(kind="location", place=place),
                self.incoming(Kind.LOCATION, place=Place(50.85, 4.35, "Square", "Main street 1")),
            ),
            Kind.CONTACTS: (
                self.say(kind="contacts", cards=[{"name": "Cousin", "phones": ["+447700900456"]}]),
                self.incoming(Kind.CONTACTS, cards=(Card("Cousin", ("+447700900456",)),)),
            ),
            Kind.CHOICE: (
                self.say(kind="choice", choice={"id": "food", "title": "Food"}),
                self.incoming(Kind.CHOICE, text="Food", choice=Choice("food", "Food")),
            ),
            Kind.UNSUPPORTED: (
                self.say(kind="hologram"),
                self.incoming(Kind.UNSUPPORTED, raw_kind="hologram"),
            ),
            **{kind: self._file(kind) for kind in files},
        }

    def unsaid(self) -> tuple[tuple[bytes, list[Event]], ...]:
        common = {"from": self.who[0].value, "at": AT, "target": "m-1"}
        return (
            (body(type="reaction", emoji="👍", **common), [Reaction("m-1", "👍", self.who, SAID)]),
            (body(type="reaction", emoji="", **common), [Reaction("m-1", "", self.who, SAID)]),
            (body(type="edit", text="new", **common), [Edit("m-1", "new", self.who, SAID)]),
            (body(type="deletion", **common), [Deletion("m-1", self.who, SAID)]),
            (
                self.say(text="from the future", at="2099-01-01T00:00:00+00:00"),
                [Incoming("m-1", self.who, Kind.TEXT, "from the future", None, NAME)],
            ),
            (
                self.say(text="no zone", at="2026-11-22T11:00:00"),
                [Incoming("m-1", self.who, Kind.TEXT, "no zone", None, NAME)],
            ),
        )

    def batch(self) -> tuple[bytes, list[str]]:
        ids = ["m-0", "m-1", "m-2"]
        return body(events=[{**self.common, "id": one, "text": one} for one in ids]), ids

    def unknown_field(self) -> tuple[bytes, Event]:
        return self.say(text=WORDS, new={"deep": [1]}), self.incoming(Kind.TEXT, text=WORDS)


def receipts() -> dict[Status, tuple[bytes, Receipt]]:
    found = {}
    for status in Status:
        code = "too-long" if status is Status.FAILED else ""
        verdict = Verdict.GIVE_UP if code else None
        sent = body(type="receipt", id="m-9", status=status, at=AT, code=code, message=str(MESSAGE))
        found[status] = (sent, Receipt("m-9", status, SAID, code, verdict, MESSAGE))
    return found


STRANGE = (
    b"{}",
    b'{"type": "hologram", "from": "x"}',
    b'{"type": ["x"], "from": {"a": 1}}',
    b'{"id": "x", "text": "from nobody"}',
    b'{"events": "x"}',
    b'{"events": [7, [], {"type": "receipt", "status": "queued", "id": "m"}]}',
    b'{"type": "message", "from": "+447700900123", "text": "without an id"}',
)


def hook(config: Mapping[str, str], raw: bytes) -> HookRequest:
    signature = "sha256=" + hmac.new(config["secret"].encode(), raw, hashlib.sha256).hexdigest()
    headers = {"content-type": "application/json", "x-aidline-signature": signature}
    return HookRequest("POST", "https://help.example/hooks/x/1", {}, headers, raw)
