"""What the app on a phone tells of its SMS and MMS. Its quirks: `providers/android_sms.py`."""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aidline.channels.contract import (
    Event,
    Incoming,
    Kind,
    MediaRef,
    Receipt,
    Scheme,
    Sender,
    Status,
    Unknown,
    Verdict,
)
from aidline.channels.wire.reading import count, document, ident, part, parts, said, uuid, written_moment
from aidline.kernel import phones

_OLDEST = timedelta(days=7)
_KINDS: Mapping[str, Kind] = {"image": Kind.IMAGE, "video": Kind.VIDEO, "audio": Kind.AUDIO}
_VCARDS = frozenset({"text/vcard", "text/x-vcard", "text/directory"})
_LAYOUT = "application/smil"  # how a slide is laid out: no file of anybody's
_MOST_FILES = 20

# Android's own words for a failure (developer.android.com, SmsManager, read 2026-11-24) within the app's sentence.
_CONSTANT = re.compile(r"\bRESULT_[A-Z_]{3,60}\b")

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One call of the app. `at` is the phone's clock where it is possible."""

    id: str
    name: str
    payload: Fields
    received_at: datetime
    region: str

    def at(self, field: str) -> datetime | None:
        when = written_moment(self.payload.get(field))
        return when if when and self.received_at - _OLDEST <= when <= self.received_at else None

    @property
    def sender(self) -> str:
        """Numbers of one's own country may come without their code; names and short codes stay as they are."""
        given = ident(self.payload.get("sender")) or ident(self.payload.get("phoneNumber"))
        return phones.normalise(given, self.region) or given.strip()[:60]


def event(body: bytes, received_at: datetime, *, region: str, announced: bool) -> Event:
    """`announced`: a picture message is told when it is announced, and not when it was downloaded."""
    whole = document(body)
    name = ident(whole.get("event"))
    told = Told(ident(whole.get("id")), name, part(whole.get("payload")), received_at, region)
    if name == ("mms:downloaded" if announced else "mms:received"):
        return Unknown(name)
    read = _READERS.get(name)
    return read(told) if read else Unknown(f"event-{name}"[:60])


# --- what people said ------------------------------------------------------------------------------------


def _incoming(told: Told, kind: Kind, **content: Any) -> Event:
    """The id is that of the event: `messageId` is a hash of the text, or a counter of the phone."""
    if not told.id or not told.sender:
        return Unknown(f"{told.name}-from-nobody"[:60])
    sender = (Sender(Scheme.PHONE, told.sender),)
    return Incoming(told.id, sender, kind, sent_at=told.at("receivedAt"), **content)


def _text(told: Told) -> Event:
    return _incoming(told, Kind.TEXT, text=said(told.payload.get("message")))


def _data(told: Told) -> Event:
    """Bytes for a program on the phone; words in them are shown all the same."""
    return _incoming(told, Kind.UNSUPPORTED, raw_kind="data-sms", text=_words(told.payload.get("data")))


def _words(packed: Any) -> str:
    try:
        words = (_bytes(packed) or b"").decode()
    except ValueError:
        return ""
    return said(words) if words.replace("\n", " ").isprintable() else ""


def _bytes(packed: Any) -> bytes | None:
    try:
        return base64.b64decode(packed) if isinstance(packed, str) and packed else None
    except ValueError:
        return None


def _announced(told: Told) -> Event:
    return _incoming(told, Kind.UNSUPPORTED, raw_kind="mms", text=said(told.payload.get("subject")))


def _picture_message(told: Told) -> Event:
    rows = parts(told.payload.get("attachments"))[:_MOST_FILES]
    files = tuple(_file(told, row) for row in rows if _mime(row) and _mime(row) != _LAYOUT)
    subject, body = said(told.payload.get("subject")), said(told.payload.get("body"))
    text = "\n".join(dict.fromkeys(filter(None, (subject, body))))
    if files:
        return _incoming(told, files[0].kind, text=text, media=files)
    return _incoming(told, Kind.TEXT, text=text) if text else _announced(told)


def _file(told: Told, row: Fields) -> MediaRef:
    mime = _mime(row)
    kind = Kind.CONTACTS if mime in _VCARDS else _KINDS.get(mime.partition("/")[0], Kind.DOCUMENT)
    return MediaRef(
        ref=f"{ident(told.payload.get('messageId'))}/{ident(row.get('partId'))}",
        kind=kind,
        mime=mime,
        name=said(row.get("name"))[:255],
        size=count(row.get("size")) or None,
        content=_bytes(row.get("data")),
    )


def _mime(row: Fields) -> str:
    return ident(row.get("contentType")).partition(";")[0].strip().lower()


# --- what became of ours ---------------------------------------------------------------------------------


def _receipt(status: Status, moment: str) -> Callable[[Told], Event]:
    def read(told: Told) -> Event:
        """`messageId` is the id that we gave."""
        external_id = ident(told.payload.get("messageId"))
        if not external_id:
            return Unknown(f"{told.name}-of-nothing"[:60])
        failed = status is Status.FAILED
        return Receipt(
            external_id,
            status,
            told.at(moment),
            code=_code(told) if failed else "",
            verdict=Verdict.GIVE_UP if failed else None,
            message=uuid(external_id),
        )

    return read


def _code(told: Told) -> str:
    if told.name == "sms:cancelled":
        return "cancelled"
    reason = said(told.payload.get("reason"))
    found = _CONSTANT.search(reason)
    if found:
        return found[0]
    return "expired" if "ttl" in reason.lower() or "expired" in reason.lower() else "failed"


_READERS: Mapping[str, Callable[[Told], Event]] = {
    "sms:received": _text,
    "sms:data-received": _data,
    "mms:received": _announced,
    "mms:downloaded": _picture_message,
    "sms:sent": _receipt(Status.SENT, "sentAt"),
    "sms:delivered": _receipt(Status.DELIVERED, "deliveredAt"),
    "sms:failed": _receipt(Status.FAILED, "failedAt"),
    "sms:cancelled": _receipt(Status.FAILED, "cancelledAt"),
}
