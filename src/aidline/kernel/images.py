"""Pictures made anew from their pixels: nothing else of the file that came in survives.

A plain re-save by Pillow keeps JPEG and GIF comments; only a fresh image does not (measured 2026-11 with 13.0).
Colour profiles go with the rest, so that wide-gamut photos look a little paler.
"""

import io
from dataclasses import dataclass
from typing import Final

from PIL import Image

LARGEST: Final = 40_000_000  # pixels, before anything is decoded
LONGEST_SIDE: Final = 4096
THUMBNAIL_SIDE: Final = 480
SCANS: Final = 100  # of a progressive JPEG; photos have about ten, a file made to keep us busy thousands

_FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
_KEEPS_LINES: Final = ("PNG", "GIF")  # drawings and screenshots, which JPEG would smear
_SCALED_FIRST: Final = ("L", "RGB", "RGBA", "CMYK")  # before they are copied, for memory's sake
_ORIENTATION: Final = 0x0112
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class BadImage(Exception):
    """Not a picture we take: unknown, damaged, or too large."""


@dataclass(frozen=True, slots=True)
class Picture:
    content: bytes
    mime: str
    extension: str
    width: int
    height: int

    @property
    def size(self) -> int:
        return len(self.content)


def clean(content: bytes) -> Picture:
    """JPEG or PNG, which every channel and browser takes; the first frame of an animation."""
    return _remade(content, LONGEST_SIDE)


def thumbnail(content: bytes) -> Picture:
    return _remade(content, THUMBNAIL_SIDE)


def _remade(content: bytes, side: int) -> Picture:
    if content.startswith(b"\xff\xd8") and content.count(b"\xff\xda") > SCANS:
        raise BadImage("too many scans")
    try:
        return _encoded(*_pixels(content, side))
    except BadImage:
        raise
    except Exception as error:  # decoders fail in more ways than they document
        raise BadImage(type(error).__name__) from None


def _pixels(content: bytes, side: int) -> tuple[Image.Image, bool]:
    """A fresh image, and whether it is a drawing."""
    with Image.open(io.BytesIO(content), formats=_FORMATS) as source:
        if not 0 < source.width * source.height <= LARGEST:
            raise BadImage("too many pixels")
        drawing = source.format in _KEEPS_LINES
        turn = _TURNS.get(_orientation(source))
        if source.mode in _SCALED_FIRST:
            source.thumbnail((side, side))
        image = _plain(source)
    image.thumbnail((side, side))
    return _fresh(image if turn is None else image.transpose(turn)), drawing


def _orientation(source: Image.Image) -> int:
    try:
        return int(source.getexif().get(_ORIENTATION, 1))
    except Exception:  # broken EXIF is no reason to lose the picture
        return 1


def _plain(source: Image.Image) -> Image.Image:
    if source.mode.startswith("I"):  # 16 bits of grey: keep the upper eight
        return source.convert("I").point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    see_through = source.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in source.info
    return source.convert("RGBA" if see_through else "RGB")


def _fresh(image: Image.Image) -> Image.Image:
    fresh = Image.new(image.mode, image.size)
    fresh.paste(image)
    return fresh


def _encoded(image: Image.Image, drawing: bool) -> Picture:
    out = io.BytesIO()
    if drawing or image.mode == "RGBA":
        image.save(out, "PNG", compress_level=4)
        return Picture(out.getvalue(), "image/png", "png", image.width, image.height)
    image.save(out, "JPEG", quality=85)
    return Picture(out.getvalue(), "image/jpeg", "jpg", image.width, image.height)
