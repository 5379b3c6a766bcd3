"""Letters for pictures and paper. FiraGO comes with the product: Latin, Cyrillic, Greek, Arabic, Hebrew, Devanagari.

The other scripts are those of the machine, where it has Noto (`apt install fonts-noto-core`); `covers` tells.
"""

import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import pymupdf_fonts
from fontTools.ttLib import TTFont
from PIL import ImageFont

_OWN = {False: "figo", True: "figbo"}
_MONO = "fimbo"
_FOLDERS = (
    Path("/usr/share/fonts/truetype/noto"),
    Path("/usr/share/fonts/noto"),
    Path("/usr/local/share/fonts"),
)
_SCRIPTS = ("Bengali", "Ethiopic", "Myanmar", "Tamil", "Thai", "Georgian", "Armenian", "Khmer", "Gurmukhi")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a text, and the font that has its letters."""

    font: str
    text: str


def covers(text: str) -> bool:
    """Whether every letter can be written on this machine."""
    return all(any(ord(letter) in _letters(name) for name in _names(False)) for letter in _visible(text))


def runs(text: str, *, bold: bool = False) -> list[Run]:
    """Letters that stand for themselves, such as spaces, stay with what is before them."""
    found: list[tuple[str, str]] = []
    for letter in text:
        before = found[-1][0] if found else _names(bold)[0]
        found.append((_font_of(letter, before, bold), letter))
    return [
        Run(name, "".join(letter for _, letter in group))
        for name, group in groupby(found, key=lambda one: one[0])
    ]


@lru_cache(maxsize=256)
def sized(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(io.BytesIO(content(name)), size, layout_engine=ImageFont.Layout.RAQM)


def mono(size: int) -> ImageFont.FreeTypeFont:
    return sized(_MONO, size)


@lru_cache(maxsize=32)
def content(name: str) -> bytes:
    """The font's file."""
    own = pymupdf_fonts.fontbuffers.get(name)
    return bytes(own()) if own else Path(name).read_bytes()


def _font_of(letter: str, before: str, bold: bool) -> str:
    if ord(letter) in _letters(before) or not unicodedata.category(letter).startswith(
        ("L", "M", "N", "S", "P")
    ):
        return before
    return next((name for name in _names(bold) if ord(letter) in _letters(name)), before)


def _visible(text: str) -> Iterator[str]:
    return (letter for letter in text if unicodedata.category(letter)[0] not in "CZ")


@lru_cache(maxsize=2)
def _names(bold: bool) -> tuple[str, ...]:
    weight = "Bold" if bold else "Regular"
    files = (folder / f"NotoSans{script}-{weight}.ttf" for script in _SCRIPTS for folder in _FOLDERS)
    return (_OWN[bold], *(str(file) for file in files if file.exists()))


@lru_cache(maxsize=32)
def _letters(name: str) -> frozenset[int]:
    return frozenset(TTFont(io.BytesIO(content(name)), lazy=True).getBestCmap())
