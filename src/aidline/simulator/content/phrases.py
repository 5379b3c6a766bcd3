"""The phrase book of the demo's translation server.

In `phrases.toml` names that the glossary guards stand in braces: a guarded text arrives with a mark such as "[1]" in
their place, and the same mark goes out in the place of the name in the other language.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
_NAME = re.compile(r"\{([^{}]+)\}")
_MARK = r"\[\d+\]"


def say_in(words: str, target: str) -> str:
    """Empty if the book does not have it."""
    for phrase in phrases():
        for given in phrase.values():
            found = _pattern(given).fullmatch(_plain(words))
            if found and target in phrase:
                return _with_marks(phrase[target], list(found.groups()))
    return ""


@cache
def phrases() -> tuple[Mapping[str, str], ...]:
    return tuple(_read())


def _read() -> Iterator[Mapping[str, str]]:
    yield from tomllib.loads((_HERE / "phrases.toml").read_text(encoding="utf-8"))["phrase"]


@cache
def _pattern(given: str) -> re.Pattern[str]:
    """Matches the phrase with its names, or with marks in their places."""
    parts = _NAME.split(_plain(given))
    pieces = [
        re.escape(part) if place % 2 == 0 else f"({re.escape(part)}|{_MARK})"
        for place, part in enumerate(parts)
    ]
    return re.compile("".join(pieces), re.IGNORECASE)


def _plain(words: str) -> str:
    return " ".join(words.replace("’", "'").split())


def _with_marks(given: str, found: list[str]) -> str:
    """Names are in the same order in all languages of a phrase."""
    waiting = iter(found)

    def name(own: re.Match[str]) -> str:
        said = next(waiting, own[1])
        return said if re.fullmatch(_MARK, said) else own[1]

    return _NAME.sub(name, given)
