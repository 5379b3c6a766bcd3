"""A raw webhook call as a sealed row: made without the database, stored once however often it comes."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from aidline import vault
from aidline.channels.models import Delivery
from aidline.kernel.ids import new_id
from aidline.kernel.rows import insert

SHARDS = 64
WORK = "aidline_work"  # PostgreSQL notification that wakes the workers
_TABLE = Delivery._meta.db_table
_COLUMNS = (
    "id",
    "channel_id",
    "centre_id",
    "shard",
    "key",
    "sealed",
    "received_at",
    "state",
    "attempts",
    "error",
)


@dataclass(frozen=True, slots=True)
class Raw:
    """What is sealed into a delivery and given to the provider's `parse`; `kept` is `HookRequest.kept()`."""

    body: bytes
    kept: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A delivery ready to be stored in the database or, when that is away, in the spool."""

    id: UUID
    channel_id: UUID
    centre_id: UUID
    key: bytes
    sealed: bytes
    received_at: datetime


def seal(*, channel_id: UUID, centre_id: UUID, raw: Raw, at: datetime) -> Sealed:
    row = new_id()
    packed = _pack(raw)
    return Sealed(
        id=row,
        channel_id=channel_id,
        centre_id=centre_id,
        key=_key(centre_id, packed),
        sealed=vault.seal(packed, key=centre_id, scope=centre_id, table=_TABLE, column="sealed", row=row),
        received_at=at,
    )


def unseal(*, sealed: bytes, centre_id: UUID, row: UUID) -> Raw:
    packed = vault.open(sealed, scope=centre_id, table=_TABLE, column="sealed", row=row)
    head, body = packed.split(b"\n", 1)
    return Raw(body, json.loads(head))


def store(deliveries: Sequence[Sealed]) -> None:
    """One durable commit for all of them; a call that is known already changes nothing."""
    with transaction.atomic():
        insert(Delivery, _COLUMNS, map(_row, deliveries), ignore_conflicts=True)
        wake_workers()


def wake_workers() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {WORK}")


def _row(item: Sealed) -> tuple[object, ...]:
    shard = item.channel_id.int % SHARDS
    return (
        item.id,
        item.channel_id,
        item.centre_id,
        shard,
        item.key,
        item.sealed,
        item.received_at,
        Delivery.State.PENDING.value,
        0,
        "",
    )


def _key(centre_id: UUID, packed: bytes) -> bytes:
    digest = hashlib.sha256(packed).hexdigest()
    return vault.blind_index(digest, scope=centre_id, purpose="delivery")


def _pack(raw: Raw) -> bytes:
    return json.dumps(raw.kept, sort_keys=True).encode() + b"\n" + raw.body
