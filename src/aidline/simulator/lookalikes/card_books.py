"""The books of the practice gift card issuer in memory: for a look-alike without a database, and for tests."""

import threading
from collections import Counter
from dataclasses import dataclass, field, replace

from aidline.simulator.lookalikes.gift_card import Plastic


@dataclass
class CardBooks:
    """`issued` counts how often a card was made under each reference."""

    cards: dict[str, Plastic] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    issued: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def issue(self, card: Plastic) -> tuple[Plastic, bool]:
        with self.lock:
            known = self.cards.get(card.reference)
            if known:
                return known, False
            self.cards[card.reference] = card
            self.numbers[card.number] = card.reference
            self.issued[card.reference] += 1
            return card, True

    def by_reference(self, reference: str) -> Plastic | None:
        return self.cards.get(reference)

    def by_number(self, number: str) -> Plastic | None:
        return self.cards.get(self.numbers.get(number, ""))

    def spend(self, number: str, cents: int) -> bool:
        with self.lock:
            card = self.by_number(number)
            if card is None or card.cancelled or not 0 < cents <= card.balance:
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
