"""The picture of a voucher: brand, amount, until when, the codes, and four small drawings of how it is used.

Drawn for cheap telephones: black on white, bars four points wide, letters that are read at half the size. Sixteen
colours, so that it is a small file: eight greys, and eight between the brand's colour and what is written on it.
"""

import io
from functools import lru_cache

import segno
from PIL import Image, ImageDraw

from aidline.kernel import languages
from aidline.vouchers.codes import fonts
from aidline.vouchers.codes.barcode import QUIET, code128, ean13
from aidline.vouchers.codes.drawings import DRAWINGS
from aidline.vouchers.codes.face import Face
from aidline.vouchers.codes.lettering import Style, fitted, write

WIDTH, HEIGHT = 720, 950
MARGIN, HEADER = 28, 84
_TOP = HEADER + 20
_DOT = 6  # of the QR code
_QR = 49 * _DOT
_BARS_TOP, _BARS = 412, 130
_STEPS_TOP = 642
_STEP, _DRAWING = 72, 60
BLACK, WHITE = 0, 255


def draw(face: Face) -> bytes:
    """A PNG."""
    image = _empty(face.language, face.brand, face.steps).copy()
    canvas = ImageDraw.Draw(image)
    _amount(canvas, face)
    if face.token:
        image.paste(_qr(face.token), (_qr_left(face), _TOP))
    _bars(image, canvas, face)
    return _png(image, face.colour)


def _amount(canvas: ImageDraw.ImageDraw, face: Face) -> None:
    width = WIDTH - 2 * MARGIN - (_QR + 12 if face.token else 0)
    left = MARGIN + (_QR + 12 if face.token and _rtl(face) else 0)
    top = _TOP + 12
    for text, style, height in (
        (face.title, Style(face.language, 36, 20, lines=2), 84),
        (face.amount, Style(face.language, 84, 30, bold=True), 104),
        (face.note, Style(face.language, 26, 16), 34),
        (face.until, Style(face.language, 34, 18, bold=True, lines=2), 74),
    ):
        if text:
            top += write(canvas, text, style, (left, top, width, height), BLACK).height + 6


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
    made = segno.make_qr(token, error="m", boost_error=False)
    rows = [[BLACK if dark else WHITE for dark in row] for row in made.matrix]
    small = Image.new("L", (len(rows[0]), len(rows)))
    small.putdata([dot for row in rows for dot in row])
    dot = _QR // (len(rows) + 8)
    code = small.resize((small.width * dot, small.height * dot), Image.Resampling.NEAREST)
    square = Image.new("L", (_QR, _QR), WHITE)
    square.paste(code, ((_QR - code.width) // 2, (_QR - code.height) // 2))
    return square


def _qr_left(face: Face) -> int:
    return 8 if _rtl(face) else WIDTH - 8 - _QR


def _rtl(face: Face) -> bool:
    return languages.direction(face.language) == "rtl"


# --- what is the same on all vouchers of a programme in a language ---------------------------------------


@lru_cache(maxsize=64)
def _empty(language: str, brand: str, steps: tuple[str, ...]) -> Image.Image:
    image = Image.new("L", (WIDTH, HEIGHT), WHITE)
    canvas = ImageDraw.Draw(image)
    canvas.rectangle((0, 0, WIDTH, HEADER - 1), fill=BLACK)
    style = Style(language, 40, 20, bold=True)
    write(canvas, brand, style, (MARGIN, 18, WIDTH - 2 * MARGIN, 50), WHITE)
    canvas.line((MARGIN, _STEPS_TOP - 18, WIDTH - MARGIN, _STEPS_TOP - 18), fill=160, width=2)
    for place, words in enumerate(steps):
        _step(image, canvas, language, place, words)
    return image


def _step(image: Image.Image, canvas: ImageDraw.ImageDraw, language: str, place: int, words: str) -> None:
    rtl, top = languages.direction(language) == "rtl", _STEPS_TOP + place * _STEP
    image.paste(_drawing(place), (WIDTH - MARGIN - _DRAWING if rtl else MARGIN, top))
    width = WIDTH - 2 * MARGIN - _DRAWING - 16
    style = Style(language, 30, 16, lines=3)
    high = fitted(words, style, width, _STEP - 6).height
    left = MARGIN if rtl else MARGIN + _DRAWING + 16
    write(canvas, words, style, (left, top + (_DRAWING - high) // 2, width, _STEP - 6), BLACK)


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
    indexed.save(out, "PNG", bits=4, compress_level=6)
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
    red, green, blue = ((value / 255) ** 2.2 for value in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
