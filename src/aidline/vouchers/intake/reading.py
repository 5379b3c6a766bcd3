"""A list as rows of plain cells: CSV in any common writing, and XLSX. Rows come one by one, whatever the size.

The file is decrypted in memory and lies on no disk in the clear.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from openpyxl import load_workbook

from aidline.kernel.text import clean
from aidline.vouchers.intake.decoding import DELIMITERS, ENCODINGS, SAMPLE, delimiter_of, encoding_of

MOST_BYTES = 25 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 100
LONGEST_CELL = 500
_UNPACKED = 400 * 1024 * 1024  # of a workbook, so that a small file cannot fill the memory
_PLACES = 1_048_576  # rows of a sheet, with the empty ones: a row may claim any number, and all before it are counted
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
csv.field_size_limit(1_000_000)

Cells = list[str]


@dataclass
class Unreadable(Exception):
    """`code`: empty, too_big, too_many_rows, old_excel, not_a_table, broken."""

    code: str


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file is to be read."""

    kind: str  # csv or xlsx
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""

    def as_json(self) -> dict[str, str]:
        pairs = {"encoding": self.encoding, "delimiter": self.delimiter, "sheet": self.sheet}
        return {key: value for key, value in pairs.items() if value}

    @staticmethod
    def of(kind: str, stored: dict[str, str]) -> "Shape":
        return Shape(kind, stored.get("encoding", ""), stored.get("delimiter", ""), stored.get("sheet", ""))


def shape_of(data: bytes, languages: Iterable[str] = ()) -> Shape:
    """Raises `Unreadable` for what is no list at all."""
    if not data.strip():
        raise Unreadable("empty")
    if len(data) > MOST_BYTES:
        raise Unreadable("too_big")
    if data.startswith(_OLD_EXCEL):
        raise Unreadable("old_excel")
    if data.startswith(_ZIP):
        return Shape("xlsx", sheet=sheets_of(data)[0])
    encoding = encoding_of(data, languages)
    text = data[:SAMPLE].decode(encoding, "replace")
    if "\0" in text or text.startswith(("%PDF", "{\\rtf")):
        raise Unreadable("not_a_table")
    return Shape("csv", encoding, delimiter_of(text))


def reshaped(known: Shape, *, encoding: str = "", delimiter: str = "", sheet: str = "") -> Shape:
    """As somebody chose who looked at the preview; what is not on offer changes nothing."""
    return Shape(
        known.kind,
        encoding if known.kind == "csv" and encoding in ENCODINGS else known.encoding,
        delimiter if known.kind == "csv" and delimiter in DELIMITERS else known.delimiter,
        sheet or known.sheet,
    )


def sheets_of(data: bytes) -> list[str]:
    book = _workbook(data)
    try:
        return list(book.sheetnames) or _refuse("empty")
    finally:
        book.close()


def head_and_rows(data: bytes, shape: Shape) -> tuple[Cells, Iterator[tuple[int, Cells]]]:
    """The headings, and the rows beneath with the numbers they have in the file. Empty rows are passed over."""
    rows = _numbered(_cells(data, shape))
    head = next(rows, None)
    if head is None:
        raise Unreadable("empty")
    return head[1], islice(rows, MOST_ROWS + 1)


def _numbered(rows: Iterator[Sequence[Any]]) -> Iterator[tuple[int, Cells]]:
    for number, row in enumerate(rows, start=1):
        if number > _PLACES:
            raise Unreadable("too_many_rows")
        cells = [_plain(cell) for cell in row[:MOST_COLUMNS]]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield number, cells


def _plain(cell: Any) -> str:
    """As it would be read aloud: a whole number without a point, a day without its midnight."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return clean(str(cell), LONGEST_CELL).strip()


def _cells(data: bytes, shape: Shape) -> Iterator[Sequence[Any]]:
    return _of_workbook(data, shape.sheet) if shape.kind == "xlsx" else _of_csv(data, shape)


def _of_csv(data: bytes, shape: Shape) -> Iterator[Sequence[Any]]:
    lines = io.TextIOWrapper(
        io.BytesIO(data), encoding=shape.encoding or "utf-8-sig", errors="replace", newline=""
    )
    try:
        yield from csv.reader(lines, delimiter=shape.delimiter or ",")
    except csv.Error:
        raise Unreadable("broken") from None


def _of_workbook(data: bytes, sheet: str) -> Iterator[Sequence[Any]]:
    book = _workbook(data)
    try:
        page = book[sheet] if sheet in book.sheetnames else book.worksheets[0]
        page.reset_dimensions()  # what a program wrote about its size may be wrong
        yield from page.iter_rows(values_only=True)
    except Unreadable:
        raise
    except Exception as error:  # openpyxl raises what its parsers raise
        raise Unreadable("broken") from error
    finally:
        book.close()


def _workbook(data: bytes) -> Any:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > _UNPACKED:
                raise Unreadable("too_big")
        return load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except Unreadable:
        raise
    except Exception:  # whatever is wrong with it, it is no workbook
        raise Unreadable("broken") from None


def _refuse(code: str) -> Any:
    raise Unreadable(code)
