"""What a till is told."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Seen:
    """What a cashier may know of a voucher. `state`: "" where it can be used, otherwise why not."""

    voucher_id: UUID
    programme: str
    currency: str
    balance_cents: int
    valid_until: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Used:
    redemption_id: UUID
    receipt: int
    cents: int
    balance_cents: int
    currency: str
    at: datetime
    again: bool = False  # the same request came before; nothing was taken now
