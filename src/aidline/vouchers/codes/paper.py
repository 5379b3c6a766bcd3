"""Vouchers on paper, two on a sheet of A4 to be cut apart, for people without a telephone.

Each is the picture, so that every script is as it should be, with all its words behind it for whoever hears the file
rather than sees it.
"""

import io
from collections.abc import Sequence

from fpdf import FPDF

from aidline.vouchers.codes.face import Face
from aidline.vouchers.codes.picture import HEIGHT, WIDTH, draw

_SHEET_WIDTH, _SHEET_HEIGHT = 297.0, 210.0  # millimetres, on its side
_WIDE = 128.0
_HIGH = _WIDE * HEIGHT / WIDTH


def sheets(faces: Sequence[Face], *, title: str) -> bytes:
    """A PDF; `title` is what a reader calls the file, and names nobody."""
    pdf = FPDF(orientation="landscape", unit="mm", format="A4")
    pdf.set_auto_page_break(auto=False)
    pdf.set_title(title)
    if faces:
        pdf.set_lang(faces[0].language)
    for place, face in enumerate(faces):
        if place % 2 == 0:
            _new_sheet(pdf)
        _voucher(pdf, face, right=place % 2 == 1)
    return bytes(pdf.output())


def _new_sheet(pdf: FPDF) -> None:
    pdf.add_page()
    pdf.set_draw_color(150)
    pdf.set_dash_pattern(dash=2, gap=2)
    pdf.line(_SHEET_WIDTH / 2, 8, _SHEET_WIDTH / 2, _SHEET_HEIGHT - 8)
    pdf.set_dash_pattern()


def _voucher(pdf: FPDF, face: Face, *, right: bool) -> None:
    half = _SHEET_WIDTH / 2
    left = (half - _WIDE) / 2 + (half if right else 0)
    top = (_SHEET_HEIGHT - _HIGH) / 2
    pdf.image(io.BytesIO(draw(face)), left, top, _WIDE, _HIGH, alt_text=face.as_text, title=face.title)
    pdf.rect(left, top, _WIDE, _HIGH)
