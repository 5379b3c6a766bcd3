"""The language of a first message by its script alone, where the centre has one language of that script.

Nothing is guessed between languages that share a script: that is asked.
"""

from collections.abc import Sequence

from aidline.kernel import languages

_RANGES = (
    (0x0370, 0x03FF, "Grek"),
    (0x0400, 0x052F, "Cyrl"),
    (0x0590, 0x05FF, "Hebr"),
    (0x0600, 0x06FF, "Arab"),
    (0x0750, 0x077F, "Arab"),
    (0x0900, 0x097F, "Deva"),
    (0x0980, 0x09FF, "Beng"),
    (0x0B80, 0x0BFF, "Taml"),
    (0x1000, 0x109F, "Mymr"),
    (0x1200, 0x137F, "Ethi"),
)
_READ = 40  # characters looked at


def guess_language(text: str, candidates: Sequence[str]) -> str:
    """Empty when the text does not say."""
    script = _script(text[:_READ])
    fitting = [code for code in candidates if languages.script(code) == script]
    return fitting[0] if len(fitting) == 1 and script else ""


def _script(text: str) -> str:
    if text.isascii():
        return "Latn" if any(map(str.isalpha, text)) else ""
    counts: dict[str, int] = {}
    for sign in filter(str.isalpha, text):
        script = _script_of(ord(sign))
        counts[script] = counts.get(script, 0) + 1
    return max(counts, key=lambda script: counts[script]) if counts else ""


def _script_of(point: int) -> str:
    if point < _RANGES[0][0]:
        return "Latn"
    return next((script for low, high, script in _RANGES if low <= point <= high), "")
