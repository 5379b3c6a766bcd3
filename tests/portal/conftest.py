"""A centre with a web chat, a visitor's browser and, where a test wants one, an agent and the worker."""

from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:
    from portal.stage import Stage


@pytest.fixture(autouse=True)
def _no_counts() -> None:
    from aidline.portal import limits  # settings are ready only now

    for limit in (limits.VISITOR_MESSAGES, limits.CONNECTION_MESSAGES, limits.VISITOR_FILES):
        limit.clear()


@pytest.fixture
def stage(db: None) -> "Stage":
    from portal.stage import build

    return build()


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"Accept-Language": "fr"})
