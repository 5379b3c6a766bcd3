"""What people said, a whole batch at once: person, conversation, message.

A message that is known already changes nothing, whether it comes twice in a batch or a week later.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from aidline import vault
from aidline.audit.models import Entry
from aidline.centres.models import Centre
from aidline.channels.contract import Incoming, Provider
from aidline.conversations.live import Hint
from aidline.conversations.models import Attachment, Conversation, Message
from aidline.conversations.states import ConversationState, Direction, MessageState
from aidline.gateway.extras import extra_of, source_of
from aidline.gateway.guess import guess_language
from aidline.gateway.opt_out_words import wants_start, wants_stop
from aidline.gateway.rows import insert, update
from aidline.jobs.models import Job
from aidline.kernel import text as words
from aidline.kernel.ids import new_id
from aidline.people import services as people
from aidline.people.arrivals import Arrival, Known, resolve
from aidline.people.models import Person

FUTURE = timedelta(seconds=60)  # a provider's clock may be ahead of ours by this much
FETCH_MEDIA = "media.fetch"  # the job that fetches an attachment

_TABLE = Message._meta.db_table
_MESSAGE_COLUMNS = (
    "id",
    "centre_id",
    "conversation_id",
    "channel_id",
    "key_id",
    "seq",
    "direction",
    "kind",
    "state",
    "text_sealed",
    "extra_sealed",
    "external_index",
    "external_sealed",
    "reply_to_id",
    "language",
    "reaction",
    "at",
    "created_at",
    "attempts",
    "error_code",
)
_THREAD_COLUMNS = (
    "state",
    "hidden",
    "last_seq",
    "last_message_id",
    "last_at",
    "last_in_at",
    "waiting_since",
    "queued_since",
    "window_until",
    "snoozed_until",
    "closed_at",
    "outcome",
    "language",
)


@dataclass(frozen=True, slots=True)
class Said:
    """One message as its provider told it."""

    channel_id: UUID
    centre_id: UUID
    provider: Provider
    event: Incoming
    received_at: datetime


@dataclass(slots=True)
class _New:
    """A message that is not known yet, and everything found out about it."""

    said: Said
    index: bytes
    at: datetime
    id: UUID = field(default_factory=new_id)
    known: Known | None = None


def external_index(centre_id: UUID, external_id: str) -> bytes:
    return vault.blind_index(external_id, scope=centre_id, purpose="external")


def take_in(said: Sequence[Said]) -> list[Hint]:
    """Runs inside the batch's transaction."""
    new = _unknown_only(said)
    if not new:
        return []
    centres = {c.pk: c for c in Centre.objects.filter(pk__in={item.said.centre_id for item in new})}
    arrivals = [_arrival(item, centres[item.said.centre_id]) for item in new]
    for item, known in zip(new, resolve(arrivals), strict=True):
        item.known = known
    threads = _Threads(new, centres)
    _write_messages(new, threads)
    threads.write()
    _write_attachments(new)
    _note_opt_outs(new)
    return [Hint(item.said.centre_id, "message", threads.of(item).pk) for item in new]


def _unknown_only(said: Sequence[Said]) -> list[_New]:
    items: dict[tuple[UUID, bytes], _New] = {}
    for one in said:
        index = external_index(one.centre_id, one.event.external_id)
        items.setdefault((one.channel_id, index), _New(one, index, _time_of(one)))
    rows = Message.objects.filter(external_index__in=[index for _channel, index in items])
    for channel_id, index in rows.values_list("channel_id", "external_index"):
        items.pop((channel_id, bytes(index)), None)
    return list(items.values())


def _time_of(said: Said) -> datetime:
    """The provider's time, unless it lies in the future: then ours."""
    sent_at = said.event.sent_at
    return sent_at if sent_at and sent_at <= said.received_at + FUTURE else said.received_at


def _arrival(item: _New, centre: Centre) -> Arrival:
    event = item.said.event
    return Arrival(
        centre_id=item.said.centre_id,
        senders=tuple((sender.scheme.value, sender.value) for sender in event.senders),
        language=event.language or guess_language(event.text, centre.languages),
        name=event.profile_name,
    )


class _Threads:
    """The conversation of every message in the batch: a live one, one just finished, or a new one."""

    def __init__(self, new: Sequence[_New], centres: dict[UUID, Centre]) -> None:
        self._centres = centres
        self._by_door: dict[tuple[UUID, UUID], Conversation] = {}
        self._made: list[Conversation] = []
        self._people = _people_of(new)
        self._load(new)
        for item in new:
            self._ensure(item)

    def of(self, item: _New) -> Conversation:
        assert item.known is not None
        return self._by_door[(item.known.id, item.said.channel_id)]

    def _load(self, new: Sequence[_New]) -> None:
        """Rows are locked on PostgreSQL, where an agent may be writing; SQLite has one writer anyway."""
        longest = max(centre.reopen_hours for centre in self._centres.values())
        since = max(item.said.received_at for item in new) - timedelta(hours=longest)
        rows = Conversation.objects.filter(
            ~Q(state=ConversationState.CLOSED) | Q(closed_at__gte=since),
            address_id__in={item.known.id for item in new if item.known},
        ).order_by("pk")
        if connection.features.has_select_for_update:
            rows = rows.select_for_update(of=("self",))
        for row in rows:
            door = (row.address_id, row.channel_id)
            held = self._by_door.get(door)  # type: ignore[arg-type]
            if held is None or held.state == ConversationState.CLOSED:
                self._by_door[door] = row  # type: ignore[index]

    def _ensure(self, item: _New) -> None:
        assert item.known is not None
        door = (item.known.id, item.said.channel_id)
        thread = self._by_door.get(door)
        if thread and thread.state == ConversationState.CLOSED and not self._reopens(thread, item):
            thread = None
        if thread is None:
            thread = self._by_door[door] = self._make(item)
        self._advance(thread, item)

    def _reopens(self, thread: Conversation, item: _New) -> bool:
        limit = timedelta(hours=self._centres[item.said.centre_id].reopen_hours)
        return bool(thread.closed_at and item.said.received_at - thread.closed_at <= limit)

    def _make(self, item: _New) -> Conversation:
        assert item.known is not None
        language, _blocked = self._people.get(item.known.person_id, ("", None))
        thread = Conversation(
            id=new_id(),
            centre_id=item.said.centre_id,
            channel_id=item.said.channel_id,
            person_id=item.known.person_id,
            address_id=item.known.id,
            language=language,
            opened_at=item.said.received_at,
            last_at=item.at,
        )
        self._made.append(thread)
        return thread

    def _advance(self, thread: Conversation, item: _New) -> None:
        """What one more message does to its conversation. A finished or put off one comes back."""
        language, blocked_until = self._people.get(thread.person_id, ("", None))
        thread.state = ConversationState.OPEN
        thread.closed_at = thread.snoozed_until = None
        thread.outcome = ""
        thread.language = thread.language or language
        thread.hidden = bool(blocked_until and blocked_until > item.said.received_at)
        thread.last_seq += 1
        thread.last_message_id = item.id
        thread.last_at = max(thread.last_at, item.at)
        thread.last_in_at = max(thread.last_in_at or item.at, item.at)
        thread.waiting_since = thread.waiting_since or item.said.received_at
        if thread.assignee_id is None:
            thread.queued_since = thread.queued_since or item.said.received_at
        window = item.said.provider.capabilities.reply_window
        if window:
            thread.window_until = max(thread.window_until or item.at + window, item.at + window)

    def write(self) -> None:
        """Conversations made here were inserted with their counters; the others move theirs."""
        made = {thread.pk for thread in self._made}
        update(
            Conversation,
            _THREAD_COLUMNS,
            [
                (*(getattr(thread, column) for column in _THREAD_COLUMNS), thread.pk)
                for thread in self._by_door.values()
                if thread.pk not in made
            ],
        )

    def insert_made(self) -> None:
        if self._made:
            Conversation.objects.bulk_create(self._made)
            Entry.objects.bulk_create(
                Entry(
                    action="conversation.open",
                    object_type="conversation",
                    object_id=thread.pk,
                    centre_id=thread.centre_id,
                )
                for thread in self._made
            )


def _people_of(new: Sequence[_New]) -> dict[UUID, tuple[str, datetime | None]]:
    ids = {item.known.person_id for item in new if item.known}
    rows = Person.objects.filter(pk__in=ids).values_list("pk", "language", "blocked_until")
    return {pk: (language, blocked_until) for pk, language, blocked_until in rows}


def _write_messages(new: Sequence[_New], threads: _Threads) -> None:
    """`seq` follows the order in which the batch holds the messages; the last one is `last_seq`."""
    counts: dict[UUID, int] = {}
    for item in new:
        thread = threads.of(item)
        counts[thread.pk] = counts.get(thread.pk, 0) + 1
    next_seq = {threads.of(item).pk: threads.of(item).last_seq - counts[threads.of(item).pk] for item in new}
    replies = _reply_targets(new)
    vault.prefetch_person_keys({item.known.person_id for item in new if item.known})
    threads.insert_made()
    rows = []
    for item in new:
        thread = threads.of(item)
        next_seq[thread.pk] += 1
        rows.append(_message_row(item, thread, next_seq[thread.pk], replies))
    insert(Message, _MESSAGE_COLUMNS, rows)


def _message_row(
    item: _New, thread: Conversation, seq: int, replies: dict[bytes, UUID]
) -> tuple[object, ...]:
    event, centre_id, key = item.said.event, item.said.centre_id, thread.person_id
    text = words.clean(event.text) if event.text else ""
    extra = extra_of(event)
    reply_to = replies.get(external_index(centre_id, event.reply_to)) if event.reply_to else None
    return (
        item.id,
        centre_id,
        thread.pk,
        item.said.channel_id,
        key,
        seq,
        Direction.IN.value,
        event.kind.value,
        MessageState.RECEIVED.value,
        _sealed(text, "text_sealed", key, centre_id, item.id) if text else None,
        _sealed(_json(extra), "extra_sealed", key, centre_id, item.id) if extra else None,
        item.index,
        _sealed(event.external_id, "external_sealed", key, centre_id, item.id),
        reply_to,
        thread.language,
        "",
        item.at,
        item.said.received_at,
        0,
        "",
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _sealed(text: str, column: str, key: UUID, centre_id: UUID, row: UUID) -> bytes:
    return vault.seal(text, key=key, scope=centre_id, table=_TABLE, column=column, row=row)


def _reply_targets(new: Sequence[_New]) -> dict[bytes, UUID]:
    indexes = {
        external_index(item.said.centre_id, item.said.event.reply_to)
        for item in new
        if item.said.event.reply_to
    }
    if not indexes:
        return {}
    rows = Message.objects.filter(external_index__in=indexes).values_list("external_index", "pk")
    return {bytes(index): pk for index, pk in rows}


def _write_attachments(new: Sequence[_New]) -> None:
    attachments = [_attachment(item, ref) for item in new for ref in item.said.event.media]
    if attachments:
        Attachment.objects.bulk_create(attachments)
        Job.objects.bulk_create(
            Job(kind=FETCH_MEDIA, payload={"attachment": str(attachment.pk)}) for attachment in attachments
        )


def _attachment(item: _New, ref: Any) -> Attachment:
    assert item.known is not None
    attachment = Attachment(
        id=new_id(),
        message_id=item.id,
        centre_id=item.said.centre_id,
        key_id=item.known.person_id,
        kind=ref.kind,
        mime=ref.mime[:80],
        size=ref.size,
        seconds=ref.seconds,
    )
    attachment.source = source_of(ref)
    if ref.name:
        attachment.name = words.clean(ref.name)[:200]
    return attachment


def _note_opt_outs(new: Sequence[_New]) -> None:
    for item in new:
        assert item.known is not None
        event = item.said.event
        if event.opt_out or wants_stop(event.text):
            source = "provider" if event.opt_out else "word"
            people.opt_out(address_id=item.known.id, channel_id=item.said.channel_id, source=source)
        elif event.opt_in or wants_start(event.text):
            people.opt_in(address_id=item.known.id, channel_id=item.said.channel_id)
