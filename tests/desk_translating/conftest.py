from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from staffed import House


@pytest.fixture
def house(db: None) -> "House":
    from staffed import build  # models exist only after Django is set up

    return build()
