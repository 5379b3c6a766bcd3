"""In which of a centre's languages a text is written, or an honest "not known".

Script and letters come first; they cost nothing and cannot be talked into anything. Only where a script is shared
(Latin, Arabic, Cyrillic, Devanagari) is the text weighed with py3langid, and against all the languages it knows, not
against the centre's few: asked to choose between English and French, it would find one of them in Somali too. A
language it does not know (Tigrinya, Dari) is told by letters or asked for, never guessed from its neighbour.

Measured on our own screens and invented messages (docs/decisions/0010-language.md).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

from aidline.kernel import languages

READ = 400  # characters looked at
ENOUGH = 12  # letters below which a text is not weighed
SURE, LIKELY = (
    0.8,
    0.5,
)  # shares; the lower one where a centre has a single language of a script other than Latin
_WHOLE = 0.8  # share of the letters in one script

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
_SHARED = frozenset({"Latn", "Arab", "Cyrl", "Deva"})
# Letters that a language does not write. One of them rules it out; Gulf and Iraqi Arabic do write some of the
# Persian letters, which then only means that the person is asked.
_FOREIGN = {
    "ar": "پچژگکیټډړښېۍێەڕڵۆہےںٹ",
    "fa": "ټډړښېۍێەڕڵۆہےںٹ",
    "prs": "ټډړښېۍێەڕڵۆہےںٹ",
    "ps": "ێەڕڵہےںٹ",
    "ur": "ټډړښېۍێڕڵ",
    "ckb": "ټډړښۍہےںٹةثذصضظط",
    "uk": "ыэъё",
    "ru": "іїєґ",
    "am": "ኣቐቑቒቓቔቕቖኸኹኺኻኼኽኾ",
}
# Without any of these, a text of some length is not in that language.
_NEEDED = {"ti": "ኣቐቑቒቓቔቕቖኸኹኺኻኼኽኾ", "ckb": "ێەڕڵۆ", "ps": "ټډړښېۍځڅږګڼ"}
# What py3langid calls something else, or does not tell apart.
_OURS: dict[str, tuple[str, ...]] = {
    "ar": ("ar",),
    "ary": ("ar",),
    "arz": ("ar",),
    "ku": ("kmr",),
    "sdh": ("ckb",),
    "fa": ("fa", "prs"),
}
_NOT_WORDS = re.compile(r"\S+@\S+|(?:https?://|www\.)\S+|\S*\d\S*")


def detect(text: str, candidates: Sequence[str]) -> str:
    """One of `candidates`, or empty when the text does not say."""
    words = _NOT_WORDS.sub(" ", text[:READ])
    letters = "".join(filter(str.isalpha, words))
    script = script_of(letters)
    fitting = [code for code in candidates if languages.script(code) == script and _may_be(code, letters)]
    if not fitting:
        return ""
    if len(letters) >= ENOUGH and script in _SHARED:
        return _weighed(words, fitting, LIKELY if len(fitting) == 1 and script != "Latn" else SURE)
    return fitting[0] if len(fitting) == 1 and script != "Latn" else ""


def script_of(letters: str) -> str:
    """The one script in which nearly all is written; empty for a mixture."""
    if letters.isascii():
        return "Latn" if letters else ""
    counts = Counter(_script_of(ord(letter)) for letter in letters)
    script, most = counts.most_common(1)[0]
    return script if most >= _WHOLE * len(letters) else ""


def _script_of(point: int) -> str:
    if point < _RANGES[0][0] or 0x1E00 <= point <= 0x1EFF:
        return "Latn"
    return next((script for low, high, script in _RANGES if low <= point <= high), "")


def _may_be(code: str, letters: str) -> bool:
    if not set(_FOREIGN.get(code, "")).isdisjoint(letters):
        return False
    needed = _NEEDED.get(code, "")
    return not needed or len(letters) < ENOUGH or not set(needed).isdisjoint(letters)


def _weighed(text: str, fitting: Sequence[str], enough: float) -> str:
    plain = unicodedata.normalize("NFC", " ".join(text.split()))
    label, share = _model().classify(plain)
    ours = _OURS.get(label, (label,))
    if share < enough and ours == ("ar",):
        share = sum(part for one, part in _model().rank(plain) if _OURS.get(one) == ours)
    found = [code for code in ours if code in fitting]
    return found[0] if len(found) == 1 and share >= enough else ""


@cache
def _model() -> Any:
    """Imported when first needed, not with this module: with numpy it takes 90 MB that only the worker needs."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
