"""In which letters a CSV file is written, and what stands between its cells.

A byte order mark or valid UTF-8 settles it. Else the code pages of the programme's languages are tried, and the one
under which words look most like words is taken; the preview shows it and another one can be chosen.
"""

import csv
import unicodedata
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable
from itertools import pairwise

DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 65_536
_WESTERN = "cp1252"
_PAGES = {
    **dict.fromkeys(("ar", "fa", "ur", "ckb", "ps"), "cp1256"),
    **dict.fromkeys(("uk", "ru", "bg", "sr", "mk"), "cp1251"),
    **dict.fromkeys(("pl", "cs", "sk", "hu", "ro", "hr", "sl", "sq"), "cp1250"),
    "el": "cp1253",
    "tr": "cp1254",
    "he": "cp1255",
    "vi": "cp1258",
}
ENCODINGS = ("utf-8-sig", "utf-16", _WESTERN, *sorted(set(_PAGES.values())))


def encoding_of(data: bytes, languages: Iterable[str] = ()) -> str:
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    if data.startswith(BOM_UTF8) or _decodes(data, "utf-8"):
        return "utf-8-sig"
    if half := _halves(data[:SAMPLE]):
        return half
    pages = dict.fromkeys([*(_PAGES[code] for code in languages if code in _PAGES), _WESTERN])
    return max(pages, key=lambda page: _plausible(data[:SAMPLE], page))


def delimiter_of(text: str) -> str:
    """The sign that cuts the first rows into the same number of cells, most cells first."""
    lines = text[:SAMPLE]
    return max(DELIMITERS, key=lambda sign: _evenness(lines, sign))


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return b"\0" not in data[:SAMPLE]


def _halves(sample: bytes) -> str:
    """UTF-16 without its mark: every other byte of Latin letters and signs is nought."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) < len(sample) / 10:
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _plausible(sample: bytes, page: str) -> float:
    """Letters within words of one script count for a page, signs among letters against it."""
    words = sample.decode(page, "replace").split()
    foreign = [word for word in words if not word.isascii()]
    return sum(map(_like_a_word, foreign)) / (len(foreign) or 1)


def _like_a_word(word: str) -> float:
    scripts = {unicodedata.name(sign, "?").split()[0] for sign in word if sign.isalpha()}
    odd = sum(not sign.isalpha() for sign in word if not sign.isascii())
    upper = sum(after.isupper() and before.islower() for before, after in pairwise(word))
    return 1.0 - 0.5 * (len(scripts) > 1) - 0.5 * odd - 0.25 * upper


def _evenness(text: str, delimiter: str) -> tuple[float, int]:
    rows = [len(row) for row in csv.reader(text.splitlines()[:50], delimiter=delimiter) if row]
    if not rows or max(rows) < 2:
        return (0.0, 0)
    usual = max(set(rows), key=rows.count)
    return (rows.count(usual) / len(rows) if usual > 1 else 0.0, usual)
