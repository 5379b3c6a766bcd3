"""A programme, somebody on its list, and the browser of whoever has their link."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from vouchers.registering.stage import Stage


@pytest.fixture
def stage(db: None) -> "Stage":
    from vouchers.registering.stage import build

    return build()
