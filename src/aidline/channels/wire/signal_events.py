"""Signal's envelopes, as signal-cli writes them, to events. Their quirks: `providers/signal.py`.

A message is named by who wrote it and when: `<uuid>:<milliseconds>` of a person, `<our number>:<milliseconds>` of us.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aidline.channels.contract import (
    Card,
    Deletion,
    Edit,
    Event,
    Incoming,
    Kind,
    MediaRef,
    Reaction,
    Receipt,
    Scheme,
    Sender,
    Status,
    Unknown,
)
from aidline.channels.wire.reading import count, ident, part, parts, said
from aidline.kernel import phones

Fields = dict[str, Any]

_LAST_MOMENT = 4_102_444_800_000  # 2100-01-01 in milliseconds
_MOST_TIMES = 1000
_MOST_FILES = 32
_KINDS: Mapping[str, Kind] = {"image": Kind.IMAGE, "video": Kind.VIDEO, "audio": Kind.AUDIO}
# About a message, not in it.
_FRAME = frozenset(
    {"timestamp", "message", "expiresInSeconds", "viewOnce", "mentions", "textStyles", "previews", "quote"}
    | {"storyContext", "attachments", "contacts", "profileKey"}
)
_NOT_SAID = frozenset({"adminDelete", "pinMessage", "unpinMessage", "pollVote", "pollTerminate"})


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who wrote, by all that may be known of them."""

    fields: Fields
    ours: str  # our number
    received_at: datetime

    @property
    def uuid(self) -> str:
        return ident(self.fields.get("sourceUuid")) or self._source(number=False)

    @property
    def number(self) -> str:
        given = ident(self.fields.get("sourceNumber")) or self._source(number=True)
        return phones.e164(given.removeprefix("+")) or ""

    def _source(self, *, number: bool) -> str:
        source = ident(self.fields.get("source"))
        return source if source.startswith("+") is number else ""

    @property
    def senders(self) -> tuple[Sender, ...]:
        known = ((Scheme.PHONE, self.number), (Scheme.SIGNAL, self.uuid))
        return tuple(Sender(scheme, value) for scheme, value in known if value)

    def theirs(self, moment: Any) -> str:
        return _name(self.uuid or self.number, moment)

    def named(self, authors: tuple[Any, ...], moment: Any) -> str:
        """Between two people: whatever is not theirs is ours."""
        given = {ident(author) for author in authors}
        return self.theirs(moment) if given & {self.uuid, self.number} - {""} else _name(self.ours, moment)


def _name(author: str, moment: Any) -> str:
    at = ident(moment)
    return f"{author}:{at}" if author and at.isascii() and at.isdigit() else ""


def milliseconds(value: Any) -> datetime | None:
    at = count(value)
    return datetime.fromtimestamp(at / 1000, UTC) if at and at < _LAST_MOMENT else None


def opened(whole: Fields) -> tuple[Fields, str, Fields]:
    """Envelope, account and trouble: bare, or wrapped as JSON-RPC, there perhaps within a subscription."""
    inner = part(whole.get("params")) or whole
    inner = part(inner.get("result")) or inner
    return part(inner.get("envelope")), ident(inner.get("account")), part(inner.get("exception"))


def events(whole: Fields, ours: str, received_at: datetime) -> list[Event]:
    fields, account, trouble = opened(whole)
    envelope = Envelope(fields, ours, received_at)
    if account and account != ours:
        return [Unknown("other-account")]
    if not envelope.senders:
        return [Unknown("nobody")]
    if trouble:
        return [_unreadable(envelope)]
    for name, read in _READERS.items():
        if inner := part(fields.get(name)):
            return list(read(envelope, inner))
    known = [name for name in fields if name.endswith("Message")]
    return [Unknown((known[0] if known else "envelope")[:60])]


def _unreadable(envelope: Envelope) -> Event:
    """Somebody wrote and it could not be decrypted; if Signal sends it anew, it comes under its own name."""
    name = envelope.theirs(envelope.fields.get("timestamp"))
    return _incoming(envelope, f"{name}:unreadable", {}, kind=Kind.UNSUPPORTED, raw_kind="unreadable")


# --- what people said ------------------------------------------------------------------------------------


def _data(envelope: Envelope, data: Fields) -> Iterator[Event]:
    name = envelope.theirs(data.get("timestamp") or envelope.fields.get("timestamp"))
    if "groupInfo" in data or "groupV2" in data:
        yield Unknown("group")
    elif data.get("isExpirationUpdate") is True:
        yield Unknown("expiration-update")
    elif not name:
        yield Unknown("message-without-time")
    elif reaction := part(data.get("reaction")):
        yield _reaction(envelope, reaction)
    elif "remoteDelete" in data:
        yield _deletion(envelope, data)
    else:
        content = _content(data)
        yield _incoming(envelope, name, data, **content) if content else Unknown("empty-message")


def _incoming(envelope: Envelope, name: str, data: Fields, **content: Any) -> Event:
    quote = part(data.get("quote"))
    authors = (quote.get("authorUuid"), quote.get("authorNumber"), quote.get("author"))
    return Incoming(
        external_id=name,
        senders=envelope.senders,
        sent_at=_at(envelope, data),
        profile_name=said(envelope.fields.get("sourceName"))[:200],
        reply_to=envelope.named(authors, quote.get("id")) if quote else "",
        **content,
    )


def _at(envelope: Envelope, data: Fields) -> datetime | None:
    """The phone's clock, unless it is ahead of ours: then that of Signal."""
    given = (
        data.get("timestamp"),
        envelope.fields.get("timestamp"),
        envelope.fields.get("serverReceivedTimestamp"),
    )
    moments = (milliseconds(one) for one in given)
    return next((moment for moment in moments if moment and moment <= envelope.received_at), None)


def _content(data: Fields) -> Fields:
    """Empty where nothing was said. What is new comes in as unsupported, under its own name."""
    text = said(data.get("message"))
    if media := _media(data.get("attachments")):
        captions = (said(one.get("caption")) for one in parts(data.get("attachments")))
        words = "\n".join(dict.fromkeys(filter(None, (text, *captions))))
        return {"kind": media[0].kind, "text": words, "media": media}
    if cards := tuple(map(_card, parts(data.get("contacts")))):
        return {"kind": Kind.CONTACTS, "text": text, "cards": cards}
    if strange := _strange(data):
        return {"kind": Kind.UNSUPPORTED, "text": text or _question(data), "raw_kind": strange[:60]}
    return {"kind": Kind.TEXT, "text": text} if text else {}


def _strange(data: Fields) -> str:
    """Flags are about a message; what is in it is an object, a list or a text."""
    of_content = (name for name, value in data.items() if value and isinstance(value, dict | list | str))
    return next((name for name in of_content if name not in _FRAME | _NOT_SAID), "")


def _question(data: Fields) -> str:
    return said(part(data.get("pollCreate")).get("question")) or said(part(data.get("payment")).get("note"))


def _media(rows: Any) -> tuple[MediaRef, ...]:
    return tuple(_file(row) for row in parts(rows)[:_MOST_FILES] if ident(row.get("id")))


def _file(row: Fields) -> MediaRef:
    mime = ident(row.get("contentType")).partition(";")[0].strip().lower()
    spoken = row.get("isVoiceNote") is True or row.get("voiceNote") is True
    kind = Kind.VOICE if spoken else _KINDS.get(mime.partition("/")[0], Kind.DOCUMENT)
    name, size = said(row.get("filename"))[:255], count(row.get("size")) or None
    return MediaRef(ident(row.get("id")), kind, mime=mime, name=name, size=size)


def _card(contact: Fields) -> Card:
    name = part(contact.get("name"))
    whole = " ".join(
        filter(None, (said(name.get(one)) for one in ("prefix", "given", "middle", "family", "suffix")))
    )
    numbers = (said(one.get("value")) for one in parts(contact.get("phone")))
    emails = (said(one.get("value")) for one in parts(contact.get("email")))
    shown = (
        said(name.get("display")) or whole or said(name.get("nickname")) or said(contact.get("organization"))
    )
    return Card(shown, tuple(filter(None, numbers)), tuple(filter(None, emails)))


# --- what is done to a message, and what became of ours --------------------------------------------------


def _reaction(envelope: Envelope, reaction: Fields) -> Event:
    authors = (
        reaction.get("targetAuthorUuid"),
        reaction.get("targetAuthorNumber"),
        reaction.get("targetAuthor"),
    )
    target = envelope.named(authors, reaction.get("targetSentTimestamp"))
    emoji = "" if reaction.get("isRemove") is True else said(reaction.get("emoji"))[:32]
    if not target:
        return Unknown("reaction-to-nothing")
    return Reaction(target, emoji, envelope.senders, _at(envelope, {}))


def _deletion(envelope: Envelope, data: Fields) -> Event:
    target = envelope.theirs(part(data.get("remoteDelete")).get("timestamp"))
    gone = Deletion(target, envelope.senders, _at(envelope, data))
    return gone if target else Unknown("deletion-of-nothing")


def _edit(envelope: Envelope, edit: Fields) -> Iterator[Event]:
    """A second edit names the first one, and not the message."""
    data = part(edit.get("dataMessage"))
    target = envelope.theirs(edit.get("targetSentTimestamp"))
    if "groupInfo" in data or "groupV2" in data or not target:
        yield Unknown("group" if target else "edit-of-nothing")
        return
    becomes = envelope.theirs(data.get("timestamp") or envelope.fields.get("timestamp"))
    yield Edit(target, said(data.get("message")), envelope.senders, _at(envelope, data), becomes)


def _receipts(envelope: Envelope, receipt: Fields) -> Iterator[Event]:
    seen = receipt.get("isRead") is True or receipt.get("isViewed") is True
    if not seen and receipt.get("isDelivery") is not True:
        yield Unknown("receipt")
        return
    moments = receipt.get("timestamps")
    named = [_name(envelope.ours, one) for one in moments[:_MOST_TIMES]] if isinstance(moments, list) else []
    status, at = Status.READ if seen else Status.DELIVERED, milliseconds(receipt.get("when"))
    known: list[Event] = [Receipt(name, status, at) for name in named if name]
    yield from known or [Unknown("receipt-of-nothing")]


_READERS: Mapping[str, Callable[[Envelope, Fields], Iterator[Event]]] = {
    "dataMessage": _data,
    "editMessage": _edit,
    "receiptMessage": _receipts,
}
