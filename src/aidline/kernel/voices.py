"""Who reads which language aloud: the voices of espeak-ng, and near relatives where it has none.

A near voice knows the letters and the way they are read, not the language: such speech is hard to follow, so
screens ask for a recording there (`quality`).
"""

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum

OWN: dict[str, str] = {
    code: code
    for code in (
        *("en", "fr", "es", "ar", "uk", "nl", "am", "bn", "de", "el", "fa", "he", "hi", "ht", "it"),
        *("my", "om", "pl", "pt", "ro", "ru", "sw", "ta", "ti", "tr", "ur", "vi"),
    )
} | {"kmr": "ku", "prs": "fa"}


class Quality(StrEnum):
    OWN = "own"
    NEAR = "near"  # the voice of a neighbour
    NONE = "none"  # English letters


def quality(language: str) -> Quality:
    if language in OWN:
        return Quality.OWN
    return Quality.NEAR if language in _NEAR else Quality.NONE


def reader(language: str, text: str) -> tuple[str, str]:
    """The voice for a language, and the text in the letters which that voice reads."""
    if language in OWN:
        return OWN[language], text
    voice, letters = _NEAR.get(language, ("en", _plain))
    return voice, letters(text)


def _as_it_is(text: str) -> str:
    return text


def _plain(text: str) -> str:
    """Without marks that an English voice would name one by one."""
    split = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in split if not unicodedata.combining(letter))


_PASHTO = str.maketrans("ټډړږښګڼځڅېۍئۀ", "تدرژشگنزسیییه")


def _pashto(text: str) -> str:
    return text.translate(_PASHTO)


def _somali(text: str) -> str:
    """Oromo is the nearest written relative: doubled vowels are long in both; c and x are not."""
    return text.translate(str.maketrans("xXcC", "hh''"))


_SORANI = str.maketrans("ابپتجچحخدرڕزژسشعغفڤقکكگلڵمنهھەۆێ", "abptcçhxdrrzjsş'xfvqkkgllmnhheoê", "ئ")
_SORANI_VOWELS = "اەۆێ"


def _sorani(text: str) -> str:
    """Sorani writes its vowels, so that the letters of Kurmanji can be put in one by one. Two letters are vowel and
    consonant in one: a consonant beside a vowel and at the start of a word."""
    text = text.replace("ي", "ی").replace("وو", "û")
    for letter, consonant, vowel in (("و", "w", "u"), ("ی", "y", "î")):
        beside = f"{letter}(?=[{_SORANI_VOWELS}])|(?<=[{_SORANI_VOWELS}]){letter}|\\b{letter}(?=\\w)"
        text = re.sub(beside, consonant, text)
        text = text.replace(letter, vowel)
    return text.translate(_SORANI)


_NEAR: dict[str, tuple[str, Callable[[str], str]]] = {
    "ps": ("fa", _pashto),
    "ckb": ("ku", _sorani),
    "so": ("om", _somali),
    # Written as they are read, open syllables, five vowels or so: as in Swahili.
    "ha": ("sw", _as_it_is),
    "ln": ("sw", _as_it_is),
    "rw": ("sw", _as_it_is),
}
