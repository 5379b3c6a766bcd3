"""A shop with a till, somebody at it, and vouchers to take."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from vouchers.till.counter import Counter


@pytest.fixture
def counter(db: None) -> "Counter":
    from vouchers.till.counter import build  # settings are ready only now

    return build()
