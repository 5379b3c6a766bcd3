"""A text as a voice should read it: numbers of telephones and codes digit by digit, nothing that cannot be said."""

import re
import unicodedata

LONGEST = 3000  # characters; four to five minutes

_CANDIDATE = re.compile(r"(?<![\w.])\+?\(?\d(?:(?:[ \-/.]|\)[ -]?| ?\()?\d)*")
_LINE_ENDS = re.compile(r"(?<=[^\s.!?؟:;,،…।])\s*\n\s*")
_CODE = re.compile(r"\b(?=[A-Z\d-]*\d)(?=[A-Z\d-]*[A-Z])[A-Z\d]+(?:-[A-Z\d]+)*\b")
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}")
_TIMES = re.compile(r"\d{1,2}\.\d{2}\s*-\s*\d{1,2}\.\d{2}")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[ .]\d{3})+")  # 1 000 000
_ADDRESS = re.compile(r"\b(?:https?://)?(?:www\.)?([\w-]+(?:\.[\w-]+)+)(?:/\S*)?")
FEWEST = 5  # digits that are read one by one; fewer are a number


def spoken(text: str) -> str:
    """At most `LONGEST` characters, cut after a sentence."""
    lines = _LINE_ENDS.sub(". ", unicodedata.normalize("NFC", text).strip())
    text = "".join(map(_sayable, lines))
    text = _CANDIDATE.sub(_digits, _ADDRESS.sub(r"\1", text))
    return _cut(" ".join(_CODE.sub(_letters, text).split()))


def _sayable(letter: str) -> str:
    """Digits of any script become ours; signs, emoji and marks of direction become spaces."""
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    sort = unicodedata.category(letter)
    if sort in ("So", "Sk", "Cf", "Cc", "Co", "Cs", "Cn") and letter not in "\u200c\u200d":
        return " "
    return " " if letter in "*_#|<>[]{}\\^~`" else letter


def _digits(found: re.Match[str]) -> str:
    words = found.group()
    if not _is_number_to_dial(words):
        return words
    groups = (" ".join(group) for group in re.findall(r"\d+", words))
    return (" + " if words.startswith("+") else " ") + ", ".join(groups) + " "


def _is_number_to_dial(words: str) -> bool:
    if any(form.fullmatch(words) for form in (_DATE, _TIMES, _GROUPED)):
        return False
    return sum(letter.isdigit() for letter in words) >= FEWEST


def _letters(found: re.Match[str]) -> str:
    return " " + ", ".join(" ".join(part) for part in found.group().split("-")) + " "


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    end = max(text.rfind(mark, LONGEST // 2, LONGEST) for mark in (". ", "! ", "? ", "؟ ", "। ", " "))
    return text[: end + 1 if end > 0 else LONGEST].rstrip()
