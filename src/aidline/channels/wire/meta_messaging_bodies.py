"""Our outgoing messages as the JSON of Meta's Send API, for Messenger and Instagram alike."""

from collections.abc import Mapping
from typing import Any

from aidline.channels.contract import Choice, GiveUp, Kind, Outgoing, Place
from aidline.channels.wire.menus import numbered

Part = dict[str, Any]

# Messenger, "Quick replies", read 2026-11-24: at most 13, titles of 20 characters, payloads of 1000.
QUICK_REPLIES, TITLE, _PAYLOAD = 13, 20, 1000

FILE_TYPES: Mapping[Kind, str] = {
    Kind.IMAGE: "image",
    Kind.VIDEO: "video",
    Kind.AUDIO: "audio",
    Kind.VOICE: "audio",
    Kind.DOCUMENT: "file",
}


def words(out: Outgoing) -> Part:
    """The `message` of everything that is no file."""
    if out.kind is Kind.TEXT:
        return {"text": out.text}
    if out.kind is Kind.LOCATION and out.place:
        return {"text": spoken(out.text, out.place)}
    if out.kind is Kind.CHOICE:
        return _choice(out)
    raise GiveUp(f"kind-{out.kind}")


def file_type(out: Outgoing, limit: int) -> str:
    """Refused before anything is uploaded: no file, one too large, or words that would be lost beside it."""
    if out.file is None:
        raise GiveUp("no-file")
    if out.file.size > limit:
        raise GiveUp("too-large")
    if out.text:
        raise GiveUp("caption")
    return FILE_TYPES[out.kind]


def spoken(text: str, place: Place) -> str:
    """A place in words, for where no map can be sent."""
    spot = f"geo:{place.latitude},{place.longitude}"
    return "\n".join(filter(None, (text, place.name, place.address, spot)))


def _choice(out: Outgoing) -> Part:
    """Quick replies if they fit, else numbers to type."""
    titles = [choice.title for choice in out.choices]
    fits = out.text and 0 < len(titles) <= QUICK_REPLIES and len(set(titles)) == len(titles)
    if not fits or not all(map(_presses, out.choices)):
        return {"text": numbered(out.text, out.choices)}
    return {"text": out.text, "quick_replies": [_quick_reply(choice) for choice in out.choices]}


def _presses(choice: Choice) -> bool:
    """Titles are counted as phones count: an emoji is two."""
    title = len(choice.title.encode("utf-16-le", "surrogatepass")) // 2
    return 0 < title <= TITLE and 0 < len(choice.id) <= _PAYLOAD


def _quick_reply(choice: Choice) -> Part:
    return {"content_type": "text", "title": choice.title, "payload": choice.id}
