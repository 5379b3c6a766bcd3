"""Choices as WhatsApp shows them and as numbered text, and their ids where a button holds only a few bytes."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from enum import StrEnum
from hashlib import blake2b

from aidline.channels.contract import Choice, Outgoing

# Meta, "Interactive messages", read 2026-11-22: three buttons or ten rows in all, and these lengths. The same at
# Twilio ("twilio/quick-reply", "twilio/list-picker", read 2026-11-24).
BUTTONS, ROWS = 3, 10
_BUTTON_TITLE, ROW_TITLE, _ROW_DESCRIPTION, _MENU_LABEL, _BODY = 20, 24, 72, 20, 1024


class Shape(StrEnum):
    BUTTONS = "buttons"
    LIST = "list"
    NUMBERS = "numbers"


def shape_of(out: Outgoing) -> Shape:
    """Buttons if they fit, else a list, else numbers to type."""
    titles = [choice.title for choice in out.choices]
    if not titles or len(titles) > ROWS or not 0 < len(out.text) <= _BODY or len(set(titles)) < len(titles):
        return Shape.NUMBERS
    if len(titles) <= BUTTONS and max(map(len, titles)) <= _BUTTON_TITLE:
        return Shape.BUTTONS
    return Shape.LIST


def row(choice: Choice) -> Choice:
    """A title too long for its place is told in full in the description."""
    cut = len(choice.title) > ROW_TITLE
    title = choice.title[: ROW_TITLE - 1] + "…" if cut else choice.title
    description = choice.description or (choice.title if cut else "")
    return Choice(choice.id, title, description[:_ROW_DESCRIPTION])


def label(out: Outgoing) -> str:
    """What opens the list."""
    return (out.menu_label or "☰")[:_MENU_LABEL]


def numbered(text: str, choices: Sequence[Choice]) -> str:
    lines = [f"{number}. {choice.title}" for number, choice in enumerate(choices, 1)]
    return "\n".join([text, "", *lines] if text else lines)


def fitted(choice_id: str, most: int) -> str:
    """The id itself within `most` bytes of UTF-8; a longer one, as Arabic words soon are, by its fingerprint.

    Nothing is lost: among the choices of the message that was answered, `stands_for` finds the one meant.
    """
    return choice_id if len(choice_id.encode("utf-8", "replace")) <= most else _fingerprint(choice_id)


def stands_for(given: str, choice_id: str) -> bool:
    return given in (choice_id, _fingerprint(choice_id))


def returned(given: str, title: str) -> Choice:
    """What came back of a choice. Where the words themselves were the id, it is whole again."""
    return Choice(title if title and stands_for(given, title) else given, title or given)


def _fingerprint(choice_id: str) -> str:
    raw = choice_id.encode("utf-8", "replace")
    return "~" + urlsafe_b64encode(blake2b(raw, digest_size=24).digest()).decode()
