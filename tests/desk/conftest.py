"""A centre with an agent and a supervisor, a neighbour elsewhere, and somebody who waits."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from desk.stage import Stage


@pytest.fixture
def stage(db: None) -> "Stage":
    from desk.stage import build  # models exist only after Django is set up

    return build()
