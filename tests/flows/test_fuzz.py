"""Random runs of random flows, the short form. The long one: `python -m tests.flows.fuzz`."""

import pytest

from .fuzz import fuzz
from .planted import MUTANTS, planted


def test_every_run_of_every_flow_ends_well() -> None:
    report = fuzz(3_000, seed=20261124)
    assert report.faults == []
    assert report.ends.keys() == {"person", "goodbye", "article and goodbye"}
    assert report.sound > report.flows / 2


@pytest.mark.parametrize("name", MUTANTS)
def test_a_planted_fault_is_found(name: str) -> None:
    kinds = {fault.partition(":")[0] for fault in planted(name).faults}
    assert MUTANTS[name][1] in kinds
