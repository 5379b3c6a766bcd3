"""A voucher at a till: looked at, used in part or whole, taken back."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aidline.centres.models import Staff
from aidline.vouchers.models import Till


@dataclass(frozen=True, slots=True)
class Seen:
    """What a cashier may know of a voucher."""

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


def look_up(*, till: Till, cashier: Staff | None, code: str) -> Seen:
    """Raises `Refused`: unknown, not_here, locked_out."""
    raise NotImplementedError


def redeem(
    *,
    till: Till,
    cashier: Staff | None,
    key: UUID,
    cents: int,
    code: str = "",
    serial: bytes = b"",
    at: datetime | None = None,
) -> Used:
    """By its code or, from a signed token, its serial. The same `key` again gives the same answer."""
    raise NotImplementedError


def reverse(*, till: Till, cashier: Staff | None, key: UUID, redemption_id: UUID) -> Used:
    """Wholly, by the same shop, within the programme's minutes; `cents` of the answer came back to the voucher."""
    raise NotImplementedError


def body_hash(*parts: object) -> bytes:
    return hashlib.sha256("\0".join(map(str, parts)).encode()).digest()
