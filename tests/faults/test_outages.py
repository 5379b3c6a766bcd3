"""The database away, the disk full, the provider unwell: nothing is lost and all drains by itself."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from .installation import Installation
from .outages import During, NoSmallDisk, database_away, disk_full, provider_trouble, small_disk
from .run import Report, Run, Size
from .setting import database_of_tests, installation, server

pytestmark = [pytest.mark.faults, pytest.mark.slow]

CALM = Size(posts=320, kills=0, replies=30, people=60, pace=40)

on_postgresql = pytest.mark.skipif(database_of_tests() != "postgresql", reason="SQLite does not go away")
on_sqlite = pytest.mark.skipif(database_of_tests() != "sqlite", reason="shown on SQLite")


@pytest.fixture
def disk() -> Iterator[Path]:
    try:
        with small_disk(64) as folder:
            yield folder
    except NoSmallDisk as reason:
        pytest.skip(f"no small disk can be made here: {reason}")


def go(made: Installation, provider: object, size: Size, during: During) -> Report:
    return asyncio.run(Run(made, provider, size).go(during))  # type: ignore[arg-type]


@on_postgresql
@pytest.mark.parametrize("frozen", [False, True], ids=["stopped", "frozen"])
def test_with_the_database_away_calls_are_answered_and_come_in_later(frozen: bool) -> None:
    with server("postgresql") as (cluster, url), installation(url) as (made, provider):
        assert cluster
        report = go(made, provider, CALM, database_away(cluster, 5, frozen=frozen))
    assert report.faults == [], report.told()
    assert report.facts["spooled"] > 0


@on_sqlite
def test_on_a_full_disk_calls_are_refused_and_nothing_acknowledged_is_lost(disk: Path) -> None:
    with installation("", data=disk / "data") as (made, provider):
        report = go(made, provider, CALM, disk_full(disk, 2))
    assert report.faults == [], report.told()
    assert report.facts["answers 503 while full"] > 0


@on_sqlite
def test_a_provider_that_fails_in_every_way_gets_each_reply_once() -> None:
    size = Size(posts=300, kills=0, replies=0, people=60, garbled=0, settle=False)
    with installation("") as (made, provider):
        report = go(made, provider, size, provider_trouble(1.5))
        channels = made.ask("channels")
    assert report.faults == [], report.told()
    assert report.facts["breaker open"] > 0
    assert not [channel for channel in channels if channel["failures"]]
