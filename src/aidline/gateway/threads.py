"""The conversation of every message in a batch: a live one, one just finished, or a new one.

Only what decides is read, and one UPDATE per conversation writes what the whole batch did to it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q

from aidline.audit.models import Entry
from aidline.conversations.models import Conversation
from aidline.conversations.states import ConversationState
from aidline.kernel.ids import new_id
from aidline.kernel.rows import insert, update_each

_COLUMNS = (
    "id",
    "centre_id",
    "channel_id",
    "person_id",
    "address_id",
    "source",
    "state",
    "language",
    "hidden",
    "last_seq",
    "last_message_id",
    "opened_at",
    "last_at",
    "last_in_at",
    "waiting_since",
    "queued_since",
    "window_until",
    "in_flow",
    "outcome",
)
_LATER = {"sqlite": "MAX", "postgresql": "GREATEST"}


@dataclass(frozen=True, slots=True)
class Step:
    """What one message means for its conversation."""

    message_id: UUID
    centre_id: UUID
    channel_id: UUID
    address_id: UUID
    person_id: UUID
    at: datetime
    received_at: datetime
    window_until: datetime | None
    meets_flow: bool = False  # where the channel begins with one, and this may be its first word


@dataclass(slots=True)
class Thread:
    """A conversation while a batch is written. `first_seq` is the number before the batch's first message."""

    id: UUID
    centre_id: UUID
    channel_id: UUID
    address_id: UUID
    person_id: UUID
    language: str
    first_seq: int
    last_seq: int
    hidden: bool
    made: bool
    last_message_id: UUID
    at: datetime
    received_at: datetime
    window_until: datetime | None
    menu_id: UUID | None  # whose choices an answer may mean
    in_flow: bool = False
    is_free: bool = True  # new or finished, and in nobody's hands: a flow may begin


@dataclass(frozen=True, slots=True)
class About:
    """What a person's file says that a conversation must know."""

    language: str
    blocked_until: datetime | None


Door = tuple[UUID, UUID]


def advance(
    steps: Sequence[Step], about: Mapping[UUID, About], reopen: Mapping[UUID, timedelta]
) -> dict[Door, Thread]:
    """Threads by (address, channel), each with room in its count for its steps. Nothing is written yet."""
    known = _load(steps, reopen)
    threads: dict[Door, Thread] = {}
    for step in steps:
        door = (step.address_id, step.channel_id)
        thread = threads.get(door)
        if thread is None:
            thread = threads[door] = _begin(step, known.get(door), about)
        _count(thread, step, about)
    return threads


def write(threads: Iterable[Thread]) -> None:
    """New conversations must exist before their messages; the others are moved on by the same call."""
    made = [thread for thread in threads if thread.made]
    insert(Conversation, _COLUMNS, [_row(thread) for thread in made])
    Entry.objects.bulk_create(
        Entry(
            action="conversation.open",
            object_type="conversation",
            object_id=thread.id,
            centre_id=thread.centre_id,
        )
        for thread in made
    )
    _move_on([thread for thread in threads if not thread.made])


@dataclass(frozen=True, slots=True)
class _Held:
    id: UUID
    person_id: UUID
    language: str
    last_seq: int
    closed: bool
    menu_id: UUID | None
    in_flow: bool
    is_free: bool


def _load(steps: Sequence[Step], reopen: Mapping[UUID, timedelta]) -> dict[Door, _Held]:
    """Rows are locked on PostgreSQL, where an agent may be writing; SQLite has one writer anyway.

    Where we wrote and nobody has answered yet, the answer belongs, however late it comes.
    """
    at = max(step.received_at for step in steps)
    rows = Conversation.objects.filter(
        ~Q(state=ConversationState.CLOSED) | Q(closed_at__gte=at - max(reopen.values())) | Q(last_in_at=None),
        address_id__in={step.address_id for step in steps},
    ).order_by("pk")
    if connection.features.has_select_for_update:
        # no_key: who writes to one of their messages need not wait, which would end in a deadlock.
        rows = rows.select_for_update(of=("self",), no_key=True)
    held: dict[Door, _Held] = {}
    for row in rows.values_list(
        "pk",
        "centre_id",
        "address_id",
        "channel_id",
        "person_id",
        "language",
        "state",
        "last_seq",
        "closed_at",
        "menu_id",
        "last_in_at",
        "in_flow",
        "assignee_id",
    ):
        pk, centre, address, channel, person, language, state, seq, closed_at, menu, last_in_at = row[:11]
        in_flow, assignee = row[11:]
        closed = state == ConversationState.CLOSED
        if closed and last_in_at and closed_at and closed_at < at - reopen.get(centre, timedelta(0)):
            continue
        door = (address, channel)
        if door not in held or held[door].closed:
            free = closed and assignee is None
            held[door] = _Held(pk, person, language, seq, closed, menu, in_flow, free)
    return held


def _begin(step: Step, held: _Held | None, about: Mapping[UUID, About]) -> Thread:
    facts = about.get(step.person_id)
    language = (held.language if held else "") or (facts.language if facts else "")
    seq = held.last_seq if held else 0
    return Thread(
        id=held.id if held else new_id(),
        centre_id=step.centre_id,
        channel_id=step.channel_id,
        address_id=step.address_id,
        person_id=held.person_id if held else step.person_id,
        language=language,
        first_seq=seq,
        last_seq=seq,
        hidden=False,
        made=held is None,
        last_message_id=step.message_id,
        at=step.at,
        received_at=step.received_at,
        window_until=step.window_until,
        menu_id=held.menu_id if held else None,
        in_flow=held.in_flow if held else False,
        is_free=held.is_free if held else True,
    )


def _count(thread: Thread, step: Step, about: Mapping[UUID, About]) -> None:
    facts = about.get(step.person_id)
    blocked_until = facts.blocked_until if facts else None
    thread.last_seq += 1
    thread.hidden = bool(blocked_until and blocked_until > step.received_at)
    thread.in_flow = not thread.hidden and (thread.in_flow or (thread.is_free and step.meets_flow))
    thread.last_message_id = step.message_id
    thread.at = max(thread.at, step.at)
    if step.window_until and (thread.window_until is None or step.window_until > thread.window_until):
        thread.window_until = step.window_until


def _row(thread: Thread) -> tuple[object, ...]:
    return (
        thread.id,
        thread.centre_id,
        thread.channel_id,
        thread.person_id,
        thread.address_id,
        "",
        ConversationState.OPEN.value,
        thread.language,
        thread.hidden,
        thread.last_seq,
        thread.last_message_id,
        thread.received_at,
        thread.at,
        thread.at,
        thread.received_at,
        thread.received_at,
        thread.window_until,
        thread.in_flow,
        "",
    )


def _move_on(threads: Sequence[Thread]) -> None:
    """A finished or put off conversation comes back; times only move forward, the wait keeps its start."""
    later = _LATER[connection.vendor]
    update_each(
        Conversation,
        "state = 'o', closed_at = NULL, snoozed_until = NULL, outcome = '', hidden = {hidden}, "
        "last_seq = {last_seq}, last_message_id = {last_message_id}, "
        f"last_at = {later}(last_at, {{last_at}}), "
        f"last_in_at = {later}(COALESCE(last_in_at, {{last_at}}), {{last_at}}), "
        "waiting_since = COALESCE(waiting_since, {waiting_since}), "
        "queued_since = CASE WHEN assignee_id IS NULL THEN COALESCE(queued_since, {waiting_since}) END, "
        f"window_until = {later}(COALESCE(window_until, {{window_until}}), {{window_until}}), "
        "menu_id = {menu_id}, in_flow = {in_flow}, "
        "language = CASE WHEN language = '' THEN {language} ELSE language END",
        (
            "hidden",
            "last_seq",
            "last_message_id",
            "last_at",
            "waiting_since",
            "window_until",
            "menu_id",
            "in_flow",
            "language",
        ),
        [
            (
                thread.hidden,
                thread.last_seq,
                thread.last_message_id,
                thread.at,
                thread.received_at,
                thread.window_until,
                thread.menu_id,
                thread.in_flow,
                thread.language,
                thread.id,
            )
            for thread in threads
        ],
    )
