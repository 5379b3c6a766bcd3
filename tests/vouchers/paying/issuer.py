"""A gift card issuer of our own on this machine: the look-alike's answers, with its books in memory."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import sleep

from aidline.simulator.lookalikes.gift_card import Plastic, respond
from aidline.simulator.lookalikes.shapes import Call
from local_server import Answer, LocalServer, Seen, serving


@dataclass
class Books:
    """`issued` counts how often a card was made, which is once for each reference."""

    cards: dict[str, Plastic] = field(default_factory=dict)
    issued: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def issue(self, card: Plastic) -> tuple[Plastic, bool]:
        with self.lock:
            known = self.cards.get(card.reference)
            if known:
                return known, False
            self.cards[card.reference] = card
            self.issued[card.reference] += 1
            return card, True

    def by_reference(self, reference: str) -> Plastic | None:
        return self.cards.get(reference)

    def by_number(self, number: str) -> Plastic | None:
        return next((card for card in self.cards.values() if card.number == number), None)

    def spend(self, number: str, cents: int) -> bool:
        with self.lock:
            card = self.by_number(number)
            if card is None or card.cancelled or card.balance < cents:
                return False
            self.cards[card.reference] = replace(card, balance=card.balance - cents)
            return True

    def cancel(self, reference: str) -> bool:
        with self.lock:
            card = self.cards[reference]
            if card.balance != card.cents:
                return False
            self.cards[reference] = replace(card, cancelled=True, balance=0)
            return True

    @property
    def worth(self) -> int:
        return sum(card.balance for card in self.cards.values())


@dataclass
class Shop:
    """As much of an exchange as the look-alike needs. `patience`: it waits no longer than this."""

    books: Books
    patience: float = 0.0
    asked: Counter[str] = field(default_factory=Counter)

    def cards(self) -> Books:
        return self.books

    def tries(self, what: str) -> int:
        self.asked[what] += 1
        return self.asked[what]

    def wait(self, milliseconds: int) -> None:
        sleep(min(milliseconds / 1000, self.patience))


@contextmanager
def issuer(patience: float = 0.0, books: Books | None = None) -> Iterator[tuple[LocalServer, Books]]:
    shop = Shop(books or Books(), patience)

    def answered(seen: Seen) -> Answer:
        call = Call(seen.method, seen.path.strip("/"), {}, seen.headers, seen.body)
        given = respond(call, shop)  # type: ignore[arg-type]
        return Answer(given.status, given.body, {"content-type": given.mime})

    with serving() as server:
        server.answer = answered
        yield server, shop.books
