"""Telegram's updates to events. Its quirks are told in `providers/telegram.py`.

Every field may be missing or of another type than documented: nothing here raises, and what is not known
comes out as unsupported or unknown.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from aidline.channels.contract import (
    Card,
    Edit,
    Event,
    Incoming,
    Kind,
    MediaRef,
    Place,
    Preference,
    Reaction,
    Scheme,
    Sender,
    Unknown,
)
from aidline.channels.wire.menus import returned
from aidline.channels.wire.reading import count, degrees, ident, moment, part, parts, said
from aidline.kernel import phones

Json = dict[str, Any]

DATA_BYTES = 64  # of what a button carries (Bot API, InlineKeyboardButton, read 2026-11-24)
_COMMAND = re.compile(r"/(start|stop)(?:@\w+)?(?:\s.*)?", re.DOTALL)


def message_id(chat: str, message: str) -> str:
    """Telegram counts messages within a chat: only both together are one message of a channel."""
    return f"{chat}:{message}"


def event(update: Json) -> Event:
    """An update holds one thing, named by its field."""
    name = next((name for name in update if name != "update_id"), "")
    read = _READERS.get(name)
    return read(part(update[name])) if read else Unknown(ident(name)[:60] or "update")


def _person(whole: Json) -> str:
    """Of a private chat the id, which is the person's; empty for groups and channels, where nobody is alone."""
    chat = part(whole.get("chat"))
    found = ident(chat.get("id"))
    return found if chat.get("type") == "private" and found.isascii() and found.isdigit() else ""


def _elsewhere(whole: Json) -> Unknown:
    return Unknown(f"chat-{ident(part(whole.get('chat')).get('type'))}"[:60])


def _sender(chat: str) -> tuple[Sender, ...]:
    return (Sender(Scheme.TELEGRAM, chat),)


# --- messages --------------------------------------------------------------------------------------------


def _message(message: Json) -> Event:
    chat, own_id = _person(message), ident(message.get("message_id"))
    if not chat or not own_id:
        return _elsewhere(message)
    service = next((name for name in message if name in _SERVICE), "")
    if service:
        return Unknown(service)
    found = Incoming(
        external_id=message_id(chat, own_id),
        senders=_sender(chat),
        kind=Kind.UNSUPPORTED,
        sent_at=moment(message.get("date")),
        profile_name=_name(part(message.get("from"))),
        reply_to=_reply_to(chat, part(message.get("reply_to_message"))),
        forwarded="forward_origin" in message,
    )
    return replace(found, **_content(message))


def _name(user: Json) -> str:
    return " ".join(filter(None, (said(user.get("first_name")), said(user.get("last_name")))))


def _reply_to(chat: str, replied: Json) -> str:
    found = ident(replied.get("message_id"))
    return message_id(chat, found) if found else ""


def _content(message: Json) -> dict[str, Any]:
    """What of an `Incoming` the first known field fills; in this order, for Telegram repeats itself in others."""
    name = next((name for name in _CONTENT if name in message), "")
    return (_CONTENT[name](message, name) if name else None) or _unsupported(message)


def _unsupported(message: Json) -> dict[str, Any]:
    name = next((name for name in message if name not in _AROUND), "message")
    inner = part(message.get(name))
    words = said(inner.get("question")) or said(inner.get("emoji")) or said(inner.get("title"))
    return {"text": words or said(message.get("caption")), "raw_kind": ident(name)[:60]}


def _text(message: Json, _name: str) -> dict[str, Any]:
    """What follows /start came from a link and was not said by anybody."""
    text = said(message.get("text"))
    command = _COMMAND.fullmatch(text)
    if command is None:
        return {"kind": Kind.TEXT, "text": text}
    word = command.group(1)
    return {
        "kind": Kind.TEXT,
        "text": f"/{word}",
        "opt_in": word == "start",
        "opt_out": word == "stop",
    }


def _photo(message: Json, _name: str) -> dict[str, Any] | None:
    """The same photo in several sizes, the largest last; a live photo brings the second that it moves beside it."""
    sizes = parts(message.get("photo"))
    still = _file(message, sizes[-1], Kind.IMAGE, "image/jpeg") if sizes else None
    moving = _file(message, part(message.get("live_photo")), Kind.VIDEO, "video/mp4")
    if still and moving:
        return {**still, "media": (*still["media"], *moving["media"])}
    return still or moving


def _media(message: Json, name: str) -> dict[str, Any] | None:
    kind, mime = _FILES[name]
    return _file(message, part(message.get(name)), kind, mime)


def _file(message: Json, file: Json, kind: Kind, mime: str) -> dict[str, Any] | None:
    ref = ident(file.get("file_id"))
    if not ref:
        return None
    media = MediaRef(
        ref,
        kind,
        ident(file.get("mime_type")) or mime,
        said(file.get("file_name"))[:255],
        count(file.get("file_size")),
        count(file.get("duration")),
    )
    return {"kind": kind, "text": said(message.get("caption")), "media": (media,)}


def _sticker(message: Json, _name: str) -> dict[str, Any] | None:
    """Of one that moves only the still picture can be shown everywhere."""
    sticker = part(message.get("sticker"))
    moves = sticker.get("is_animated") is True or sticker.get("is_video") is True
    still = part(sticker.get("thumbnail"))
    file = still if moves and ident(still.get("file_id")) else sticker
    found = _file(message, file, Kind.STICKER, "image/webp")
    return {**found, "text": said(sticker.get("emoji"))} if found else None


def _location(message: Json, name: str) -> dict[str, Any] | None:
    whole = part(message.get(name))
    spot = part(whole.get("location")) if name == "venue" else whole
    latitude, longitude = degrees(spot.get("latitude"), 90), degrees(spot.get("longitude"), 180)
    if latitude is None or longitude is None:
        return None
    place = Place(latitude, longitude, said(whole.get("title")), said(whole.get("address")))
    return {"kind": Kind.LOCATION, "place": place}


def _contact(message: Json, _name: str) -> dict[str, Any]:
    """Who shares the card that bears their own id has proven the number: it becomes an address of theirs."""
    contact = part(message.get("contact"))
    given = said(contact.get("phone_number"))
    number = phones.e164(re.sub(r"[^0-9]", "", given))
    found: dict[str, Any] = {"kind": Kind.CONTACTS, "cards": (_card(contact, number or given),)}
    owner, chat = ident(contact.get("user_id")), _person(message)
    if number and owner and owner == ident(part(message.get("from")).get("id")) == chat:
        found["senders"] = (*_sender(chat), Sender(Scheme.PHONE, number))
    return found


def _card(contact: Json, number: str) -> Card:
    return Card(_name(contact), (number,) if number else ())


_FILES: Mapping[str, tuple[Kind, str]] = {
    "animation": (Kind.VIDEO, "video/mp4"),
    "video": (Kind.VIDEO, "video/mp4"),
    "video_note": (Kind.VIDEO, "video/mp4"),
    "voice": (Kind.VOICE, "audio/ogg"),
    "audio": (Kind.AUDIO, "audio/mpeg"),
    "document": (Kind.DOCUMENT, ""),
}

# An animation comes with the document it also is, a venue with its location.
_CONTENT: Mapping[str, Callable[[Json, str], dict[str, Any] | None]] = {
    "text": _text,
    "photo": _photo,
    "live_photo": _photo,
    **dict.fromkeys(_FILES, _media),
    "sticker": _sticker,
    "venue": _location,
    "location": _location,
    "contact": _contact,
}

# What stands beside the content of every message.
_AROUND = frozenset(
    {
        "message_id",
        "from",
        "sender_chat",
        "date",
        "chat",
        "forward_origin",
        "reply_to_message",
        "external_reply",
    }
    | {"message_thread_id", "is_topic_message", "quote", "via_bot", "edit_date", "has_protected_content"}
    | {"is_from_offline", "media_group_id", "entities", "caption", "caption_entities", "effect_id"}
    | {"has_media_spoiler", "show_caption_above_media", "link_preview_options", "reply_markup"}
    | {"reply_to_story", "business_connection_id", "sender_tag", "author_signature"}
)

# Telegram tells these of the chat; nobody said them.
_SERVICE = frozenset(
    {"pinned_message", "message_auto_delete_timer_changed", "connected_website", "write_access_allowed"}
    | {"chat_background_set", "migrate_to_chat_id", "migrate_from_chat_id", "new_chat_members"}
    | {
        "left_chat_member",
        "new_chat_title",
        "new_chat_photo",
        "delete_chat_photo",
        "proximity_alert_triggered",
    }
    | {"forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened"}
    | {"video_chat_scheduled", "video_chat_started", "video_chat_ended", "boost_added"}
)

# --- what is done rather than said -----------------------------------------------------------------------


def _edit(message: Json) -> Event:
    """Only words change. A live place tells of every step as an edit; its first point stays what was said."""
    chat, own_id = _person(message), ident(message.get("message_id"))
    if not chat or not own_id:
        return _elsewhere(message)
    if "location" in message or "venue" in message:
        return Unknown("edited-location")
    words = said(message.get("text")) or said(message.get("caption"))
    at = moment(message.get("edit_date"))
    return Edit(message_id(chat, own_id), words, _sender(chat), at)


def _reaction(change: Json) -> Event:
    """The whole list as it is now. Of several the first counts; one of a paid pack has no sign of its own."""
    chat, target = _person(change), ident(change.get("message_id"))
    if not chat or not target:
        return _elsewhere(change)
    now = parts(change.get("new_reaction"))
    emoji = next((said(one.get("emoji")) for one in now if one.get("type") == "emoji"), "")
    if now and not emoji:
        return Unknown(f"reaction-{ident(now[0].get('type'))}"[:60])
    return Reaction(message_id(chat, target), emoji, _sender(chat), moment(change.get("date")))


def _pressed(query: Json) -> Event:
    """A button below a message of ours. The call has no time; the message is the one that holds the buttons."""
    message = part(query.get("message"))
    chat, own_id, data = _person(message), ident(query.get("id")), ident(query.get("data"))
    if not chat or not own_id or not data:
        return Unknown("callback_query" if chat else f"callback-{_elsewhere(message).kind}"[:60])
    under = message_id(chat, ident(message.get("message_id")))
    choice = returned(data, _title(message, data))
    return Incoming(
        external_id=f"{under}:{own_id}",
        senders=_sender(chat),
        kind=Kind.CHOICE,
        text=choice.title,
        profile_name=_name(part(query.get("from"))),
        choice=choice,
        reply_to=under,
    )


def _title(message: Json, data: str) -> str:
    """An old message comes without its buttons."""
    rows = part(message.get("reply_markup")).get("inline_keyboard")
    buttons = [button for row in (rows if isinstance(rows, list) else ()) for button in parts(row)]
    return next((said(one.get("text")) for one in buttons if ident(one.get("callback_data")) == data), "")


def _membership(change: Json) -> Event:
    """The person blocked the bot, or let it in again."""
    chat = _person(change)
    status = ident(part(change.get("new_chat_member")).get("status"))
    if not chat:
        return _elsewhere(change)
    if status not in ("kicked", "member"):
        return Unknown(f"my_chat_member-{status}"[:60])
    return Preference(_sender(chat), opted_out=status == "kicked")


_READERS: Mapping[str, Callable[[Json], Event]] = {
    "message": _message,
    "edited_message": _edit,
    "callback_query": _pressed,
    "message_reaction": _reaction,
    "my_chat_member": _membership,
}
