"""Messages that answer nothing, to many people at once: each into the thread in which its answer will be read.

A live conversation takes it in without becoming less urgent. Else a finished one carries it, so that no queue fills;
the first word of the person opens it again, however late (`gateway.threads`), and an agent sees what they answer.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from aidline import vault
from aidline.conversations.live import Hint, tell
from aidline.conversations.models import Conversation, Message
from aidline.conversations.states import ConversationState, Direction, MessageState
from aidline.kernel.ids import new_id
from aidline.kernel.rows import insert, update_each

_MESSAGE = (
    *("id", "centre_id", "conversation_id", "channel_id", "key_id", "seq", "direction", "kind", "state"),
    *("text_sealed", "extra_sealed", "language", "reaction", "purpose", "at", "created_at", "due_at"),
    *("attempts", "error_code"),
)
_CONVERSATION = (
    *("id", "centre_id", "channel_id", "person_id", "address_id", "source", "state", "language", "hidden"),
    *("last_seq", "last_message_id", "opened_at", "last_at", "window_until", "closed_at", "outcome"),
)
_TABLE = Message._meta.db_table


@dataclass(frozen=True, slots=True)
class Unasked:
    """`message_id` is given, so that whoever comes twice is stopped by the primary key."""

    message_id: UUID
    person_id: UUID
    address_id: UUID
    channel_id: UUID
    language: str
    kind: str
    text: str
    extra: dict[str, Any] | None = None
    window_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Thread:
    id: UUID
    person_id: UUID
    seq: int
    live: bool


Door = tuple[UUID, UUID]


def write_unasked(*, centre_id: UUID, purpose: str, said: Sequence[Unasked], at: datetime) -> None:
    """Queues them; at most one per address and channel. Inside the caller's transaction."""
    threads = _existing(said, at)
    threads |= _made(centre_id, [one for one in said if _door(one) not in threads], at)
    vault.prefetch_person_keys({thread.person_id for thread in threads.values()})
    rows = [_row(centre_id, purpose, one, threads[_door(one)], at) for one in said]
    insert(Message, _MESSAGE, rows)
    tell(Hint(centre_id, "message", thread.id) for thread in threads.values() if thread.live)


def _door(one: Unasked) -> Door:
    return one.address_id, one.channel_id


def _existing(said: Sequence[Unasked], at: datetime) -> dict[Door, _Thread]:
    """A live one, else the latest that was never answered. Locked in the order in which arrivals lock them."""
    rows = Conversation.objects.filter(
        ~Q(state=ConversationState.CLOSED) | Q(last_in_at=None),
        address__in=[one.address_id for one in said],
        channel__in={one.channel_id for one in said},
    ).order_by("pk")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",), no_key=True)
    found: dict[Door, _Thread] = {}
    columns = ("pk", "person_id", "address_id", "channel_id", "last_seq", "state")
    for pk, person, address, channel, seq, state in rows.values_list(*columns):
        door, live = (address, channel), state != ConversationState.CLOSED
        if live or not (door in found and found[door].live):
            found[door] = _Thread(pk, person, seq + 1, live)
    wanted = {_door(one): one for one in said}
    threads = {door: thread for door, thread in found.items() if door in wanted}
    _move_on([(wanted[door], thread) for door, thread in threads.items()], at)
    return threads


def _move_on(pairs: Sequence[tuple[Unasked, _Thread]], at: datetime) -> None:
    """Who waits for an answer still waits for it: their words stay the last ones in the queue."""
    update_each(
        Conversation,
        "last_seq = {last_seq}, "
        "last_message_id = CASE WHEN waiting_since IS NULL AND last_at <= {last_at} "
        "THEN {last_message_id} ELSE last_message_id END, "
        "last_at = CASE WHEN waiting_since IS NULL AND last_at <= {last_at} THEN {last_at} ELSE last_at END",
        ("last_seq", "last_message_id", "last_at"),
        [(thread.seq, one.message_id, at, thread.id) for one, thread in pairs],
    )


def _made(centre_id: UUID, said: Sequence[Unasked], at: datetime) -> dict[Door, _Thread]:
    threads = {_door(one): _Thread(new_id(), one.person_id, 1, live=False) for one in said}
    rows = [
        (
            *(threads[_door(one)].id, centre_id, one.channel_id, one.person_id, one.address_id),
            *("", ConversationState.CLOSED.value, one.language, False, 1, one.message_id, at, at),
            *(one.window_until, at, ""),
        )
        for one in said
    ]
    insert(Conversation, _CONVERSATION, rows)
    return threads


def _row(centre_id: UUID, purpose: str, one: Unasked, thread: _Thread, at: datetime) -> tuple[object, ...]:
    key = thread.person_id
    extra = json.dumps(one.extra, ensure_ascii=False) if one.extra else ""
    return (
        *(one.message_id, centre_id, thread.id, one.channel_id, key, thread.seq),
        *(Direction.OUT.value, one.kind, MessageState.QUEUED.value),
        _sealed(one.text, "text_sealed", key, centre_id, one.message_id),
        _sealed(extra, "extra_sealed", key, centre_id, one.message_id),
        *(one.language, "", purpose, at, at, at, 0, ""),
    )


def _sealed(text: str, column: str, key: UUID, centre_id: UUID, row: UUID) -> bytes | None:
    if not text:
        return None
    return vault.seal(text, key=key, scope=centre_id, table=_TABLE, column=column, row=row)


def cancel_unasked(messages: Any) -> int:
    """What waits and was not claimed stays here: one conditional UPDATE."""
    waiting = Message.objects.filter(pk__in=messages, state=MessageState.QUEUED)
    return waiting.update(state=MessageState.CANCELLED, due_at=None)


def requeue_unasked(messages: Any, at: datetime) -> int:
    """What was cancelled before it left may leave after all."""
    cancelled = Message.objects.filter(pk__in=messages, state=MessageState.CANCELLED)
    return cancelled.update(state=MessageState.QUEUED, due_at=at)
