"""Whatever is killed while a payment runs: each person has one card, and issuer and books agree."""

import pytest

from .paying import Paying, one_payment
from .setting import database_of_tests

pytestmark = [pytest.mark.faults, pytest.mark.slow]

SHORT = Paying(people=150, kills=6, patience=60, orders="slow-200/busy-3/broken-3/garbage-3")
TINY = Paying(people=40, kills=3, patience=15, orders="slow-150/garbage-20")

only_once = pytest.mark.skipif(database_of_tests() != "sqlite", reason="shown once is enough")


def test_a_payment_killed_six_times_loses_and_doubles_nobody() -> None:
    report = one_payment(database_of_tests(), SHORT)
    assert report.faults == [], report.told()
    assert report.facts["kills"] >= 3


@only_once
@pytest.mark.parametrize(
    ("mutant", "found"),
    [
        ("asks_under_a_new_reference", "doubled"),
        ("believes_that_silence_is_no", "lost"),
        ("pays_without_writing_down", "lost"),
    ],
)
def test_planted_faults_of_payments_are_found(mutant: str, found: str) -> None:
    report = one_payment("sqlite", TINY, mutant=mutant)
    assert found in {fault.partition(":")[0] for fault in report.faults}, report.told()
