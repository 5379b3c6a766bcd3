"""Lists of one partner that arrive at one moment: nobody twice, no number twice, no place more than agreed."""

import threading
from collections.abc import Callable

import pytest
from django.db import IntegrityError, OperationalError, connection, connections

from aidline.vouchers import indexes, registrations
from aidline.vouchers.models import Partner, PartnerPlace, Programme, Registration
from aidline.vouchers.registrations import NewPerson, make
from factories import make_centre
from vouchers import making

pytestmark = pytest.mark.django_db(transaction=True)
QUOTA, HANDS, EACH = 25, 4, 15


def a_place() -> tuple[Programme, Partner]:
    programme = making.programme(make_centre(), funded=0)
    partner = Partner.objects.create(centre=programme.centre, name="Harbour Kitchen")
    PartnerPlace.objects.create(partner=partner, programme=programme, quota=QUOTA)
    return programme, partner


def a_list(hand: int) -> list[NewPerson]:
    """Half of each list stands in the next one, too."""
    numbers = range(hand * EACH // 2, hand * EACH // 2 + EACH)
    return [
        NewPerson(
            name=f"P{number}",
            phone=f"+4477009{number:05}",
            key=indexes.row_key(f"+4477009{number:05}", f"P{number}"),
        )
        for number in numbers
    ]


def all_at_once(act: Callable[[int], object]) -> None:
    ready = threading.Barrier(HANDS)

    def run(hand: int) -> None:
        ready.wait()
        act(hand)
        connections.close_all()

    hands = [threading.Thread(target=run, args=(hand,)) for hand in range(HANDS)]
    for one in hands:
        one.start()
    for one in hands:
        one.join()


def race(programme: Programme, partner: Partner) -> int:
    """Each row by itself, tried again as the worker does; how many there are in the end."""

    def add(hand: int) -> None:
        for row in a_list(hand):
            for _again in range(20):
                try:
                    make(by=None, programme=programme, partner=partner, rows=[row], why="upload")
                except (IntegrityError, OperationalError):
                    continue
                break

    all_at_once(add)
    rows = Registration.objects.filter(programme=programme)
    numbers = list(rows.values_list("number", flat=True))
    assert len(numbers) == len(set(numbers))
    places = [bytes(index or b"") for index in rows.values_list("row_index", flat=True)]
    assert len(places) == len(set(places))
    return rows.count()


def test_lists_that_race_never_pass_the_quota() -> None:
    assert race(*a_place()) == QUOTA


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one writer in at a time")
def test_counting_before_taking_the_numbers_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: read, check, save."""
    real = registrations._room

    def counted_first(programme: Programme, partner: Partner | None, wanted: int) -> int:
        used = Registration.objects.filter(programme=programme, partner=partner).count()
        real(programme, None, wanted)
        return max(0, min(wanted, QUOTA - used))

    monkeypatch.setattr(registrations, "_room", counted_first)
    assert any(race(*a_place()) > QUOTA for _try in range(6))
