"""A centre whose Twilio number takes calls, the telephone company, and two agents with a supervisor."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from calls.stage import House


@pytest.fixture
def house(db: None) -> "Iterator[House]":
    from aidline.gateway import sites, waiting
    from calls.stage import open_house
    from local_server import serving

    sites.forget()
    waiting.forget()
    with serving() as server:
        made = open_house(server.url)
        server.answer = made.exchange.answer
        yield made
