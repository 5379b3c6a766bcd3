"""WhatsApp's webhook JSON to events. Its quirks are told in `providers/whatsapp_cloud.py`.

Every field may be missing or of another type than documented: nothing here raises, and what is not known
comes out as unsupported or unknown. This runs for every message, so tables decide and objects are made once.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from aidline.channels.contract import (
    AddressChange,
    Card,
    Choice,
    Deletion,
    Edit,
    Event,
    Incoming,
    Kind,
    MediaRef,
    Place,
    Preference,
    Reaction,
    Receipt,
    Scheme,
    Sender,
    Status,
    TemplateChange,
    Unknown,
    Verdict,
)
from aidline.channels.wire.meta import entries_changed
from aidline.channels.wire.reading import degrees, ident, moment, part, parts, said, uuid
from aidline.channels.wire.whatsapp_templates import STATES as TEMPLATE_STATES
from aidline.kernel import phones

STATUSES: Mapping[str, Status] = {
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "read": Status.READ,
    "played": Status.READ,
    "failed": Status.FAILED,
}

MEDIA_KINDS: Mapping[str, Kind] = {
    "image": Kind.IMAGE,
    "video": Kind.VIDEO,
    "audio": Kind.AUDIO,
    "document": Kind.DOCUMENT,
    "sticker": Kind.STICKER,
}

Message = dict[str, Any]
Senders = tuple[Sender, ...]


def changes(whole: dict[str, Any]) -> list[dict[str, Any]]:
    """Each with account and time of its entry: news of a template have no others."""
    return [
        {**change, "account": entry.get("id"), "time": entry.get("time")}
        for entry in parts(whole.get("entry"))
        for change in parts(entry.get("changes"))
    ]


def without(body: bytes, numbers: frozenset[str]) -> bytes:
    """What is about a whole account stays."""
    return entries_changed(body, lambda entries: [left for one in entries if (left := _cut(one, numbers))])


def _cut(entry: dict[str, Any], numbers: frozenset[str]) -> dict[str, Any]:
    """Empty if nothing is left of it."""
    before = parts(entry.get("changes"))
    left = [change for change in before if number_id(change) not in numbers]
    if left == before:
        return entry
    return {**entry, "changes": left} if left else {}


def number_id(change: dict[str, Any]) -> str:
    """The number of ours that a change is about; empty where it is about the whole account."""
    return ident(part(part(change.get("value")).get("metadata")).get("phone_number_id"))


def account_id(change: dict[str, Any]) -> str:
    """The account whose template this is about; empty where it is about no template."""
    return ident(change.get("account")) if ident(change.get("field")) in _OF_TEMPLATES else ""


def events(change: dict[str, Any], verdicts: Mapping[str, Verdict]) -> Iterator[Event]:
    name, value = ident(change.get("field")), part(change.get("value"))
    if name == "messages":
        yield from _conversation(value, verdicts)
    elif name in _OF_TEMPLATES:
        yield _template_change(name, value, moment(change.get("time")))
    elif name == "user_preferences":
        yield from map(_preference, parts(value.get("user_preferences")))
    else:
        yield Unknown(name[:60] or "field")


def _conversation(value: dict[str, Any], verdicts: Mapping[str, Verdict]) -> Iterator[Event]:
    people = _people(value.get("contacts"))
    for message in parts(value.get("messages")):
        yield _message(message, people)
    for status in parts(value.get("statuses")):
        yield _receipt(status, verdicts)
    for error in parts(value.get("errors")):
        yield Unknown(f"error-{ident(error.get('code'))}"[:60])


# --- messages --------------------------------------------------------------------------------------------


def _message(message: Message, people: Mapping[str, dict[str, Any]]) -> Event:
    kind = ident(message.get("type"))
    external_id, sent_at = ident(message.get("id")), moment(message.get("timestamp"))
    senders, name = _senders(message, people)
    if not external_id or not senders or "group_id" in message:
        return Unknown("group" if "group_id" in message else f"message-{kind}"[:60])
    if kind in _NOT_SAID:
        return _NOT_SAID[kind](part(message.get(kind)), senders, sent_at)
    context = part(message.get("context"))
    return Incoming(
        external_id=external_id,
        senders=senders,
        sent_at=sent_at,
        profile_name=name,
        reply_to=ident(context.get("id")),
        forwarded=context.get("forwarded") is True or context.get("frequently_forwarded") is True,
        **_CONTENT.get(kind, _unsupported)(message, kind),
    )


def _people(contacts: Any) -> dict[str, dict[str, Any]]:
    found = {}
    for contact in parts(contacts):
        for key in ("wa_id", "user_id"):
            if who := ident(contact.get(key)):
                found[who] = contact
    return found


def _senders(message: Message, people: Mapping[str, dict[str, Any]]) -> tuple[Senders, str]:
    """The number first, then the business-scoped id; a number that is none is such an id."""
    given = ident(message.get("from"))
    user = ident(message.get("from_user_id"))
    contact = people.get(given) or people.get(user) or {}
    phone = phones.e164(given) or phones.e164(ident(contact.get("wa_id")))
    user = user or ident(contact.get("user_id")) or ("" if phones.e164(given) else given)
    user = user or ident(message.get("from_parent_user_id"))
    return _addresses(phone, user), said(part(contact.get("profile")).get("name"))


def _addresses(phone: str | None, user: str) -> Senders:
    if phone and user:
        return Sender(Scheme.PHONE, phone), Sender(Scheme.WHATSAPP_USER, user)
    if phone:
        return (Sender(Scheme.PHONE, phone),)
    return (Sender(Scheme.WHATSAPP_USER, user),) if user else ()


# --- content: what of an `Incoming` each type fills ------------------------------------------------------


def _text(message: Message, _kind: str) -> dict[str, Any]:
    return {"kind": Kind.TEXT, "text": said(part(message.get("text")).get("body"))}


def _media(message: Message, kind: str) -> dict[str, Any]:
    file = part(message.get(kind))
    ref = ident(file.get("id"))
    if not ref:
        return _unsupported(message, kind)
    ours = Kind.VOICE if file.get("voice") is True else MEDIA_KINDS[kind]
    media = MediaRef(ref, ours, mime=ident(file.get("mime_type")), name=said(file.get("filename"))[:255])
    return {"kind": ours, "text": said(file.get("caption")), "media": (media,)}


def _location(message: Message, kind: str) -> dict[str, Any]:
    spot = part(message.get("location"))
    latitude, longitude = degrees(spot.get("latitude"), 90), degrees(spot.get("longitude"), 180)
    if latitude is None or longitude is None:
        return _unsupported(message, kind)
    place = Place(latitude, longitude, said(spot.get("name")), said(spot.get("address")))
    return {"kind": Kind.LOCATION, "place": place}


def _cards(message: Message, _kind: str) -> dict[str, Any]:
    return {"kind": Kind.CONTACTS, "cards": tuple(map(_card, parts(message.get("contacts"))))}


def _card(contact: dict[str, Any]) -> Card:
    numbers = (said(one.get("phone")) or said(one.get("wa_id")) for one in parts(contact.get("phones")))
    emails = (said(one.get("email")) for one in parts(contact.get("emails")))
    name = said(part(contact.get("name")).get("formatted_name"))
    return Card(name, tuple(filter(None, numbers)), tuple(filter(None, emails)))


def _button(message: Message, _kind: str) -> dict[str, Any]:
    pressed = part(message.get("button"))
    return _chosen(pressed.get("payload"), pressed.get("text"))


def _interactive(message: Message, _kind: str) -> dict[str, Any]:
    whole = part(message.get("interactive"))
    kind = ident(whole.get("type"))
    reply = part(whole.get(kind))
    if kind in ("button_reply", "list_reply"):
        return _chosen(reply.get("id"), reply.get("title"), reply.get("description"))
    return {"kind": Kind.UNSUPPORTED, "raw_kind": f"interactive-{kind}"[:60], "text": said(reply.get("body"))}


def _chosen(choice: Any, title: Any, description: Any = "") -> dict[str, Any]:
    chosen = Choice(ident(choice), said(title), said(description))
    return {"kind": Kind.CHOICE, "text": chosen.title, "choice": chosen}


def _unsupported(message: Message, kind: str) -> dict[str, Any]:
    inner = part(message.get(kind))
    raw_kind = ident(inner.get("type")) if kind == "unsupported" else ""
    return {"kind": Kind.UNSUPPORTED, "raw_kind": (raw_kind or kind)[:60], "text": said(inner.get("text"))}


_CONTENT: Mapping[str, Callable[[Message, str], dict[str, Any]]] = {
    "text": _text,
    **dict.fromkeys(MEDIA_KINDS, _media),
    "location": _location,
    "contacts": _cards,
    "button": _button,
    "interactive": _interactive,
}

# --- what is not said but done ---------------------------------------------------------------------------


def _reaction(inner: dict[str, Any], senders: Senders, at: datetime | None) -> Event:
    return Reaction(ident(inner.get("message_id")), said(inner.get("emoji")), senders, at)


def _edit(inner: dict[str, Any], senders: Senders, at: datetime | None) -> Event:
    """Of a picture or a file only the words beside it can be changed."""
    message = part(inner.get("message"))
    kind = ident(message.get("type"))
    content = part(message.get(kind))
    words = said(content.get("body")) or said(content.get("caption"))
    return Edit(ident(inner.get("original_message_id")), words, senders, at)


def _revoke(inner: dict[str, Any], senders: Senders, at: datetime | None) -> Event:
    return Deletion(ident(inner.get("original_message_id")), senders, at)


def _system(inner: dict[str, Any], senders: Senders, _at: datetime | None) -> Event:
    """A new number brings a new business-scoped id; either may come alone."""
    new = _addresses(phones.e164(ident(inner.get("wa_id"))), ident(inner.get("user_id")))
    return AddressChange(senders, new) if new else Unknown(f"system-{ident(inner.get('type'))}"[:60])


def _welcome(_inner: dict[str, Any], _senders: Senders, _at: datetime | None) -> Event:
    return Unknown("request_welcome")


_NOT_SAID: Mapping[str, Callable[[dict[str, Any], Senders, datetime | None], Event]] = {
    "reaction": _reaction,
    "edit": _edit,
    "revoke": _revoke,
    "system": _system,
    "request_welcome": _welcome,
}

# --- about our messages, templates and people's wishes ---------------------------------------------------


def _receipt(status: dict[str, Any], verdicts: Mapping[str, Verdict]) -> Event:
    word, external_id = ident(status.get("status")), ident(status.get("id"))
    ours = STATUSES.get(word)
    if ours is None or not external_id:
        return Unknown(f"status-{word}"[:60])
    at, message = moment(status.get("timestamp")), uuid(status.get("biz_opaque_callback_data"))
    if ours is not Status.FAILED:
        return Receipt(external_id, ours, at, message=message)
    code = next((ident(error.get("code")) for error in parts(status.get("errors"))), "")
    return Receipt(external_id, ours, at, code, verdicts.get(code, Verdict.GIVE_UP), message)


def _template_change(name: str, value: dict[str, Any], at: datetime | None) -> Event:
    told = _OF_TEMPLATES[name](value)
    template, language = (
        said(value.get("message_template_name")),
        ident(value.get("message_template_language")),
    )
    if not template or not any(told.values()):
        return Unknown(name.removeprefix("message_").removesuffix("_update").replace("_", "-"))
    return TemplateChange(template, language, **told, at=at)


def _template_status(value: dict[str, Any]) -> dict[str, str]:
    state = TEMPLATE_STATES.get(ident(value.get("event")).upper())
    if state is None:
        return {}
    reason, info = ident(value.get("reason")), part(value.get("rejection_info"))
    words = " ".join(filter(None, (said(info.get("reason")), said(info.get("recommendation")))))
    return {"state": state, "reason": "" if reason == "NONE" else reason[:60], "words": words[:500]}


def _template_category(value: dict[str, Any]) -> dict[str, str]:
    return {"category": ident(value.get("new_category")).lower()[:30]}


def _template_quality(value: dict[str, Any]) -> dict[str, str]:
    return {"quality": ident(value.get("new_quality_score")).lower()[:10]}


_OF_TEMPLATES: Mapping[str, Callable[[dict[str, Any]], dict[str, str]]] = {
    "message_template_status_update": _template_status,
    "template_category_update": _template_category,
    "message_template_quality_update": _template_quality,
}


def _preference(wish: dict[str, Any]) -> Event:
    """Meta's only category is marketing messages; answers are still welcome."""
    who = _addresses(phones.e164(ident(wish.get("wa_id"))), ident(wish.get("user_id")))
    word = ident(wish.get("value"))
    return Preference(who, word == "stop") if who and word in ("stop", "resume") else Unknown("preference")
