"""Ids rise, also between threads, and never repeat."""

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import RFC_4122

import pytest

from aidline.kernel import ids


def test_ids_are_version_7_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "_last", 0)  # other tests lived in the future
    before = time.time_ns() // 1_000_000
    made = ids.new_id()
    assert (made.version, made.variant) == (7, RFC_4122)
    assert 0 <= (made.int >> 80) - before < 5000


def test_ids_rise_within_a_thread_even_in_one_millisecond() -> None:
    made = [ids.new_id() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_from_many_threads_never_meet_and_each_thread_sees_them_rise() -> None:
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda _: [ids.new_id() for _ in range(2_000)], range(8)))
    assert all(row == sorted(row) for row in rows)
    assert len({made >> 64 for row in rows for made in (one.int for one in row)}) == 16_000


def test_a_clock_set_back_does_not_set_ids_back(monkeypatch) -> None:
    first = ids.new_id()
    monkeypatch.setattr(ids.time, "time_ns", lambda: 0)
    assert ids.new_id() > first
