"""One demonstration and one browser for all stories of this folder."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from journeys.browsing import chromium
from journeys.house import House
from journeys.installation import Installation, installed

HERE = Path(__file__).parent
ON_POSTGRESQL = "AIDLINE_DATABASE_URL" in os.environ
SAME_EVERYWHERE = (
    "test_every_channel.py",
    "test_pages.py",
    "test_planted_faults.py",
    "test_slow_link.py",
    "test_keyboard.py",
)
expect.set_options(timeout=60_000)  # a busy machine is slow, and waiting costs nothing when all is well


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("journey")
            if ON_POSTGRESQL and item.path.name in SAME_EVERYWHERE:
                item.add_marker(pytest.mark.skip(reason="about pages, which are the same on every database"))


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("journeys")
    with installed(folder, os.environ.get("AIDLINE_DATABASE_URL", "")) as running:
        running.inside("undo", "3")
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="session")
def _house(installation: Installation, browser: Browser) -> House:
    return House(installation, browser)


@pytest.fixture
def house(_house: House) -> Iterator[House]:
    """Every story ends with the same question: was anybody else asked, did a page complain?"""
    yield _house
    strangers, complaints = _house.leave()
    assert strangers == []
    assert complaints == []
