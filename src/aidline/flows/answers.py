"""What somebody said, as an answer to what they were asked."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from aidline.channels.contract import Choice as Title
from aidline.conversations import choosing
from aidline.conversations.choosing import LONGEST, chosen, plain
from aidline.flows.language import Ask, Choice, Medium, Said, Test, Wanted

MOST_KEPT = 1_000  # characters of an answer

_NUMBER = re.compile(r"\D*?([-−]?\d{1,15}(?:[.,]\d{1,6})?)\D*")
_POINTS = str.maketrans({"٫": ".", "٬": "", "−": "-"})


def digits(text: str) -> str:
    """With the digits of every script as ours."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(sign, sign)) for sign in text)


def number(text: str) -> float | None:
    """The one number in a short text."""
    if len(text) > LONGEST:
        return None
    found = _NUMBER.fullmatch(digits(text).translate(_POINTS).strip())
    return float(found[1].replace(",", ".")) if found else choosing.number(text)


def shown(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def within(ask: Ask, value: float) -> bool:
    return (ask.least is None or value >= ask.least) and (ask.most is None or value <= ask.most)


# --- choices -----------------------------------------------------------------------------------------------


def picked(
    said: Said, titles: Sequence[Title], keys: Sequence[str], also: Mapping[str, Sequence[str]]
) -> str | None:
    """The id of the choice that is meant: by its button, its key or number, or in words."""
    ids = [title.id for title in titles]
    if said.choice in ids:
        return said.choice
    text = said.text.strip()
    pressed = digits(text)
    if pressed in keys:
        return ids[keys.index(pressed)]
    if not text or pressed.isdecimal():
        return None
    found = chosen(text, titles)
    return found.id if found else _by_other_words(text, also)


def _by_other_words(text: str, also: Mapping[str, Sequence[str]]) -> str | None:
    said = plain(text) if len(text) <= LONGEST else ""
    meant = {id for id, words in also.items() if said and any(plain(word) == said for word in words)}
    return meant.pop() if len(meant) == 1 else None


def other_words(choice: Choice) -> list[str]:
    """In every language: people answer in their own."""
    return [
        *(words.text for words in choice.text.values()),
        *(word for words in choice.also.values() for word in words),
    ]


# --- open questions ----------------------------------------------------------------------------------------


def possible(wants: Wanted, medium: Medium) -> bool:
    """Whether it can be given at all."""
    return wants in _POSSIBLE.get(medium, frozenset(Wanted))


_POSSIBLE = {
    Medium.PHONE: frozenset({Wanted.TEXT, Wanted.NUMBER, Wanted.VOICE}),
    Medium.SMS: frozenset({Wanted.TEXT, Wanted.NUMBER, Wanted.LOCATION}),
}


def asked_for(wants: Wanted, medium: Medium) -> Wanted:
    """A text is spoken on the phone."""
    return Wanted.VOICE if wants is Wanted.TEXT and medium is Medium.PHONE else wants


def answer(ask: Ask, said: Said, medium: Medium) -> str | None:
    """What is kept; None where it is no answer."""
    wants = asked_for(ask.wants, medium)
    if wants is Wanted.NUMBER:
        value = number(said.text)
        return shown(value) if value is not None and within(ask, value) else None
    if wants is Wanted.LOCATION and said.place:
        return f"{said.place[0]:.6f},{said.place[1]:.6f}"
    if wants in {Wanted.TEXT, Wanted.LOCATION}:  # a place may be told in words
        return said.text.strip()[:MOST_KEPT] or None
    return said.file if said.file == str(wants) else None


# --- tests of a branch -------------------------------------------------------------------------------------


def holds(test: Test, found: str, value: str) -> bool:
    if test is Test.KNOWN:
        return bool(found)
    if test in {Test.ABOVE, Test.BELOW}:
        return _compares(test, number(found), number(value))
    if test is Test.HAS:
        return f" {plain(value)} " in f" {plain(found)} " and bool(plain(value))
    return (found == value or plain(found) == plain(value) != "") is (test is Test.IS)


def _compares(test: Test, found: float | None, value: float | None) -> bool:
    if found is None or value is None:
        return False
    return found > value if test is Test.ABOVE else found < value
