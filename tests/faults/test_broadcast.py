"""Whatever is killed: each address gets a broadcast once at the most, and its report adds up."""

import pytest

from .broadcast import Broadcasting, one_broadcast
from .setting import database_of_tests

pytestmark = [pytest.mark.faults, pytest.mark.slow]

SHORT = Broadcasting(audience=600, kills=3, patience=180)
TINY = Broadcasting(audience=300, kills=2, garbled=0.3, told=0.3, patience=60)

only_once = pytest.mark.skipif(database_of_tests() != "sqlite", reason="shown once is enough")


def test_a_broadcast_killed_three_times_reaches_everyone_once_and_its_report_adds_up() -> None:
    report = one_broadcast(database_of_tests(), SHORT)
    assert report.faults == [], report.told()
    assert report.facts["kills"] == 3


@only_once
@pytest.mark.parametrize(
    ("mutant", "found"),
    [
        ("releases_again", "got it twice"),
        ("sends_again_blindly", "got it twice"),
        ("asks_nobody", "unwanted"),
    ],
)
def test_planted_faults_of_broadcasts_are_found(mutant: str, found: str) -> None:
    report = one_broadcast("sqlite", TINY, mutant=mutant)
    assert found in {fault.partition(":")[0] for fault in report.faults}, report.told()
