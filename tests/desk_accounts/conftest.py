from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache

if TYPE_CHECKING:
    from staffed import House


@pytest.fixture(autouse=True)
def no_counts() -> Iterator[None]:
    """Rate limits of one test are not those of the next."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def house(db: None) -> "House":
    from staffed import build  # models exist only after Django is set up

    return build()
