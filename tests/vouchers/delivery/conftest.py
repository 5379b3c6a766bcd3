from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from simulator.practice import Practice
    from vouchers.delivery.stage import Stage


@pytest.fixture
def practice(db: None, monkeypatch: pytest.MonkeyPatch) -> "Practice":
    from simulator.practice import build  # settings are ready only now

    return build(monkeypatch)


@pytest.fixture
def stage(practice: "Practice") -> "Stage":
    from vouchers.delivery.stage import build

    return build(practice)
