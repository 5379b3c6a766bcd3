"""Covering numbers and addresses in a text that is shown to somebody who need not see them."""

import re

PRIVATE = re.compile(
    r"(?:https?://|www\.)[^\s<>\[\]()]+[^\s<>\[\]().,;:!?؟،]"  # web
    r"|[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.!?]+"  # mail
    r"|[+(]?\d(?:[\d\s().\-/]{2,}\d)"  # numbers of some length, in any script's digits
)
_COVER = re.compile(r"•\s*(\d{1,3})\s*•")


def cover(text: str) -> tuple[str, list[str]]:
    """The text with "•1•" for the first covered value, and the values."""
    values: list[str] = []

    def covered(found: re.Match[str]) -> str:
        values.append(found[0])
        return f"•{len(values)}•"

    return PRIVATE.sub(covered, text), values


def uncover(text: str, values: list[str]) -> str:
    """A translation with the values back in their places; a cover nobody knows stays as it is."""

    def value(found: re.Match[str]) -> str:
        number = int(found[1])
        return values[number - 1] if 1 <= number <= len(values) else found[0]

    return _COVER.sub(value, text)
