"""Our outgoing messages as methods of the Bot API with their fields. Files are the provider's own work."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aidline.channels.contract import Choice, GiveUp, Kind, Outgoing, Place, Sender
from aidline.channels.wire.menus import fitted, numbered
from aidline.channels.wire.telegram_updates import DATA_BYTES

BUTTONS = 100  # in all below one message; the number is known from use, the documentation has none
_CAPTIONED = frozenset({Kind.IMAGE, Kind.VIDEO, Kind.AUDIO, Kind.VOICE, Kind.DOCUMENT})

# The method, and its field that holds the file.
FILES: Mapping[Kind, tuple[str, str]] = {
    Kind.IMAGE: ("sendPhoto", "photo"),
    Kind.VIDEO: ("sendVideo", "video"),
    Kind.AUDIO: ("sendAudio", "audio"),
    Kind.VOICE: ("sendVoice", "voice"),
    Kind.DOCUMENT: ("sendDocument", "document"),
    Kind.STICKER: ("sendSticker", "sticker"),
}

Fields = dict[str, Any]
Method = tuple[str, Fields]


def method(out: Outgoing) -> Method:
    """For everything but files."""
    write = _WRITERS.get(out.kind)
    if write is None:
        raise GiveUp(f"kind-{out.kind}")
    name, fields = write(out)
    return name, {**_to(out), **fields}


def beside_file(out: Outgoing) -> dict[str, str]:
    """The fields of a form; what is an object elsewhere is JSON in it."""
    words = {"caption": out.text} if out.text and out.kind in _CAPTIONED else {}
    fields = {**_to(out), **words}
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}


def chat_of(to: Sender) -> int:
    """A number, never "@name": that would be a channel or somebody else's bot."""
    if not (to.value.isascii() and to.value.isdigit()):
        raise GiveUp("address")
    return int(to.value)


def place_of(external_id: str) -> tuple[int, int] | None:
    """Chat and message of an id of ours; of a pressed button, those of the message that holds it."""
    numbers = external_id.split(":")[:2]
    if len(numbers) == 2 and all(one.isascii() and one.isdigit() for one in numbers):
        return int(numbers[0]), int(numbers[1])
    return None


def _to(out: Outgoing) -> Fields:
    replied = place_of(out.reply_to)
    chat = chat_of(out.to)
    if replied is None or replied[0] != chat:
        return {"chat_id": chat}
    reply = {"message_id": replied[1], "allow_sending_without_reply": True}
    return {"chat_id": chat, "reply_parameters": reply}


def _text(out: Outgoing) -> Method:
    """Without a preview: to make one Telegram would open the address."""
    return "sendMessage", {"text": out.text, "link_preview_options": {"is_disabled": True}}


def _choice(out: Outgoing) -> Method:
    if not 0 < len(out.choices) <= BUTTONS:
        return "sendMessage", {"text": numbered(out.text, out.choices)}
    name, fields = _text(out)
    return name, {**fields, "text": out.text or "☰", "reply_markup": keyboard(out.choices)}


def keyboard(choices: Sequence[Choice]) -> Fields:
    """One below the other: titles are sentences as often as words."""
    return {"inline_keyboard": [[_button(choice)] for choice in choices]}


def _button(choice: Choice) -> dict[str, str]:
    return {"text": choice.title or choice.id, "callback_data": fitted(choice.id or choice.title, DATA_BYTES)}


def _location(out: Outgoing) -> Method:
    if out.place is None:
        raise GiveUp("no-place")
    spot = {"latitude": out.place.latitude, "longitude": out.place.longitude}
    words = _words(out.place)
    return ("sendVenue", spot | words) if words else ("sendLocation", spot)


def _words(place: Place) -> dict[str, str]:
    """A venue must have both."""
    if not place.name and not place.address:
        return {}
    return {"title": place.name or place.address, "address": place.address or place.name}


_WRITERS: Mapping[Kind, Callable[[Outgoing], Method]] = {
    Kind.TEXT: _text,
    Kind.CHOICE: _choice,
    Kind.LOCATION: _location,
}
