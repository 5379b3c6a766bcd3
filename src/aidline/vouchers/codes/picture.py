"""The picture of a voucher: brand, amount, until when, the codes, and four small drawings of how it is used.

Drawn for cheap telephones: black on white, bars four points wide, letters that are read at half the size. Sixteen
colours, so that it is a small file: eight greys, and eight between the brand's colour and what is written on it.
"""

import io
from dataclasses import dataclass
from functools import lru_cache

import segno
from PIL import Image, ImageDraw

from aidline.kernel import languages
from aidline.vouchers.codes import fonts
from aidline.vouchers.codes.barcode import QUIET, code128, ean13
from aidline.vouchers.codes.drawings import DRAWINGS
from aidline.vouchers.codes.face import Face
from aidline.vouchers.codes.lettering import Set, Style, fitted, write

WIDTH, HEIGHT = 720, 950
MARGIN, HEADER = 28, 84
_TOP = HEADER + 20
_DOT = 6  # of the QR code
_QR = 49 * _DOT
_MASK = 2
_BARS_TOP, _BARS = 412, 130
_STEPS_TOP = 642
_STEP, _DRAWING = 72, 60
BLACK, WHITE = 0, 255


@dataclass(frozen=True, slots=True)
class Placed:
    """Words and where they stand: left, top, width, height."""

    text: str
    style: Style
    box: tuple[int, int, int, int]
    ink: int = BLACK

    @property
    def set(self) -> Set:
        return fitted(self.text, self.style, self.box[2], self.box[3])


def draw(face: Face) -> bytes:
    """A PNG."""
    image = _empty(face.language, face.brand, face.steps).copy()
    canvas = ImageDraw.Draw(image)
    for placed in _amount(face):
        write(canvas, placed.text, placed.style, placed.box, placed.ink)
    if face.token:
        image.paste(_qr(face.token), (8 if _rtl(face.language) else WIDTH - 8 - _QR, _TOP))
    _bars(image, canvas, face)
    return _png(image, face.colour)


def too_long(face: Face) -> list[str]:
    """The words that do not fit even in the smallest letters; they would be cut."""
    placed = [_brand(face.language, face.brand), *_amount(face)]
    placed += [_step(face.language, place, words) for place, words in enumerate(face.steps)]
    return [one.text for one in placed if not one.set.fits]


def _amount(face: Face) -> list[Placed]:
    """One below the other, beside the QR code."""
    code = _QR + 12 if face.token else 0
    left, top = MARGIN + (code if _rtl(face.language) else 0), _TOP + 12
    found: list[Placed] = []
    for text, style, height in (
        (face.title, Style(face.language, 36, 20, lines=2), 84),
        (face.amount, Style(face.language, 84, 30, bold=True), 104),
        (face.note, Style(face.language, 26, 16), 34),
        (face.until, Style(face.language, 34, 18, bold=True, lines=2), 74),
    ):
        if text:
            found.append(Placed(text, style, (left, top, WIDTH - 2 * MARGIN - code, height)))
            top += found[-1].set.height + 6
    return found


def _bars(image: Image.Image, canvas: ImageDraw.ImageDraw, face: Face) -> None:
    modules = ean13(face.bars) if face.is_ean else code128(face.bars)
    wide = WIDTH // (len(modules) + 2 * QUIET)
    row = Image.new("L", (len(modules), 1))
    row.putdata([BLACK if module == "1" else WHITE for module in modules])
    bars = row.resize((len(modules) * wide, _BARS), Image.Resampling.NEAREST)
    image.paste(bars, ((WIDTH - bars.width) // 2, _BARS_TOP))
    words = f"{face.groups}   PIN {face.pin}" if face.pin else face.groups
    size = min(48, round((WIDTH - 2 * MARGIN) / (0.6 * len(words))))
    canvas.text((WIDTH // 2, _BARS_TOP + _BARS + 50), words, BLACK, font=fonts.mono(size), anchor="mm")


def _qr(token: str) -> Image.Image:
    """With a mask that is given: what is signed looks like noise under any, and trying all takes most of the time."""
    made = segno.make_qr(token, error="m", boost_error=False, mask=_MASK)
    rows = [[BLACK if dark else WHITE for dark in row] for row in made.matrix]
    small = Image.new("L", (len(rows[0]), len(rows)))
    small.putdata([dot for row in rows for dot in row])
    dot = _QR // (len(rows) + 8)
    code = small.resize((small.width * dot, small.height * dot), Image.Resampling.NEAREST)
    square = Image.new("L", (_QR, _QR), WHITE)
    square.paste(code, ((_QR - code.width) // 2, (_QR - code.height) // 2))
    return square


def _rtl(language: str) -> bool:
    return languages.direction(language) == "rtl"


# --- what is the same on all vouchers of a programme in a language ---------------------------------------


@lru_cache(maxsize=64)
def _empty(language: str, brand: str, steps: tuple[str, ...]) -> Image.Image:
    image = Image.new("L", (WIDTH, HEIGHT), WHITE)
    canvas = ImageDraw.Draw(image)
    canvas.rectangle((0, 0, WIDTH, HEADER - 1), fill=BLACK)
    canvas.line((MARGIN, _STEPS_TOP - 18, WIDTH - MARGIN, _STEPS_TOP - 18), fill=160, width=2)
    found = [_brand(language, brand)]
    for place, words in enumerate(steps):
        left = WIDTH - MARGIN - _DRAWING if _rtl(language) else MARGIN
        image.paste(_drawing(place), (left, _STEPS_TOP + place * _STEP))
        found.append(_step(language, place, words))
    for placed in found:
        write(canvas, placed.text, placed.style, placed.box, placed.ink)
    return image


def _brand(language: str, brand: str) -> Placed:
    style = Style(language, 40, 18, bold=True)
    return Placed(brand, style, (MARGIN, 18, WIDTH - 2 * MARGIN, 50), WHITE)


def _step(language: str, place: int, words: str) -> Placed:
    """In the middle of its drawing's height."""
    style, width = Style(language, 30, 16, lines=3), WIDTH - 2 * MARGIN - _DRAWING - 16
    high = fitted(words, style, width, _STEP - 6).height
    left = MARGIN if _rtl(language) else MARGIN + _DRAWING + 16
    top = _STEPS_TOP + place * _STEP + (_DRAWING - high) // 2
    return Placed(words, style, (left, top, width, _STEP - 6))


@lru_cache(maxsize=8)
def _drawing(place: int) -> Image.Image:
    """Drawn four times as large, for smooth lines."""
    scale = 4 * _DRAWING / 24
    large = Image.new("L", (4 * _DRAWING, 4 * _DRAWING), WHITE)
    DRAWINGS[place](ImageDraw.Draw(large), scale)
    return large.resize((_DRAWING, _DRAWING), Image.Resampling.LANCZOS)


# --- colours and file ------------------------------------------------------------------------------------


def _png(image: Image.Image, colour: str) -> bytes:
    greys = image.point([value >> 5 for value in range(256)])
    header = greys.crop((0, 0, WIDTH, HEADER)).point([value + 8 for value in range(256)])
    greys.paste(header, (0, 0))
    indexed = Image.frombytes("P", image.size, greys.tobytes())
    indexed.putpalette(_palette(colour))
    out = io.BytesIO()
    indexed.save(out, "PNG", bits=4, compress_level=4)
    return out.getvalue()


@lru_cache(maxsize=64)
def _palette(colour: str) -> list[int]:
    ground = tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
    ink = (255, 255, 255) if _luminance(ground) < 0.36 else (17, 17, 17)
    greys = [round(step * 255 / 7) for step in range(8) for _ in range(3)]
    mixed = [
        round(low + (high - low) * step / 7)
        for step in range(8)
        for low, high in zip(ground, ink, strict=True)
    ]
    return greys + mixed


def _luminance(colour: tuple[int, ...]) -> float:
    shares = zip(colour, (0.2126, 0.7152, 0.0722), strict=True)
    return sum(float((value / 255) ** 2.2) * share for value, share in shares)
