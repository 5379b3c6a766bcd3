"""Choices as numbered text, for providers without buttons, and their ids where a button holds only a few bytes."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import blake2b

from aidline.channels.contract import Choice


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
