"""Fictional files, drawn and sounded by code, so that the repository holds no picture of anyone's life.

Everything is made anew on each load and is the same each time. One photo carries a place and a camera in its
EXIF on purpose, so that one can see them gone after our own cleaning.
"""

import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw

from aidline.simulator.content import sound

_PAPER, _INK, _TABLE, _TEAL, _AMBER, _GREY = "#faf9f4", "#5b6b6b", "#cdd5d2", "#0d5257", "#b8770b", "#97a3a1"
_SIZE = (960, 720)

# Open water west of Lisbon: nobody's home. Tags 0x010F camera maker, 0x8825 GPS (Exif 2.32, tables 4 and 15).
_MAKER, _GPS = 0x010F, 0x8825
_PLACE = {1: "N", 2: (38.0, 12.0, 0.0), 3: "W", 4: (10.0, 24.0, 0.0)}

Pen = ImageDraw.ImageDraw


@dataclass(frozen=True, slots=True)
class MediaFile:
    name: str
    mime: str
    content: bytes
    seconds: int = 0


@cache
def make(key: str) -> MediaFile:
    """The file a turn names in `media`. An unknown key is a KeyError."""
    return _MAKERS[key]()


def names() -> tuple[str, ...]:
    return tuple(_MAKERS)


# --- photos ----------------------------------------------------------------------------------------------


def _photo(name: str, draw: Callable[[Pen], None], *, tagged: bool = False) -> MediaFile:
    picture = Image.new("RGB", _SIZE, _TABLE)
    draw(ImageDraw.Draw(picture))
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=82, exif=_exif() if tagged else b"")
    return MediaFile(f"{name}.jpg", "image/jpeg", stream.getvalue())


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[_MAKER] = "Fictional camera"
    exif[_GPS] = _PLACE
    return exif


def _sheet(pen: Pen, *, lines: int = 7) -> None:
    pen.rectangle((270, 60, 690, 680), fill=_PAPER)
    for line in range(lines):
        y = 130 + 56 * line
        pen.rectangle((330, y, 630 - (line * 67) % 150, y + 14), fill=_INK)


def _prescription(pen: Pen) -> None:
    _sheet(pen, lines=6)
    pen.rounded_rectangle((330, 520, 490, 590), 35, fill=_AMBER)
    pen.rectangle((406, 520, 414, 590), fill=_PAPER)
    points = [(520 + step, 570 - 26 * math.sin(step / 14)) for step in range(0, 120, 6)]
    pen.line(points, fill=_TEAL, width=8)


def _letter(pen: Pen) -> None:
    _sheet(pen)
    pen.ellipse((540, 540, 640, 640), outline=_TEAL, width=8)
    pen.line((560, 592, 620, 592), fill=_TEAL, width=8)


def _form(pen: Pen) -> None:
    _sheet(pen, lines=0)
    for row in range(7):
        y = 120 + 74 * row
        pen.rectangle((330, y, 366, y + 36), outline=_INK, width=5)
        pen.rectangle((390, y + 10, 630, y + 24), fill=_GREY)
    pen.line((336, 208, 348, 222, 364, 196), fill=_TEAL, width=8)


def _door(pen: Pen) -> None:
    pen.rectangle((0, 0, 960, 720), fill="#b9a48c")
    pen.rectangle((340, 110, 620, 720), fill=_TEAL)
    pen.ellipse((570, 420, 600, 450), fill=_AMBER)
    pen.rectangle((430, 170, 530, 250), fill=_PAPER)
    pen.text((448, 176), "12", fill=_INK, font_size=64)
    pen.polygon((250, 720, 340, 660, 620, 660, 710, 720), fill=_GREY)


def _timetable(pen: Pen) -> None:
    pen.rectangle((180, 80, 780, 640), fill=_PAPER)
    pen.rectangle((180, 80, 780, 160), fill=_TEAL)
    pen.text((210, 88), "4  11", fill=_PAPER, font_size=56)
    for row in range(6):
        for column in range(5):
            x, y = 220 + 110 * column, 200 + 70 * row
            pen.rectangle((x, y, x + 70, y + 20), fill=_AMBER if (row, column) == (2, 3) else _GREY)


def _cot(pen: Pen) -> None:
    pen.rectangle((0, 520, 960, 720), fill="#a99e8d")
    pen.rectangle((240, 240, 720, 270), fill=_AMBER)
    pen.rectangle((240, 500, 720, 540), fill=_AMBER)
    for bar in range(9):
        pen.rectangle((250 + 57 * bar, 270, 262 + 57 * bar, 600), fill=_AMBER)
    pen.rounded_rectangle((290, 440, 680, 500), 20, fill=_PAPER)


def _heater(pen: Pen) -> None:
    pen.rectangle((0, 560, 960, 720), fill="#a99e8d")
    for rib in range(8):
        pen.rounded_rectangle((220 + 66 * rib, 240, 272 + 66 * rib, 540), 24, fill=_PAPER)
    pen.ellipse((750, 470, 810, 530), fill=_GREY)
    pen.line((780, 500, 780, 474), fill=_INK, width=6)


def _coat(pen: Pen) -> None:
    pen.line((480, 70, 480, 120), fill=_INK, width=8)
    pen.polygon((360, 170, 480, 120, 600, 170, 640, 620, 320, 620), fill=_TEAL)
    pen.polygon((360, 170, 240, 440, 310, 470, 350, 360), fill=_TEAL)
    pen.polygon((600, 170, 720, 440, 650, 470, 610, 360), fill=_TEAL)
    for button in range(4):
        pen.ellipse((470, 240 + 90 * button, 492, 262 + 90 * button), fill=_PAPER)


def _card(pen: Pen) -> None:
    pen.rounded_rectangle((190, 190, 770, 540), 30, fill=_TEAL)
    pen.rounded_rectangle((240, 290, 320, 350), 10, fill=_AMBER)
    for block in range(4):
        pen.rectangle((240 + 120 * block, 420, 330 + 120 * block, 446), fill=_TABLE)
    pen.line((600, 230, 700, 330), fill=_PAPER, width=6)


# --- sticker, sound, paper -------------------------------------------------------------------------------


def _sticker() -> MediaFile:
    picture = Image.new("RGBA", (512, 512), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    for petal in range(6):
        x, y = (256 + 120 * turn(petal * math.pi / 3) for turn in (math.cos, math.sin))
        pen.ellipse((x - 80, y - 80, x + 80, y + 80), fill="#f2c14e")
    pen.ellipse((186, 186, 326, 326), fill="#8a5a00")
    stream = io.BytesIO()
    picture.save(stream, "WEBP", lossless=True)
    return MediaFile("sticker.webp", "image/webp", stream.getvalue())


def _voice(seconds: int) -> MediaFile:
    return MediaFile("voice.ogg", "audio/ogg", sound.ogg(seconds), seconds)


def _pdf(name: str, lines: tuple[str, ...]) -> MediaFile:
    """One page of text, every byte ours: five objects, a table of where they begin, a trailer."""
    text = " T* ".join(f"({line}) Tj" for line in lines)
    drawing = f"BT /F1 14 Tf 72 760 Td 22 TL {text} ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(drawing)} >>\nstream\n{drawing}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    body, places = "%PDF-1.4\n", []
    for number, value in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{value}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    body_and_table = f"{body}xref\n0 6\n0000000000 65535 f \n{table}"
    end = f"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return MediaFile(f"{name}.pdf", "application/pdf", (body_and_table + end).encode("ascii"))


_MAKERS: dict[str, Callable[[], MediaFile]] = {
    "prescription": lambda: _photo("prescription", _prescription),
    "letter": lambda: _photo("letter", _letter),
    "form": lambda: _photo("form", _form),
    "door": lambda: _photo("door", _door, tagged=True),
    "timetable": lambda: _photo("timetable", _timetable),
    "cot": lambda: _photo("cot", _cot),
    "heater": lambda: _photo("heater", _heater),
    "coat": lambda: _photo("coat", _coat),
    "card": lambda: _photo("card", _card),
    "sticker": _sticker,
    "voice_short": lambda: _voice(6),
    "voice_long": lambda: _voice(14),
    "pdf_lease": lambda: _pdf("lease", ("Rental agreement (example)", "Dijkstraat 20, room 2")),
    "pdf_letter": lambda: _pdf("letter", ("Invitation (example)", "Desk 3", "Please bring this page.")),
    "pdf_diploma": lambda: _pdf("diploma", ("Diploma (example)", "Nursing", "An invented town")),
}
