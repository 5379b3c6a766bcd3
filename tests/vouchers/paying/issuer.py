"""A gift card issuer of our own on this machine: the look-alike's answers, with its books in memory."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import sleep

from aidline.simulator.lookalikes.card_books import CardBooks
from aidline.simulator.lookalikes.gift_card import respond
from aidline.simulator.lookalikes.shapes import Call
from local_server import Answer, LocalServer, Seen, serving


@dataclass
class Shop:
    """As much of an exchange as the look-alike needs. `patience`: it waits no longer than this."""

    books: CardBooks
    patience: float = 0.0
    asked: Counter[str] = field(default_factory=Counter)

    def cards(self) -> CardBooks:
        return self.books

    def tries(self, what: str) -> int:
        self.asked[what] += 1
        return self.asked[what]

    def wait(self, milliseconds: int) -> None:
        sleep(min(milliseconds / 1000, self.patience))


@contextmanager
def issuer(patience: float = 0.0, books: CardBooks | None = None) -> Iterator[tuple[LocalServer, CardBooks]]:
    shop = Shop(books or CardBooks(), patience)

    def answered(seen: Seen) -> Answer:
        call = Call(seen.method, seen.path.strip("/"), {}, seen.headers, seen.body)
        given = respond(call, shop)  # type: ignore[arg-type]
        return Answer(given.status, given.body, {"content-type": given.mime})

    with serving() as server:
        server.answer = answered
        yield server, shop.books
