"""Nothing is lost by pulling the plug; and a product that would lose something is found out."""

import pytest

from .run import Size
from .setting import database_of_tests, one_run

pytestmark = [pytest.mark.faults, pytest.mark.slow]

SHORT = Size(posts=600, kills=6, replies=60, people=120)
TINY = Size(posts=200, kills=2, replies=40, people=60, garbled=0.3)

only_once = pytest.mark.skipif(database_of_tests() != "sqlite", reason="shown once is enough")


def test_killed_six_times_every_message_of_every_provider_is_there_once_and_in_order() -> None:
    report = one_run(database_of_tests(), SHORT, all_providers=True)
    assert report.faults == [], report.told()
    assert report.facts["kills"] == 6


@only_once
@pytest.mark.parametrize(
    ("mutants", "found"),
    [
        ("answers_first", {"lost"}),
        (
            "ignores_duplicates+moves_receipts_backwards+sends_again_blindly",
            {"doubled", "backwards", "sent twice"},
        ),
    ],
)
def test_planted_faults_are_found(mutants: str, found: set[str]) -> None:
    """A kill must fall into the moment of the fault: looked for six times, found at least once."""
    seen: set[str] = set()
    for _ in range(6):
        report = one_run("sqlite", TINY, mutant=mutants)
        seen |= {fault.partition(":")[0] for fault in report.faults}
        if found <= seen:
            return
    pytest.fail(report.told())
