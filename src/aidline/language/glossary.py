"""Guarding what an engine must not touch: names and key terms, numbers, addresses of mail and web.

Each is replaced by a mark such as "[3]" that engines mostly carry through, and put back afterwards; numbers and
addresses thereby never reach the engine. If a mark is lost, doubled or made up, the text is translated piece by
piece between the guarded places instead: nothing guarded can be lost then, only the word order suffers, and the
translation is flagged.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aidline.language.covering import PRIVATE

Translate = Callable[[Sequence[str]], list[str]]

# Engines change brackets, put spaces inside, and write digits in the other script.
_MARK = re.compile(r"[\[(（【［{<«]\s*(\d{1,4})\s*[\])）】］}>»]")


@dataclass(frozen=True, slots=True)
class Term:
    """A name or key term: the same in every language, but for the languages that have a form of their own."""

    word: str
    forms: Mapping[str, str]

    def written(self, language: str) -> tuple[str, ...]:
        """The ways it may stand in a text of this language."""
        own = self.forms.get(language, "")
        return tuple(dict.fromkeys(form for form in (own, self.word) if form))


@dataclass(frozen=True, slots=True)
class Guarded:
    """`parts` alternate: text, guarded, text, guarded, …, text. Guarded parts are as they shall come out."""

    parts: tuple[str, ...]

    @property
    def kept(self) -> tuple[str, ...]:
        return self.parts[1::2]

    @property
    def pieces(self) -> tuple[str, ...]:
        return self.parts[::2]

    @property
    def marked(self) -> str:
        return "".join(
            part if place % 2 == 0 else f"[{place // 2 + 1}]" for place, part in enumerate(self.parts)
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    text: str
    flagged: bool = False  # put together from pieces


def translated(text: str, terms: Sequence[Term], source: str, target: str, translate: Translate) -> Outcome:
    """`translate` is given texts without anything guarded in them; what it raises passes through."""
    guarded = guard(text, terms, source, target)
    if not any(map(_has_words, guarded.pieces)):
        return Outcome("".join(guarded.parts))
    whole = restored(translate([guarded.marked])[0], guarded)
    return Outcome(whole) if whole is not None else Outcome(_by_pieces(guarded, translate), flagged=True)


def guard(text: str, terms: Sequence[Term], source: str, target: str) -> Guarded:
    parts, at = [], 0
    for start, end, kept in _places(text, terms, source, target):
        parts += [text[at:start], kept]
        at = end
    return Guarded((*parts, text[at:]))


def restored(given: str, guarded: Guarded) -> str | None:
    """The translation with everything guarded in its place, or None if a mark did not come back exactly once."""
    numbers = [int(found[1]) for found in _MARK.finditer(given)]
    if sorted(numbers) != list(range(1, len(guarded.kept) + 1)):
        return None
    return _MARK.sub(lambda found: guarded.kept[int(found[1]) - 1], given)


def _by_pieces(guarded: Guarded, translate: Translate) -> str:
    wordy = [piece for piece in guarded.pieces if _has_words(piece)]
    made = iter(translate([piece.strip() for piece in wordy]))
    pieces = [_in_its_space(piece, next(made)) if _has_words(piece) else piece for piece in guarded.pieces]
    woven = [part for pair in zip(pieces, (*guarded.kept, ""), strict=True) for part in pair]
    return "".join(woven)


def _in_its_space(piece: str, made: str) -> str:
    before = piece[: len(piece) - len(piece.lstrip())]
    return f"{before}{made.strip()}{piece[len(piece.rstrip()) :]}"


def _has_words(text: str) -> bool:
    return any(map(str.isalpha, text))


# --- what is guarded -------------------------------------------------------------------------------------


def _places(text: str, terms: Sequence[Term], source: str, target: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and what shall stand there, in order; of two that overlap the earlier, then the longer one.

    What looks like a mark of ours ("see [2]") is guarded itself, and so never taken for one.
    """
    found = [(place.start(), place.end(), place[0]) for place in _MARK.finditer(text)]
    found += [(place.start(), place.end(), place[0]) for place in PRIVATE.finditer(text)]
    found += [place for term in terms for place in _of_term(text, term, source, target)]
    at = 0
    for start, end, kept in sorted(found, key=lambda place: (place[0], -place[1])):
        if start >= at:
            yield start, end, kept
        elif end > at:  # its end stays guarded: a number may begin in the mark before it
            yield at, end, text[at:end]
        at = max(at, end)


def _of_term(text: str, term: Term, source: str, target: str) -> Iterator[tuple[int, int, str]]:
    for form in term.written(source):
        for place in re.finditer(re.escape(form), text, re.IGNORECASE):
            if _stands_alone(text, place.start(), place.end()):
                own = place[0] if form == term.word else term.word
                yield place.start(), place.end(), term.forms.get(target) or own


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Not inside a longer word. Vowel signs and accents belong to the letter before them."""
    return not (_joins(text, start - 1, start) or _joins(text, end - 1, end))


def _joins(text: str, left: int, right: int) -> bool:
    if left < 0 or right >= len(text):
        return False
    if unicodedata.category(text[right])[0] == "M":
        return True
    before = text[left]
    while unicodedata.category(before)[0] == "M" and left > 0:
        left -= 1
        before = text[left]
    return before.isalnum() and text[right].isalnum() and not _written_together(text[right])


def _written_together(letter: str) -> bool:
    return "\u1000" <= letter <= "\u109f"  # Burmese puts no space between words
