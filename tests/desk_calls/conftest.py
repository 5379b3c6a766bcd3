"""A centre with a telephone line, two agents, a supervisor, and a neighbour elsewhere."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from desk_calls.stage import Stage


@pytest.fixture
def stage(db: None) -> "Stage":
    from desk_calls.stage import build  # models exist only after Django is set up

    return build()
