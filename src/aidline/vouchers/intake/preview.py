"""What a list would do, before it does it: the columns, the first people, what is wrong with the first rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from aidline.vouchers import indexes
from aidline.vouchers.intake import words
from aidline.vouchers.intake.checking import Checked, Checker
from aidline.vouchers.intake.mapping import Target, is_enough, targets_of
from aidline.vouchers.intake.reading import Cells, head_and_rows
from aidline.vouchers.intake.uploads import contents, mapping_of, shape_of_upload
from aidline.vouchers.models import Registration, Upload
from aidline.vouchers.registrations import NewPerson

LOOKED_AT = 500
_EXAMPLES, _PEOPLE, _FAULTS = 3, 5, 20


@dataclass(frozen=True, slots=True)
class Column:
    number: int
    heading: str
    examples: tuple[str, ...]
    code: str  # of the field it fills, or empty


@dataclass(frozen=True, slots=True)
class Told:
    """One fault of one row, in words."""

    row: int
    column: str
    text: str
    is_left_out: bool


@dataclass(frozen=True, slots=True)
class Preview:
    columns: tuple[Column, ...]
    targets: tuple[Target, ...]
    looked_at: int
    new: int
    known: int
    left_out: int
    people: tuple[NewPerson, ...]
    faults: tuple[Told, ...]
    is_enough: bool


def preview_of(upload: Upload, *, language: str = "") -> Preview:
    headings, rows = head_and_rows(contents(upload), shape_of_upload(upload))
    first = list(islice(rows, LOOKED_AT))
    targets, mapping = targets_of(upload.programme, language), mapping_of(upload)
    checker = checker_of(upload, targets)
    checked = [(number, checker.row(cells, mapping)) for number, cells in first]
    people = [one.person for _, one in checked if one.person]
    known = _known(upload, people)
    return Preview(
        columns=tuple(_columns(headings, [cells for _, cells in first], mapping)),
        targets=tuple(targets.values()),
        looked_at=len(first),
        new=len(people) - known,
        known=known,
        left_out=len(first) - len(people),
        people=tuple(people[:_PEOPLE]),
        faults=tuple(told(_report(checked), targets)[:_FAULTS]),
        is_enough=is_enough(mapping),
    )


def checker_of(upload: Upload, targets: Mapping[str, Target]) -> Checker:
    programme = upload.programme
    return Checker(programme, targets, programme.centre.region, upload.partner_id)


def told(report: Sequence[Sequence[object]], targets: Mapping[str, Target]) -> list[Told]:
    """`report` as an upload keeps it."""
    return [
        Told(
            int(str(row)),
            words.column(str(field), targets),
            words.fault(str(code), str(field)),
            words.is_left_out(str(code), str(field)),
        )
        for row, code, field in report
    ]


def _report(checked: Sequence[tuple[int, Checked]]) -> list[list[object]]:
    return [[number, code, field] for number, one in checked for code, field in (*one.faults, *one.notes)]


def _known(upload: Upload, people: Sequence[NewPerson]) -> int:
    programme = upload.programme
    wanted = [indexes.row_index(programme.pk, programme.centre_id, person.key) for person in people]
    return Registration.objects.filter(programme=programme, row_index__in=wanted).count()


def _columns(headings: Cells, rows: Sequence[Cells], mapping: Mapping[int, str]) -> list[Column]:
    width = max(len(headings), *(len(row) for row in rows[:_EXAMPLES]), 0) if rows else len(headings)
    return [
        Column(
            at,
            headings[at] if at < len(headings) else "",
            _examples(at, rows),
            mapping.get(at, ""),
        )
        for at in range(width)
    ]


def _examples(at: int, rows: Sequence[Cells]) -> tuple[str, ...]:
    """The first different ones."""
    return tuple(islice(dict.fromkeys(row[at] for row in rows if at < len(row) and row[at]), _EXAMPLES))
