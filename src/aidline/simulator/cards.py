"""The books of the practice gift card issuer: rows of this installation."""

import hashlib

from django.db.models import F

from aidline.kernel.clock import now
from aidline.simulator.lookalikes.gift_card import Plastic, new_card
from aidline.simulator.models import PracticeCard


class PracticeCards:
    def issue(self, card: Plastic) -> tuple[Plastic, bool]:
        made = {"number_hash": _hash(card.number), "cents": card.cents, "balance": card.balance}
        row, new = PracticeCard.objects.get_or_create(reference=card.reference, defaults=made)
        return _plastic(row), new

    def by_reference(self, reference: str) -> Plastic | None:
        row = PracticeCard.objects.filter(reference=reference).first()
        return _plastic(row) if row else None

    def by_number(self, number: str) -> Plastic | None:
        row = PracticeCard.objects.filter(number_hash=_hash(number)).first()
        return _plastic(row) if row else None

    def spend(self, number: str, cents: int) -> bool:
        rows = PracticeCard.objects.filter(number_hash=_hash(number), cancelled_at=None)
        return bool(cents > 0 and rows.filter(balance__gte=cents).update(balance=F("balance") - cents))

    def cancel(self, reference: str) -> bool:
        rows = PracticeCard.objects.filter(reference=reference, cancelled_at=None, balance=F("cents"))
        return bool(rows.update(cancelled_at=now(), balance=0))


def _plastic(row: PracticeCard) -> Plastic:
    made = new_card(row.reference, row.cents)
    return Plastic(
        row.reference, made.number, made.pin, row.cents, row.balance, cancelled=bool(row.cancelled_at)
    )


def _hash(number: str) -> bytes:
    return hashlib.sha256(number.encode()).digest()
