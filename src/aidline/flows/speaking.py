"""How what is written is read out on the phone."""

import re

from aidline.flows.language import Line, Option
from aidline.flows.phrases import PHRASES

_LONG_NUMBER = re.compile(r"(?<![\w.,])\+?\d[\d \u00a0()/-]*\d(?![\w])")
_SHORTEST = 3  # "112" is read as one one two; "12" as twelve


def spoken(option: Option) -> Line:
    """ "For food, press 1." A recording is played as it is: whoever made it said the key, or what it is."""
    words = option.line.text.strip().rstrip(".!?؟。।")
    sentence = PHRASES["press"].get(option.line.language, "{key}: {words}.")
    text = sentence.format(words=words, key=option.key) if option.key else option.line.text
    return Line(text, option.line.language, option.line.recording)


def aloud(text: str) -> str:
    """Telephone numbers and codes are read digit by digit."""
    return _LONG_NUMBER.sub(_apart, text)


def _apart(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found.group())
    if len(digits) < _SHORTEST or _is_a_year(found.group()):
        return found.group()
    plus = "+ " if found.group().startswith("+") else ""
    return plus + " ".join(digits)


def _is_a_year(text: str) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d\d", text))
