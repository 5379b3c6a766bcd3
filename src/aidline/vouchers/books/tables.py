"""Tables as files: CSV that spreadsheets open rightly, and XLSX. Written row by row, whatever their size."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook

Value = str | int | Decimal | date | datetime | None
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UTC = ZoneInfo("UTC")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Table:
    """`tags`: a row of HXL hashtags under the headings, for aggregates only; empty for none."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Value]]
    tags: Sequence[str] = ()
    zone: ZoneInfo = UTC

    def lines(self) -> Iterator[Sequence[Value]]:
        yield self.headings
        if self.tags:
            yield self.tags
        yield from self.rows


def as_csv(table: Table) -> Iterator[bytes]:
    """With a mark at the beginning by which spreadsheets know that it is UTF-8."""
    yield b"\xef\xbb\xbf"
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for line in table.lines():
        writer.writerow([_text(value, table.zone) for value in line])
        if buffer.tell() > 32_000:
            yield _emptied(buffer)
    yield _emptied(buffer)


def as_xlsx(table: Table) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(table.name[:31])
    for line in table.lines():
        sheet.append([_cell(value, table.zone) for value in line])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def money(cents: int) -> Decimal:
    return Decimal(cents) / 100


def _emptied(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return data


def _text(value: Value, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return _safe(value) if isinstance(value, str) else "" if value is None else str(value)


def _cell(value: Value, zone: ZoneInfo) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(zone).replace(tzinfo=None)
    return _safe(value) if isinstance(value, str) else value


def _safe(text: str) -> str:
    """What a spreadsheet would run as a formula becomes plain text; a hashtag of HXL is none."""
    return f"'{text}" if text.startswith(_FORMULA) else text
