"""Lists, as large as they get, taken in by the code the worker runs. In the environment of the installation."""

import csv
import io
import resource
from time import monotonic
from typing import Any

from openpyxl import Workbook
from tests.faults import inside as asked

from aidline.centres.models import Centre, Staff
from aidline.centres.services import add_member, create_staff
from aidline.centres.states import Role
from aidline.vouchers.intake import running, uploads
from aidline.vouchers.intake.preview import preview_of
from aidline.vouchers.models import Programme, Registration, Upload

HEAD = ("Name", "Phone number", "Language", "Household size", "Camp")
FIRST = ("Amira", "Olena", "Yusuf", "Zoé", "أميرة", "Олена", "Selam", "Marie", "Ahmad", "ሰላም")
LAST = ("Haddad", "Коваль", "حداد", "Lefèvre", "Tesfaye", "Okafor", "Nguyen", "García", "Kowalska", "Demir")
CAMP = [{"code": "camp", "type": "text", "labels": {"en": "Camp"}}]


def take_in(*, rows: int, kind: str = "csv") -> dict[str, Any]:
    """The same list twice: the first time everybody is new, the second time nobody is."""
    programme, officer = _programme(), _officer()
    data = (_csv if kind == "csv" else _xlsx)(rows)
    upload, received = _timed(uploads.receive, by=officer, programme=programme, partner=None, data=data)
    _preview, looked = _timed(preview_of, upload)
    _none, first = _timed(_add, upload, officer)
    again = uploads.receive(by=officer, programme=programme, partner=None, data=data)
    _none, second = _timed(_add, again, officer)
    again.refresh_from_db()
    people = Registration.objects.filter(programme=programme).count()
    assert (people, again.known) == (rows, rows), (people, again.known)
    return {
        "received, s": round(received, 2),
        "preview, s": round(looked, 2),
        "imported, s": round(first, 2),
        "rows a second": round(rows / first),
        "imported again, s": round(second, 2),
        "memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _add(upload: Upload, officer: Staff) -> None:
    uploads.start(by=officer, upload=upload)
    running.run({"upload": str(upload.pk)})


def _timed(act: Any, *what: Any, **named: Any) -> tuple[Any, float]:
    begun = monotonic()
    return act(*what, **named), monotonic() - begun


def _programme() -> Programme:
    number = Programme.objects.count()
    languages = ["en", "ar", "uk", "fr"]
    return Programme.objects.create(
        centre=Centre.objects.get(), slug=f"food-{number}", name="Food", languages=languages, form=CAMP
    )


def _officer() -> Staff:
    centre = Centre.objects.get()
    number = Staff.objects.count()
    staff = create_staff(
        organisation=centre.organisation, email=f"officer{number}@example.org", name=f"Odile {number}"
    )
    add_member(by=None, staff=staff, centre=centre, role=Role.VOUCHER_OFFICER, languages=["en"])
    return staff


def _rows(count: int) -> list[tuple[object, ...]]:
    return [
        (
            f"{FIRST[number % 10]} {LAST[number // 10 % 10]} {number}",
            f"+447{number:09}",  # never dialled, and never leaves this machine
            ("en", "Arabic", "uk", "French")[number % 4],
            number % 7 + 1,
            f"Camp {number % 30}",
        )
        for number in range(count)
    ]


def _csv(count: int) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([HEAD, *_rows(count)])
    return text.getvalue().encode()


def _xlsx(count: int) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet()
    for row in (HEAD, *_rows(count)):
        page.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


asked.VERBS |= {take_in.__name__: take_in}

if __name__ == "__main__":
    asked.main()
