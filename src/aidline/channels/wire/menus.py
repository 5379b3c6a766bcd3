"""Choices as numbered text, for providers without buttons."""

from collections.abc import Sequence

from aidline.channels.contract import Choice


def numbered(text: str, choices: Sequence[Choice]) -> str:
    lines = [f"{number}. {choice.title}" for number, choice in enumerate(choices, 1)]
    return "\n".join([text, "", *lines] if text else lines)
