"""From stored deliveries to messages on the screen: in batches, in one commit, in order, exactly once.

A batch that fails is done again delivery by delivery; one that keeps failing is set aside, visible and with a
button, and nothing else waits for it.
"""

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from random import uniform
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from aidline import vault
from aidline.channels.contract import (
    CallRecording,
    CallStatus,
    Event,
    Fragment,
    Incoming,
    Malformed,
    Provider,
    Receipt,
    ReceiptUpTo,
    RoomChange,
)
from aidline.channels.contract.voice import CallRequest
from aidline.channels.models import Channel, Delivery
from aidline.channels.registry import load
from aidline.conversations.live import Hint, tell
from aidline.gateway import alterations, arriving, call_events, fragments, receipts
from aidline.gateway.deliveries import SHARDS, unseal
from aidline.kernel.clock import now
from aidline.routing.services import distribute

log = logging.getLogger(__name__)

AT_ONCE = 500
TRIES = 8
PATIENCE = 5  # tries for a change to a message that has not arrived
FIRST_WAIT, LONGEST_WAIT = 1.0, 900.0  # seconds, full jitter between
_LOCK_CLASS = 7001  # PostgreSQL advisory locks of shards


@dataclass(frozen=True, slots=True)
class Line:
    """A channel as the batch needs it."""

    channel_id: UUID
    centre_id: UUID
    provider: Provider


@dataclass(frozen=True, slots=True)
class Row:
    id: UUID
    channel_id: UUID
    centre_id: UUID
    sealed: bytes
    received_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Understood:
    """What a batch of deliveries says, before anything is written."""

    said: list[arriving.Said]
    changed: list[alterations.Alteration]
    heard: list[receipts.Heard]
    pieces: list[fragments.Heard]
    heard_up_to: list[receipts.HeardUpTo] = field(default_factory=list)
    of_calls: list[call_events.Told] = field(default_factory=list)


def drain(limit: int = AT_ONCE) -> int:
    """Take in the next batch; the number of deliveries dealt with, 0 when none waits."""
    try:
        with _ours():
            rows = _claim(limit)
            if rows:
                understood = _understand(rows)
                with transaction.atomic():
                    _write(understood)
                    _mark_done(rows)
            return len(rows)
    except Exception as problem:
        log.warning("a batch of deliveries failed (%s); taking them one by one", type(problem).__name__)
        return _one_by_one(limit)


def _ours() -> AbstractContextManager[object]:
    """On PostgreSQL the locks on shards live in a transaction. SQLite has one worker: it reads and understands
    before it asks for the writer's lock, so that hooks can store meanwhile.
    """
    return transaction.atomic() if connection.vendor == "postgresql" else nullcontext()


def _one_by_one(limit: int) -> int:
    with transaction.atomic():
        rows = _claim(limit)
        for row in rows:
            _alone(row)
        return len(rows)


def _alone(row: Row) -> None:
    try:
        with transaction.atomic():
            _write(_understand([row]), last=row.attempts + 1 >= PATIENCE)
            _mark_done([row])
    except Exception as problem:
        _put_off(row, problem)


def _put_off(row: Row, problem: Exception) -> None:
    """Full jitter between tries; a body that cannot be read at all is set aside at once."""
    attempts = row.attempts + 1
    state = _fate(problem, attempts)
    wait = uniform(0, min(LONGEST_WAIT, FIRST_WAIT * 2**attempts))  # noqa: S311
    Delivery.objects.filter(pk=row.id).update(
        state=state,
        attempts=attempts,
        next_at=now() + timedelta(seconds=wait),
        error=type(problem).__name__[:60],
    )
    if state == Delivery.State.QUARANTINED:
        log.error("delivery %s was set aside: %s", row.id, type(problem).__name__)
        tell([Hint(row.centre_id, "health")])


def _fate(problem: Exception, attempts: int) -> Delivery.State:
    if isinstance(problem, Malformed | vault.Tampered) or attempts >= TRIES:
        return Delivery.State.QUARANTINED
    return Delivery.State.PENDING


def _claim(limit: int) -> list[Row]:
    """The oldest waiting ones. Elsewhere nobody works on the same shard, so order is kept."""
    due = Delivery.objects.filter(state=Delivery.State.PENDING).filter(
        Q(next_at__isnull=True) | Q(next_at__lte=now())
    )
    if connection.vendor == "postgresql":
        shards = _lock_shards()
        if not shards:
            return []
        due = due.filter(shard__in=shards) if len(shards) < SHARDS else due
    values = due.order_by("id").values_list(
        "id", "channel_id", "centre_id", "sealed", "received_at", "attempts"
    )[:limit]
    return [
        Row(pk, channel, centre, bytes(sealed or b""), at, n) for pk, channel, centre, sealed, at, n in values
    ]


def _lock_shards() -> list[int]:
    """On PostgreSQL several workers share the work by shard; the locks end with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s FROM generate_series(0, %s) s WHERE EXISTS (SELECT 1 FROM channels_delivery d "
            "WHERE d.shard = s AND d.state = 'p') AND pg_try_advisory_xact_lock(%s, s)",
            [SHARDS - 1, _LOCK_CLASS],
        )
        return [row[0] for row in cursor.fetchall()]


def _understand(rows: Sequence[Row]) -> Understood:
    lines = _lines({row.channel_id for row in rows})
    understood = Understood([], [], [], [])
    for row in rows:
        line = lines[row.channel_id]
        for event in _events(line, row):
            match event:
                case Incoming():
                    understood.said.append(_said(line, event, row))
                case Fragment():
                    understood.pieces.append(_piece(line, event, row))
                case Receipt():
                    understood.heard.append(
                        receipts.Heard(line.channel_id, line.centre_id, event, row.received_at)
                    )
                case ReceiptUpTo():
                    up_to = receipts.HeardUpTo(line.channel_id, line.centre_id, event)
                    understood.heard_up_to.append(up_to)
                case CallStatus() | CallRecording() | RoomChange() | CallRequest():
                    understood.of_calls.append(_of_call(line, event, row))
                case _:
                    understood.changed.append(_alteration(line, event, row))
    return understood


def _write(understood: Understood, *, last: bool = False) -> None:
    """`last`: a change to a message that has not arrived no longer keeps back what else the delivery says."""
    hints = arriving.take_in([*understood.said, *fragments.join(understood.pieces)])
    change = alterations.apply_or_let_go if last else alterations.apply
    hints += change(understood.changed)
    hints += receipts.apply(understood.heard)
    hints += receipts.apply_up_to(understood.heard_up_to)
    hints += call_events.apply(understood.of_calls)
    distribute({hint.centre_id for hint in hints if hint.kind == "message"})
    tell(hints)


def _said(line: Line, event: Incoming, row: Row) -> arriving.Said:
    return arriving.Said(line.channel_id, line.centre_id, line.provider, event, row.received_at, row.id)


def _of_call(line: Line, event: call_events.CallEvent, row: Row) -> call_events.Told:
    return call_events.Told(line.channel_id, line.centre_id, event, row.received_at)


def _piece(line: Line, event: Fragment, row: Row) -> fragments.Heard:
    return fragments.Heard(line.channel_id, line.centre_id, line.provider, event, row.received_at)


def _alteration(line: Line, event: Event, row: Row) -> alterations.Alteration:
    return alterations.Alteration(line.channel_id, line.centre_id, event, row.received_at, line.provider)


def _events(line: Line, row: Row) -> Sequence[Event | CallRequest]:
    raw = unseal(sealed=row.sealed, centre_id=row.centre_id, row=row.id)
    if call_events.VOICE in raw.kept:
        return call_events.first_request(line.provider, raw.body, raw.kept)
    return line.provider.parse(raw.body, raw.kept, row.received_at)


def _lines(channel_ids: set[UUID]) -> dict[UUID, Line]:
    rows = Channel.objects.filter(pk__in=channel_ids).values_list(
        "pk", "centre_id", "provider", "config_sealed"
    )
    return {
        pk: Line(pk, centre, _provider(pk, centre, name, bytes(sealed or b"")))
        for pk, centre, name, sealed in rows
    }


@lru_cache(maxsize=500)
def _provider(channel_id: UUID, centre_id: UUID, name: str, sealed: bytes) -> Provider:
    """Kept by the sealed configuration itself: a changed one is another entry."""
    return load(name, Channel(pk=channel_id, centre_id=centre_id, config_sealed=sealed).config)


def _mark_done(rows: Sequence[Row]) -> None:
    Delivery.objects.filter(pk__in=[row.id for row in rows]).update(state=Delivery.State.DONE)
    latest = {row.channel_id: row.received_at for row in rows}
    for channel_id, at in latest.items():
        Channel.objects.filter(pk=channel_id).update(last_in_at=at, silent_since=None)
