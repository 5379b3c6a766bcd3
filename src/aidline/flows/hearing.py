"""What a message says to a flow."""

from aidline.channels.contract import Kind
from aidline.conversations.models import Message
from aidline.conversations.queries import text_of
from aidline.flows.language import Said
from aidline.flows.state import State
from aidline.language.arrivals import CHOSEN

_FILES = {
    Kind.IMAGE: "photo",
    Kind.VOICE: "voice",
    Kind.AUDIO: "voice",
    Kind.VIDEO: "file",
    Kind.DOCUMENT: "file",
    Kind.STICKER: "file",
}


def is_said(message: Message) -> bool:
    """Not what a machine repeats, nor the way to reach somebody that comes after their words."""
    return message.kind != Kind.CONTACTS and not (message.extra or {}).get("automatic")


def said(message: Message) -> Said:
    extra = message.extra or {}
    place, choice = extra.get("place"), extra.get("choice")
    return Said(
        text=text_of(message),
        choice=choice["id"].removeprefix(CHOSEN) if choice else "",
        file=_FILES.get(Kind(message.kind), ""),
        place=(place["latitude"], place["longitude"]) if place else None,
    )


def missed(before: State, after: State) -> bool:
    """The same question stands, once more."""
    return after.tries > before.tries and (after.at, after.frames) == (before.at, before.frames)
