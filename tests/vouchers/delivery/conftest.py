from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from simulator.practice import Practice


@pytest.fixture
def practice(db: None, monkeypatch: pytest.MonkeyPatch) -> "Practice":
    from simulator.practice import build  # settings are ready only now

    return build(monkeypatch)
