"""Messenger's and Instagram's webhook JSON to events. Quirks are told in `providers/messenger.py`.

Both bring `entry[].messaging[]`, one thing each, from a person (`sender`) to our account, or as an echo the other
way round. Every field may be missing or of another type than documented: nothing here raises, and what is not
known comes out as unsupported or unknown.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aidline.channels.contract import (
    Choice,
    Deletion,
    Edit,
    Event,
    Incoming,
    Kind,
    Malformed,
    MediaRef,
    Place,
    Preference,
    Reaction,
    Receipt,
    ReceiptUpTo,
    Scheme,
    Sender,
    Status,
    Unknown,
)
from aidline.channels.wire.meta import entries_changed
from aidline.channels.wire.reading import degrees, document, ident, moment, part, parts, said, uuid

Part = dict[str, Any]
Senders = tuple[Sender, ...]

MEDIA_KINDS: Mapping[str, Kind] = {
    "image": Kind.IMAGE,
    "video": Kind.VIDEO,
    "audio": Kind.AUDIO,
    "file": Kind.DOCUMENT,
    "sticker": Kind.STICKER,
}

# Where a reaction comes as a word alone (Messenger, "message_reactions"; Instagram, "Webhooks").
EMOJI: Mapping[str, str] = {
    "love": "❤️",
    "like": "👍",
    "dislike": "👎",
    "smile": "😆",
    "laugh": "😆",
    "wow": "😮",
    "sad": "😢",
    "angry": "😠",
    "other": "⭐",
}

_MILLISECONDS = 100_000_000_000  # no count of seconds reaches this before the year 5138


@dataclass(frozen=True, slots=True)
class Ours:
    """Whose webhook it is: one page or account, and the app that sends for it."""

    thing: str  # what `object` says: page or instagram
    account: str
    app: str
    scheme: Scheme


def when(value: Any) -> datetime | None:
    """Milliseconds, now and then seconds."""
    number = ident(value)
    if not number.isdecimal() or int(number) < _MILLISECONDS:
        return moment(number)
    found = moment(int(number) // 1000)
    return found.replace(microsecond=int(number) % 1000 * 1000) if found else None


def accounts_in(body: bytes) -> frozenset[str]:
    try:
        entries = parts(document(body).get("entry"))
    except Malformed:
        return frozenset()
    return frozenset(filter(None, (ident(entry.get("id")) for entry in entries)))


def without(body: bytes, accounts: frozenset[str]) -> bytes:
    return entries_changed(
        body, lambda entries: [entry for entry in entries if ident(entry.get("id")) not in accounts]
    )


def events(whole: Part, ours: Ours) -> Iterator[Event]:
    if ident(whole.get("object")) != ours.thing:
        yield Unknown(ident(whole.get("object"))[:60] or "object")
        return
    for entry in parts(whole.get("entry")):
        if ident(entry.get("id")) not in ("", ours.account):
            yield Unknown("other-account")
            continue
        for one in parts(entry.get("messaging")):
            yield from _one(one, ours)
        for one in parts(entry.get("standby")):
            yield _standby(one, ours)
        for change in parts(entry.get("changes")):
            yield Unknown(f"change-{ident(change.get('field'))}"[:60])


def _one(one: Part, ours: Ours) -> Iterator[Event]:
    name = next((name for name in _DONE if isinstance(one.get(name), dict)), "")
    if not name:
        others = [key for key in one if key not in ("sender", "recipient", "timestamp")]
        yield Unknown(str(min(others, default="messaging")).encode("utf-8", "replace").decode()[:60])
        return
    yield from _DONE[name](_Happening(one, part(one[name]), ours))


class _Happening:
    """One thing that was said or done, and by whom."""

    __slots__ = ("at", "by_us", "inner", "ours", "senders")

    def __init__(self, one: Part, inner: Part, ours: Ours) -> None:
        sender = ident(part(one.get("sender")).get("id"))
        self.inner, self.ours = inner, ours
        self.at = when(one.get("timestamp"))
        self.by_us = inner.get("is_echo") is True or sender == ours.account
        self.senders = (Sender(ours.scheme, sender),) if sender else ()


# --- messages --------------------------------------------------------------------------------------------


def _message(it: _Happening) -> Iterator[Event]:
    mid = ident(it.inner.get("mid"))
    if it.by_us:
        yield _echo(it, mid)
    elif not mid or not it.senders:
        yield Unknown("message")
    elif it.inner.get("is_deleted") is True:
        yield Deletion(mid, it.senders, it.at)
    else:
        yield _incoming(it, mid, **_content(it.inner))


def _incoming(it: _Happening, mid: str, **content: Any) -> Incoming:
    target = part(it.inner.get("reply_to"))
    reply_to = ident(target.get("mid")) or ident(part(target.get("story")).get("id"))
    return Incoming(mid, it.senders, sent_at=it.at, reply_to=reply_to, **content)


def _echo(it: _Happening, mid: str) -> Event:
    """What left our account: through us it is proof that it left; from anywhere else nobody here said it."""
    message, app = uuid(it.inner.get("metadata")), ident(it.inner.get("app_id"))
    foreign = bool(app and it.ours.app and app != it.ours.app)
    if mid and not foreign and (message or (app and app == it.ours.app)):
        return Receipt(mid, Status.SENT, it.at, message=message)
    return Unknown("echo")


def _content(message: Part) -> Part:
    text, files = said(message.get("text")), parts(message.get("attachments"))
    quick = part(message.get("quick_reply"))
    if quick:
        return _chosen(quick.get("payload"), text)
    if message.get("is_unsupported") is True:
        return {"kind": Kind.UNSUPPORTED, "raw_kind": "unsupported", "text": text}
    if files:
        return _attached(text, files)
    if text:
        return {"kind": Kind.TEXT, "text": text}
    odd = next((name for name in message if name not in _COMMON), "message")
    return {"kind": Kind.UNSUPPORTED, "raw_kind": odd.encode("utf-8", "replace").decode()[:60]}


_COMMON = frozenset({"mid", "text", "attachments", "reply_to", "metadata", "app_id", "seq"})


def _chosen(payload: Any, title: str) -> Part:
    return {"kind": Kind.CHOICE, "text": title, "choice": Choice(ident(payload), title)}


def _attached(text: str, files: list[Part]) -> Part:
    """Several pictures may come in one message; it is of the kind of the first."""
    media = tuple(ref for ref in map(_media, files) if ref)
    if media:
        return {"kind": media[0].kind, "text": text, "media": media}
    return _ATTACHED.get(ident(files[0].get("type")), _shared)(text, files[0])


def _media(file: Part) -> MediaRef | None:
    payload, kind = part(file.get("payload")), MEDIA_KINDS.get(ident(file.get("type")))
    url = said(payload.get("url"))[:4096]
    if kind is None or not url:
        return None
    ours = Kind.STICKER if payload.get("sticker_id") else kind
    name = said(payload.get("name") or file.get("name")) if kind is Kind.DOCUMENT else ""
    return MediaRef(url, ours, name=name[:255])


def _location(text: str, file: Part) -> Part:
    spot = part(part(file.get("payload")).get("coordinates"))
    latitude, longitude = degrees(spot.get("lat"), 90), degrees(spot.get("long"), 180)
    if latitude is None or longitude is None:
        return _shared(text, file)
    place = Place(latitude, longitude, said(file.get("title")))
    return {"kind": Kind.LOCATION, "text": text, "place": place}


def _link(text: str, file: Part) -> Part:
    """A link that the person sent: the text mostly holds it already."""
    words = text or _title_and_address(file)
    return {"kind": Kind.TEXT, "text": words} if words else _shared(text, file)


def _shared(text: str, file: Part) -> Part:
    """A post, reel or story of somebody: its address runs out, and whose it is nobody knows. Not fetched."""
    words = "\n".join(filter(None, (text, _title_and_address(file))))
    return {"kind": Kind.UNSUPPORTED, "raw_kind": ident(file.get("type"))[:60] or "attachment", "text": words}


def _title_and_address(file: Part) -> str:
    payload = part(file.get("payload"))
    title = said(payload.get("title")) or said(file.get("title"))
    return "\n".join(filter(None, (title, said(payload.get("url")) or said(file.get("url")))))


_ATTACHED: Mapping[str, Callable[[str, Part], Part]] = {"location": _location, "fallback": _link}


def _postback(it: _Happening) -> Iterator[Event]:
    """A button of a template, an ice breaker or "Get started". Old versions give it no id."""
    if it.by_us or not it.senders:
        yield Unknown("postback")
        return
    stamp = f"{it.at.timestamp():.3f}" if it.at else ""
    mid = ident(it.inner.get("mid")) or f"postback-{it.senders[0].value}-{stamp}"
    yield _incoming(it, mid, **_chosen(it.inner.get("payload"), said(it.inner.get("title"))))


def _standby(one: Part, ours: Ours) -> Event:
    """Another app has the word in this conversation. What a person wrote is shown all the same."""
    message = part(one.get("message"))
    it = _Happening(one, message, ours)
    mid = ident(message.get("mid"))
    if it.by_us or not mid or not it.senders:
        return Unknown("standby")
    if message.get("is_deleted") is True:
        return Deletion(mid, it.senders, it.at)
    shown = {**_content(message), "kind": Kind.UNSUPPORTED, "raw_kind": "standby"}
    return _incoming(it, mid, **shown)


# --- what is not said but done ---------------------------------------------------------------------------


def _edit(it: _Happening) -> Iterator[Event]:
    mid = ident(it.inner.get("mid"))
    known = mid and it.senders and not it.by_us
    yield Edit(mid, said(it.inner.get("text")), it.senders, it.at) if known else Unknown("message_edit")


def _reaction(it: _Happening) -> Iterator[Event]:
    mid, action = ident(it.inner.get("mid")), ident(it.inner.get("action"))
    if not mid or not it.senders or it.by_us or action not in ("react", "unreact"):
        yield Unknown("reaction")
        return
    emoji, word = said(it.inner.get("emoji")), ident(it.inner.get("reaction"))
    shown = EMOJI.get(word, EMOJI["other"]) if not emoji or emoji.isascii() else emoji
    yield Reaction(mid, shown if action == "react" else "", it.senders, it.at)


def _delivery(it: _Happening) -> Iterator[Event]:
    mids = it.inner.get("mids")
    named = [ident(mid) for mid in mids] if isinstance(mids, list) else []
    until = when(it.inner.get("watermark"))
    if any(named):
        yield from (Receipt(mid, Status.DELIVERED, it.at or until) for mid in named if mid)
    else:
        yield _up_to(it, Status.DELIVERED, until)


def _read(it: _Happening) -> Iterator[Event]:
    """Instagram names the message, Messenger the moment."""
    mid = ident(it.inner.get("mid"))
    if mid:
        yield Receipt(mid, Status.READ, it.at)
    else:
        yield _up_to(it, Status.READ, when(it.inner.get("watermark")))


def _up_to(it: _Happening, status: Status, until: datetime | None) -> Event:
    known = until and it.senders and not it.by_us
    return ReceiptUpTo(it.senders, status, until) if known and until else Unknown(f"{status}-receipt")


_WISHES = {"STOP_NOTIFICATIONS": True, "RESUME_NOTIFICATIONS": False}


def _optin(it: _Happening) -> Iterator[Event]:
    """Of all opt-ins only the wish to hear no more, or again, is one that we act upon."""
    wish = _WISHES.get(ident(it.inner.get("notification_messages_status")).replace(" ", "_").upper())
    known = wish is not None and it.senders
    yield Preference(it.senders, bool(wish)) if known else Unknown("optin")


def _unknown(name: str) -> Callable[[_Happening], Iterator[Event]]:
    def known_by_name(_it: _Happening) -> Iterator[Event]:
        yield Unknown(name)

    return known_by_name


_DONE: Mapping[str, Callable[[_Happening], Iterator[Event]]] = {
    "message": _message,
    "postback": _postback,
    "message_edit": _edit,
    "reaction": _reaction,
    "delivery": _delivery,
    "read": _read,
    "optin": _optin,
    **{
        name: _unknown(name)
        for name in ("referral", "policy_enforcement", "policy-enforcement", "pass_thread_control")
    },
    **{
        name: _unknown(name)
        for name in ("take_thread_control", "request_thread_control", "app_roles", "account_linking")
    },
}
