"""What the operator is told of the audit log."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from aidline.config import doctor
from audit.test_chain import change, cut, entries, unguarded

pytestmark = pytest.mark.django_db


def told(folder: Path) -> list[tuple[str, str]]:
    environment: Any = SimpleNamespace(data=folder)
    return [(finding.level.value, finding.words) for finding in doctor.audit(environment)]


def test_a_whole_log_is_told_with_its_length_and_its_end(tmp_path: Path) -> None:
    made = entries()
    ((level, words),) = told(tmp_path)
    assert level == "ok"
    assert f"{len(made)} entries" in words
    assert told(tmp_path) == [(level, words)]


def test_a_changed_entry_is_bad(tmp_path: Path) -> None:
    made = entries()
    with unguarded():
        change(made[4], "actor_id")
    levels = told(tmp_path)
    assert [level for level, _ in levels] == ["BAD", "BAD"]
    assert "triggers" in levels[0][1]
    assert f"entry {made[4].pk}" in levels[1][1]


def test_entries_cut_off_the_end_are_missed_since_the_last_look(tmp_path: Path) -> None:
    made = entries()
    told(tmp_path)
    with unguarded():
        cut(made[-1])
    assert any("missing" in words for _, words in told(tmp_path)[1:])


def test_an_empty_log_is_nothing_to_tell_of(tmp_path: Path) -> None:
    assert told(tmp_path) == []
