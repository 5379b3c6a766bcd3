"""Whatever is killed while a payment runs: each person has one card, and issuer and books agree."""

from collections.abc import Iterator

import pytest

from .installation import Installation
from .paying import Paying, run, stage
from .setting import database_of_tests

pytestmark = [pytest.mark.faults, pytest.mark.slow]

SHORT = Paying(people=120, kills=5, patience=60, orders="slow-150/busy-3/broken-3/garbage-3")
OWN = Paying(people=3_000, kills=5, patience=60, own=True)
TINY = Paying(people=40, kills=2, patience=8, orders="slow-100/garbage-20")

Stage = tuple[Installation, str]


@pytest.fixture(scope="module")
def made() -> Iterator[Stage]:
    with stage(database_of_tests()) as found:
        yield found


@pytest.mark.parametrize("size", [SHORT, OWN], ids=["gift cards", "our own"])
def test_a_payment_killed_again_and_again_loses_and_doubles_nobody(made: Stage, size: Paying) -> None:
    report = run(*made, size)
    assert report.faults == [], report.told()
    assert report.facts["kills"]


@pytest.mark.skipif(database_of_tests() != "sqlite", reason="shown once is enough")
@pytest.mark.parametrize(
    ("mutant", "found"),
    [
        ("asks_under_a_new_reference", "doubled"),
        ("believes_that_silence_is_no", "lost"),
        ("pays_without_writing_down", "lost"),
    ],
)
def test_planted_faults_of_payments_are_found(made: Stage, mutant: str, found: str) -> None:
    report = run(*made, TINY, mutant=mutant)
    assert found in {fault.partition(":")[0] for fault in report.faults}, report.told()
