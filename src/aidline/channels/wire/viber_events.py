"""Viber's callbacks to events. Its quirks are told in `providers/viber.py`.

Every field may be missing or of another type than documented: nothing here raises, and what is not known
comes out as unsupported or unknown.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from aidline.channels.contract import (
    Card,
    Event,
    Incoming,
    Kind,
    MediaRef,
    Place,
    Preference,
    Receipt,
    Scheme,
    Sender,
    Status,
    Unknown,
    Verdict,
)
from aidline.channels.wire.reading import count, degrees, ident, moment, part, said
from aidline.channels.wire.viber_bodies import pressed
from aidline.kernel import phones

Json = dict[str, Any]

STATUSES: Mapping[str, Status] = {
    "delivered": Status.DELIVERED,
    "seen": Status.READ,
    "failed": Status.FAILED,
}


def event(call: Json) -> Event:
    name = ident(call.get("event"))
    read = _READERS.get(name)
    return read(call) if read else Unknown(name[:60] or "event")


def _sender(user_id: Any) -> tuple[Sender, ...]:
    """The id is base64 and the bot's own: the same person has another one at every bot."""
    found = ident(user_id)
    return (Sender(Scheme.VIBER, found),) if found else ()


def _at(call: Json) -> datetime | None:
    """Milliseconds."""
    whole = count(call.get("timestamp"))
    second = moment(whole // 1000) if whole else None
    return second + timedelta(milliseconds=whole % 1000) if second and whole else None


# --- messages --------------------------------------------------------------------------------------------


def _message(call: Json) -> Event:
    sender, message = part(call.get("sender")), part(call.get("message"))
    external_id, senders = ident(call.get("message_token")), _sender(sender.get("id"))
    kind = ident(message.get("type"))
    if not external_id or not senders or not message:
        return Unknown(f"message-{kind}"[:60])
    content = _CONTENT.get(kind, _unsupported)(message) or _unsupported(message)
    return Incoming(
        external_id=external_id,
        senders=senders,
        sent_at=_at(call),
        profile_name=said(sender.get("name")),
        **content,
    )


def _text(message: Json) -> dict[str, Any]:
    """A pressed button is a text too: the one that we gave it."""
    text = said(message.get("text"))
    choice = pressed(text)
    if choice:
        return {"kind": Kind.CHOICE, "text": choice.title, "choice": choice}
    return {"kind": Kind.TEXT, "text": text}


def _url(message: Json) -> dict[str, Any]:
    words = (said(message.get("text")), said(message.get("media")))
    return {"kind": Kind.TEXT, "text": "\n".join(dict.fromkeys(filter(None, words)))}


def _file(message: Json) -> dict[str, Any] | None:
    kind, mime = _FILES[ident(message.get("type"))]
    ref = said(message.get("media"))
    if not ref:
        return None
    size = count(message.get("file_size")) or count(message.get("size"))
    name = said(message.get("file_name"))[:255]
    media = MediaRef(ref, kind, mime, name, size, count(message.get("duration")))
    return {"kind": kind, "text": said(message.get("text")), "media": (media,)}


def _location(message: Json) -> dict[str, Any] | None:
    spot = part(message.get("location"))
    latitude, longitude = degrees(spot.get("lat"), 90), degrees(spot.get("lon"), 180)
    if latitude is None or longitude is None:
        return None
    return {"kind": Kind.LOCATION, "place": Place(latitude, longitude, address=said(spot.get("address")))}


def _contact(message: Json) -> dict[str, Any]:
    """Whose number it is cannot be told: people send cards of others as well."""
    contact = part(message.get("contact"))
    given = said(contact.get("phone_number"))
    number = phones.e164(given.removeprefix("+")) or given
    return {"kind": Kind.CONTACTS, "cards": (Card(said(contact.get("name")), (number,) if number else ()),)}


def _unsupported(message: Json) -> dict[str, Any]:
    return {
        "kind": Kind.UNSUPPORTED,
        "text": said(message.get("text")),
        "raw_kind": ident(message.get("type"))[:60] or "message",
    }


_FILES: Mapping[str, tuple[Kind, str]] = {
    "picture": (Kind.IMAGE, ""),
    "video": (Kind.VIDEO, ""),
    "file": (Kind.DOCUMENT, ""),
    "sticker": (Kind.STICKER, "image/png"),
}

_CONTENT: Mapping[str, Callable[[Json], dict[str, Any] | None]] = {
    "text": _text,
    "url": _url,
    **dict.fromkeys(_FILES, _file),
    "location": _location,
    "contact": _contact,
}

# --- what became of ours, and what people wish -----------------------------------------------------------


def _receipt(call: Json) -> Event:
    """Nothing of ours comes back but the token; that of a person's own message comes as delivered, too."""
    external_id, word = ident(call.get("message_token")), ident(call.get("event"))
    if not external_id:
        return Unknown(word)
    if STATUSES[word] is Status.FAILED:
        return Receipt(external_id, Status.FAILED, _at(call), "failed", Verdict.GIVE_UP)
    return Receipt(external_id, STATUSES[word], _at(call))


def _wish(call: Json) -> Event:
    word = ident(call.get("event"))
    who = _sender(call.get("user_id")) or _sender(part(call.get("user")).get("id"))
    return Preference(who, opted_out=word == "unsubscribed") if who else Unknown(word)


_READERS: Mapping[str, Callable[[Json], Event]] = {
    "message": _message,
    **dict.fromkeys(STATUSES, _receipt),
    "subscribed": _wish,
    "unsubscribed": _wish,
}
