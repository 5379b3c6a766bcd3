"""A programme by week, as files, and what is too small to be told."""

import csv
import io
from datetime import timedelta
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from aidline.kernel.clock import now, starting_at
from aidline.vouchers.books.exports import EXPORTS, by_week
from aidline.vouchers.books.figures import Cell, Week, hide_small, weekly
from aidline.vouchers.books.tables import Table, as_csv, as_xlsx
from aidline.vouchers.redeeming import changing
from aidline.vouchers.redeeming.use import redeem
from vouchers import making


def read(table: Table) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(as_csv(table)).decode("utf-8-sig"))))


@pytest.fixture
def programme(db):
    """Two weeks: twelve vouchers, nine used; two cancelled, which is too few to be told."""
    made = making.programme()
    till = making.till(making.shop(made, "=Corner shop"))
    first = making.vouchers(made, 12, 1000)
    for voucher in first[:9]:
        redeem(till=till, cashier=None, key=uuid4(), cents=250, code=voucher.code)
    for voucher in first[10:]:
        changing.cancel(by=None, voucher=voucher, reason="test")
    with starting_at(now() + timedelta(days=7)):
        making.vouchers(made, 6, 1000)
        redeem(till=till, cashier=None, key=uuid4(), cents=250, code=first[0].code)
    return made


def test_the_weeks_add_up_and_small_numbers_are_hidden(programme) -> None:
    first, second, total = weekly(programme)
    assert (first.issued, second.issued, total.issued) == (Cell(12, 12000), Cell(6, 6000), Cell(18, 18000))
    assert first.budget_cents == total.budget_cents == 10_000_00
    assert second.used.hidden  # one person alone
    assert first.used.hidden or total.used.hidden  # and what would give it away
    assert first.returned.hidden
    assert total.returned.hidden
    assert second.uses == 0


def test_one_hidden_cell_takes_the_smallest_other_with_it() -> None:
    people = (20, 3, 9, 15)
    weeks = [Week(None, issued=Cell(count, count * 100)) for count in (*people, sum(people))]
    assert [week.issued.hidden for week in hide_small(weeks)] == [False, True, True, False, False]


def test_an_aggregate_has_a_row_of_hashtags(programme) -> None:
    lines = read(by_week(programme))
    assert lines[1][:2] == ["#date+start", "#currency+code"]
    assert all(tag.startswith("#") for tag in lines[1])
    assert len({len(line) for line in lines}) == 1
    assert "<5" in lines[3]


@pytest.mark.parametrize("name", EXPORTS)
def test_each_export_is_the_same_in_both_formats_and_names_nobody(programme, name) -> None:
    lines = read(EXPORTS[name](programme))
    sheet = load_workbook(io.BytesIO(as_xlsx(EXPORTS[name](programme)))).active
    assert [len(line) for line in lines] == [len(row) for row in sheet.iter_rows(values_only=True)]
    assert len(lines) > 2
    assert not any("Amira" in cell or "+44" in cell for line in lines for cell in line)


def test_no_cell_runs_as_a_formula(programme) -> None:
    assert any(cell == "'=Corner shop" for line in read(EXPORTS["uses"](programme)) for cell in line)
