"""What a device wrote down about one use without a network, as it came and as it is read.

The body is canonical JSON (sorted keys, no spaces), signed by the device:

    {"at": "2026-11-24T12:00:00.000Z", "cents": 1510, "counter": 7, "device": "<uuid>", "hold": "<uuid>" or null,
     "key": "<uuid>", "prev": "<hex SHA-256 of the body before; empty for the first>", "serial": "<hex>"}
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

LONGEST = 2_000
MOST_CENTS = 2**31 - 1
MOST_COUNTER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Signed:
    body: bytes
    signature: bytes

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.body).digest()


@dataclass(frozen=True, slots=True)
class Use:
    at: datetime
    cents: int
    counter: int
    device: UUID
    hold: UUID | None
    key: UUID
    prev: bytes
    serial: bytes


def read(body: bytes) -> Use | None:
    """None for what is no such record."""
    try:
        facts: dict[str, Any] = json.loads(body)
        use = _use(facts)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return None
    good = 0 < use.cents <= MOST_CENTS and 0 < use.counter <= MOST_COUNTER and len(use.serial) == 10
    return use if good else None


def _use(facts: dict[str, Any]) -> Use:
    return Use(
        at=_moment(facts["at"]),
        cents=_whole(facts["cents"]),
        counter=_whole(facts["counter"]),
        device=UUID(facts["device"]),
        hold=UUID(facts["hold"]) if facts["hold"] else None,
        key=UUID(facts["key"]),
        prev=bytes.fromhex(facts["prev"]),
        serial=bytes.fromhex(facts["serial"]),
    )


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value


def _moment(value: str) -> datetime:
    at = datetime.fromisoformat(value)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
