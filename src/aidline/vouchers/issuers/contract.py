"""What an issuer with an API can be asked, and how it may answer. Own vouchers need no such thing: `books` make them.

A reference is ours: the id of the payout. An issuer that is asked twice under one reference gives the same card
twice; one that does not is asked with `find` first, and that is done after every answer that was not heard.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

import httpx


@dataclass(frozen=True, slots=True)
class Order:
    reference: UUID
    cents: int
    currency: str
    seconds: float = 15.0  # how long an answer is waited for


@dataclass(frozen=True, slots=True)
class Card:
    """`until` is empty where the issuer says nothing; then the programme's own rule holds."""

    reference: UUID
    number: str
    pin: str
    cents: int
    until: date | None = None


class CardState(StrEnum):
    OPEN = "open"
    BLOCKED = "blocked"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Balance:
    cents: int
    state: CardState


class Issuer(Protocol):
    def issue(self, http: httpx.Client, order: Order) -> Card: ...

    def find(self, http: httpx.Client, reference: UUID, seconds: float = 15.0) -> Card | None:
        """What became of a reference; None when nothing was issued under it."""
        ...

    def balance(self, http: httpx.Client, number: str, pin: str) -> Balance: ...

    def cancel(self, http: httpx.Client, reference: UUID) -> None:
        """The whole value comes back. Again is no error; a used card is: `NotCancellable`."""
        ...


# --- what goes wrong -------------------------------------------------------------------------------------


class IssuerError(Exception):
    """`code` is ours, never a word of the answer: it may hold a card's number."""

    def __init__(self, code: str, retry_after: timedelta | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after


class Busy(IssuerError):
    """Nothing was done. Ask again, and less often."""


class Uncertain(IssuerError):
    """It cannot be known from here whether it was done. Ask again under the same reference."""


class Refused(IssuerError):
    """Nothing was done, and the same again will be refused again."""


class AccountTrouble(IssuerError):
    """A wrong key, a closed account, no cover: whatever else is asked fails too, until somebody acts."""


class UnknownCard(Refused):
    pass


class NotCancellable(Refused):
    """It was used, or has run out."""
