"""Lists in the writings they come in."""

import io
import random
import zipfile
from datetime import date

import pytest

from aidline.vouchers.intake.reading import Shape, Unreadable, head_and_rows, reshaped, shape_of, sheets_of
from vouchers.intake.lists import AMIRA, HEAD, OLENA, as_csv, as_xlsx

ARABIC = ("أميرة حداد", "+44 7700 900001", "العربية", "4")
FRENCH = ("Zoé Lefèvre", "+33 1 99 00 12 34", "français", "2")


def read(data: bytes, *languages: str) -> list[list[str]]:
    head, rows = head_and_rows(data, shape_of(data, languages))
    return [head, *(cells for _number, cells in rows)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_common_csv_is_read(encoding: str, delimiter: str) -> None:
    data = as_csv(HEAD, AMIRA, OLENA, ARABIC, encoding=encoding, delimiter=delimiter)
    assert read(data) == [list(row) for row in (HEAD, AMIRA, OLENA, ARABIC)]


@pytest.mark.parametrize(
    ("encoding", "language", "row"),
    [("cp1252", "fr", FRENCH), ("cp1256", "ar", ARABIC), ("cp1251", "uk", OLENA)],
)
def test_old_code_pages_are_told_apart_by_what_words_look_like(
    encoding: str, language: str, row: tuple[str, ...]
) -> None:
    """Whatever other languages the programme has."""
    data = as_csv(HEAD, row, encoding=encoding, delimiter=";")
    for languages in ((language,), ("fr", "ar", "uk", "en"), ("uk", "ar", "fr")):
        assert read(data, *languages)[1] == list(row)


def test_a_wrong_guess_can_be_put_right() -> None:
    data = as_csv(HEAD, ARABIC, encoding="cp1256")
    wrong = shape_of(data, ["en"])
    right = reshaped(wrong, encoding="cp1256", delimiter="no delimiter")
    assert (right.encoding, right.delimiter) == ("cp1256", ",")
    assert next(head_and_rows(data, right)[1]) == (2, list(ARABIC))


def test_a_workbook_is_read_with_its_numbers_and_days() -> None:
    data = as_xlsx(HEAD, (), ("Amira", 447700900001.0, None, 4, date(2026, 11, 24)), (None, None))
    assert sheets_of(data) == ["People"]
    head, rows = head_and_rows(data, shape_of(data))
    assert head == list(HEAD)
    assert list(rows) == [(3, ["Amira", "447700900001", "", "4", "2026-11-24"])]


def test_quoted_cells_keep_their_line_breaks_and_the_rows_their_numbers() -> None:
    data = b'Name,Phone\n"Amira\nHaddad",1\n\n,,\nOlena,2\n'
    _head, rows = head_and_rows(data, shape_of(data))
    assert [number for number, _ in rows] == [2, 5]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"  \n", "empty"),
        (b"\xd0\xcf\x11\xe0 an old book", "old_excel"),
        (b"PK\x03\x04 and nothing more", "broken"),
        (b"%PDF-1.7 something", "not_a_table"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\x01\x02\x03", "not_a_table"),
        (b"x" * (25 * 1024 * 1024 + 1), "too_big"),
    ],
)
def test_what_is_no_list_is_refused_with_a_reason(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        shape_of(data)
    assert refused.value.code == code


def test_a_packed_bomb_is_not_unpacked() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in range(5):
            packed.writestr(f"xl/worksheets/sheet{name}.xml", b"\0" * 100_000_000)
    with pytest.raises(Unreadable, match="too_big"):
        shape_of(file.getvalue())


def test_a_row_that_claims_to_be_the_billionth_is_not_counted_up_to() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_xlsx(HEAD, AMIRA))) as whole, zipfile.ZipFile(file, "w") as packed:
        for entry in whole.infolist():
            content = whole.read(entry)
            if entry.filename.startswith("xl/worksheets/"):
                content = content.replace(b'<row r="2"', b'<row r="4000000"')
            packed.writestr(entry, content)
    data = file.getvalue()
    with pytest.raises(Unreadable, match="too_many_rows"):
        list(head_and_rows(data, shape_of(data))[1])


def test_noise_never_breaks_the_reader() -> None:
    source = random.Random(5)
    whole = as_csv(HEAD, *[AMIRA, OLENA, ARABIC] * 5), as_xlsx(HEAD, *[AMIRA, OLENA] * 5)
    for turn in range(300):
        data = bytearray(whole[turn % 2])
        for _ in range(source.randint(1, 20)):
            data[source.randrange(len(data))] = source.randrange(256)
        try:
            shape = shape_of(bytes(data), ["ar", "uk"])
            list(head_and_rows(bytes(data), shape)[1])
        except Unreadable:
            continue
    assert Shape.of("csv", Shape("csv", "utf-8-sig", ",").as_json()) == Shape("csv", "utf-8-sig", ",")
