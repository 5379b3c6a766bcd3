"""A long list of people compared, searched and paged through by the code of the product. In the environment of the
installation."""

import random
import resource
from collections.abc import Callable
from itertools import accumulate
from time import monotonic, process_time
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from tests.faults import inside as asked

from aidline.centres.models import Centre, Staff
from aidline.centres.services import add_member, create_staff
from aidline.centres.states import Role
from aidline.vouchers import registrations
from aidline.vouchers.models import Programme, Registration
from aidline.vouchers.registrations import NewPerson
from aidline.vouchers.states import Status
from aidline.vouchers.verification import comparing, whole

from .figures import quantiles

SYLLABLES = (
    "ba ko ri ma de lu sha ne ta vo za hi gu pe ran dul kar min sol bek tor wal nas fer jo gha li mut ser dan"
)
BITE, TWICE = 5_000, 0.03


def fill(*, people: int) -> dict[str, Any]:
    return {"people made, s": round(_timed(lambda: _filled(people))[1], 1)}


def compare() -> dict[str, Any]:
    """All at once, as after a long list; then one new person after another, as they register."""
    programme = Programme.objects.latest("created_at")
    _none, first = _timed(lambda: whole.compare_all(programme))
    busy = process_time()
    found, again = _timed(lambda: whole.compare_all(programme))
    busy = process_time() - busy
    single = [_one_more(programme) for _ in range(100)]
    return {
        "compared all, keys written, s": round(first, 2),
        "compared all again, s": round(again, 2),
        "compared all again, s of processor": round(busy, 2),
        "pairs": found,
        "one more person, ms": quantiles(single),
        "memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def page(*, visits: int = 30) -> dict[str, Any]:
    """The list as an officer opens it, after `compare`."""
    programme = Programme.objects.latest("created_at")
    browser = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
    browser.force_login(_officer(programme.centre))
    path = f"/c/{programme.centre.slug}/people/"
    middle = Registration.objects.filter(programme=programme).count() // 2
    row = Registration.objects.get(programme=programme, number=middle)
    common = _Names(random.Random(7)).given[0]
    asked_for: dict[str, Callable[[], Any]] = {
        "first page": lambda: browser.get(path),
        "a page in the middle": lambda: browser.get(path, {"before": str(middle)}),
        "by status": lambda: browser.get(path, {"status": "ve"}),
        "listed twice": lambda: browser.get(path, {"needs": "pair"}),
        "by whole name": lambda: browser.post(path, {"search": row.name}),
        "by the commonest word": lambda: browser.post(path, {"search": common}),
        "by telephone": lambda: browser.post(path, {"search": row.phone}),
        "by receipt": lambda: browser.post(path, {"search": row.receipt}),
        "pairs": lambda: browser.get(path + "twice/"),
    }
    return {f"page, {name}, ms": _visits(visit, visits) for name, visit in asked_for.items()}


def _visits(visit: Callable[[], Any], times: int) -> dict[str, float]:
    answer = visit()
    assert answer.status_code == 200, answer.status_code
    return quantiles([_timed(visit)[1] for _ in range(times)])


def _timed(act: Callable[[], Any]) -> tuple[Any, float]:
    begun = monotonic()
    return act(), monotonic() - begun


# --- people ----------------------------------------------------------------------------------------------


class _Names:
    """Some names are common and most are rare, as anywhere."""

    def __init__(self, dice: random.Random) -> None:
        self._dice, syllables = dice, SYLLABLES.split()
        self.given = self._words(syllables, 3_000, (2, 2, 3))
        self.family = self._words(syllables, 20_000, (2, 3, 3, 4))
        self._weights = [
            list(accumulate(1 / (rank + flat) for rank in range(len(pool)))) for pool, flat in self._pools()
        ]

    def _pools(self) -> tuple[tuple[list[str], int], tuple[list[str], int]]:
        return (self.given, 15), (self.family, 50)

    def _words(self, syllables: list[str], many: int, lengths: tuple[int, ...]) -> list[str]:
        made = ("".join(self._dice.choices(syllables, k=self._dice.choice(lengths))) for _ in range(many))
        return list(dict.fromkeys(made))

    def one(self) -> str:
        middle = 2 if self._dice.random() < 0.3 else 1
        given = self._dice.choices(self.given, cum_weights=self._weights[0], k=middle)
        return " ".join([*given, *self._dice.choices(self.family, cum_weights=self._weights[1])]).title()


def _filled(people: int) -> Programme:
    dice = random.Random(7)
    names = _Names(dice)
    number = Programme.objects.count()
    programme = Programme.objects.create(
        centre=Centre.objects.get(), slug=f"people-{number}", name="People", languages=["en", "ar"]
    )
    for start in range(0, people, BITE):
        rows = [_person(dice, names, at) for at in range(start, min(people, start + BITE))]
        registrations.make(by=None, programme=programme, partner=None, rows=rows, why="upload")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return programme


_before: list[NewPerson] = []


def _person(dice: random.Random, names: _Names, number: int) -> NewPerson:
    """Three in a hundred stand on the list before, with a slip in the name."""
    name = names.one()
    if _before and dice.random() < TWICE:
        known = dice.choice(_before).name
        at = dice.randrange(1, len(known) - 1)
        name = known[:at] + known[at] + known[at:]
    status = (Status.REGISTERED, Status.VERIFIED, Status.INCLUDED)[number % 3]
    made = NewPerson(name=name, phone=f"+447{number:09}", language="en", status=status)
    if number % 10 == 0:
        _before.append(made)
    return made


def _one_more(programme: Programme) -> float:
    known = random.choice(_before)
    rows = [NewPerson(name=known.name, phone="+447700900001")]
    made = registrations.make(by=None, programme=programme, partner=None, rows=rows, why="form")
    return _timed(lambda: comparing.compare(list(made.added)))[1]


def _officer(centre: Centre) -> Staff:
    number = Staff.objects.count()
    staff = create_staff(
        organisation=centre.organisation, email=f"odile{number}@example.org", name=f"Odile {number}"
    )
    add_member(by=None, staff=staff, centre=centre, role=Role.VOUCHER_OFFICER, languages=["en"])
    return staff


asked.VERBS |= {act.__name__: act for act in (fill, compare, page)}

if __name__ == "__main__":
    asked.main()
