"""Words in a box: as large as they fit, in lines, from the side on which their language begins."""

from dataclasses import dataclass
from functools import lru_cache

from PIL import ImageDraw

from aidline.kernel import languages
from aidline.vouchers.codes import fonts

LEADING = 1.25


@dataclass(frozen=True, slots=True)
class Style:
    language: str
    largest: int
    smallest: int
    bold: bool = False
    lines: int = 1

    @property
    def rtl(self) -> bool:
        return languages.direction(self.language) == "rtl"


@dataclass(frozen=True, slots=True)
class Set:
    """A text as it was set. `fits` is false where even the smallest size was too large."""

    lines: tuple[str, ...]
    size: int
    fits: bool

    @property
    def height(self) -> int:
        return round(len(self.lines) * self.size * LEADING)


@lru_cache(maxsize=2048)
def fitted(text: str, style: Style, width: int, height: int) -> Set:
    for size in range(style.largest, style.smallest - 1, -2):
        lines = _lines(text, style, size, width)
        made = Set(tuple(lines), size, fits=True)
        if len(lines) <= style.lines and made.height <= height and _widest(lines, style, size) <= width:
            return made
    return Set(tuple(_lines(text, style, style.smallest, width))[: style.lines], style.smallest, fits=False)


def write(
    canvas: ImageDraw.ImageDraw, text: str, style: Style, box: tuple[int, int, int, int], ink: int
) -> Set:
    """`box` is left, top, width, height; the lines begin at its top, at the side of the language."""
    left, top, width, height = box
    made = fitted(text, style, width, height)
    for place, line in enumerate(made.lines):
        start = left + width - round(length(line, style, made.size)) if style.rtl else left
        _line(canvas, (start, top + round((place + 0.8) * made.size * LEADING)), line, style, made.size, ink)
    return made


def length(text: str, style: Style, size: int) -> float:
    return sum(
        fonts.sized(run.font, size).getlength(run.text, direction=_direction(style))
        for run in fonts.runs(text, bold=style.bold)
    )


def _line(
    canvas: ImageDraw.ImageDraw, at: tuple[int, int], text: str, style: Style, size: int, ink: int
) -> None:
    x: float = at[0]
    for run in fonts.runs(text, bold=style.bold):
        font = fonts.sized(run.font, size)
        canvas.text((x, at[1]), run.text, ink, font=font, anchor="ls", direction=_direction(style))
        x += font.getlength(run.text, direction=_direction(style))


def _lines(text: str, style: Style, size: int, width: int) -> list[str]:
    """Broken between words."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and length(longer, style, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _widest(lines: list[str], style: Style, size: int) -> float:
    return max((length(line, style, size) for line in lines), default=0)


def _direction(style: Style) -> str:
    return "rtl" if style.rtl else "ltr"
