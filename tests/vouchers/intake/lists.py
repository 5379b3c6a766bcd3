"""Lists as partners write them."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

HEAD = ("Name", "Phone number", "Language", "Household size")
AMIRA = ("Amira Haddad", "+44 7700 900001", "Arabic", "4")
OLENA = ("Олена Коваль", "07700 900002", "en", "2")


def as_csv(*rows: Sequence[Any], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(*rows: Sequence[Any], sheet: str = "People") -> bytes:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
