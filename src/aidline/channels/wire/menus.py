"""Choices as WhatsApp can show them, whoever carries them there, and as numbered text where it cannot."""

from collections.abc import Sequence
from enum import StrEnum

from aidline.channels.contract import Choice, Outgoing

# Meta, "Interactive messages", read 2026-11-22: three buttons or ten rows in all, and these lengths. The same at
# Twilio ("twilio/quick-reply", "twilio/list-picker", read 2026-11-24).
BUTTONS, ROWS = 3, 10
_BUTTON_TITLE, _ROW_TITLE, _ROW_DESCRIPTION, _MENU_LABEL, _BODY = 20, 24, 72, 20, 1024


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
    cut = len(choice.title) > _ROW_TITLE
    title = choice.title[: _ROW_TITLE - 1] + "…" if cut else choice.title
    description = choice.description or (choice.title if cut else "")
    return Choice(choice.id, title, description[:_ROW_DESCRIPTION])


def label(out: Outgoing) -> str:
    """What opens the list."""
    return (out.menu_label or "☰")[:_MENU_LABEL]


def numbered(text: str, choices: Sequence[Choice]) -> str:
    lines = [f"{number}. {choice.title}" for number, choice in enumerate(choices, 1)]
    return "\n".join([text, "", *lines] if text else lines)
