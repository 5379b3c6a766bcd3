"""An empty list to fill in: the headings that are understood without anybody having to say what they are."""

import io

from openpyxl import Workbook
from openpyxl.styles import Font

from aidline.vouchers.intake.mapping import FIRST, LAST, PHONE, Target, targets_of
from aidline.vouchers.models import Programme

_WIDTH = 24
_ROWS = 2_000  # of the column of numbers that are told to be text
_TEXT = "@"


def blank(programme: Programme, language: str = "") -> bytes:
    book = Workbook()
    page = book.active
    assert page is not None
    targets = [one for one in targets_of(programme, language).values() if one.code not in (FIRST, LAST)]
    for column, target in enumerate(targets, start=1):
        cell = page.cell(1, column, target.label)
        cell.font = Font(bold=True)
        page.column_dimensions[cell.column_letter].width = _WIDTH
        _keep_whole(page, column, target)
    page.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _keep_whole(page: object, column: int, target: Target) -> None:
    if target.code == PHONE:
        for row in range(2, _ROWS):
            page.cell(row, column).number_format = _TEXT  # type: ignore[attr-defined]
