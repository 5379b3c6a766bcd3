"""What people said, a whole batch at once: person, conversation, message.

A message that is known already changes nothing, whether it comes twice in a batch or a week later.
"""

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from aidline import vault
from aidline.centres.models import Centre
from aidline.channels.contract import Incoming, Provider
from aidline.conversations.live import Hint
from aidline.conversations.models import Attachment, Message
from aidline.conversations.states import Direction, MessageState
from aidline.flows.entrances import beginning, enqueue_turns
from aidline.gateway import meanings, names, opt_outs, threads
from aidline.gateway.extras import extra_of, source_of
from aidline.gateway.opt_out_words import wants_stop
from aidline.gateway.vouchers import asked, claiming
from aidline.jobs.models import Job
from aidline.kernel import text as words
from aidline.kernel.ids import new_id
from aidline.kernel.rows import insert
from aidline.language.arrivals import Heard, Spot, follow, settle
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


@dataclass(frozen=True, slots=True)
class Said:
    """One message as its provider told it."""

    channel_id: UUID
    centre_id: UUID
    provider: Provider
    event: Incoming
    received_at: datetime
    delivery_id: UUID | None = None


_NOBODY = Known(UUID(int=0), UUID(int=0))


@dataclass(slots=True)
class _New:
    """A message that is not known yet, and everything found out about it."""

    said: Said
    index: bytes
    at: datetime
    id: UUID = field(default_factory=new_id)
    known: Known = _NOBODY  # found out in `take_in`


def external_index(centre_id: UUID, external_id: str) -> bytes:
    return vault.blind_index(external_id, scope=centre_id, purpose="external")


def take_in(said: Sequence[Said]) -> list[Hint]:
    """Runs inside the batch's transaction."""
    new = _unknown_only(said)
    if not new:
        return []
    centres = {c.pk: c for c in Centre.objects.filter(pk__in={item.said.centre_id for item in new})}
    arrivals = [_arrival(item) for item in new]
    for item, known in zip(new, resolve(arrivals), strict=True):
        item.known = known
    answered = _understand_choices(new)
    heard = [_heard(item, centres) for item in new]
    flows = beginning({item.said.channel_id for item in new})
    vouchers = claiming.understand([_answer(item, one) for item, one in zip(new, heard, strict=True)])
    by_door = threads.advance(
        [
            _step(item, meets_flow=_may_begin(item, one, flows, vouchers))
            for item, one in zip(new, heard, strict=True)
        ],
        _about(new, heard),
        {pk: timedelta(hours=centre.reopen_hours) for pk, centre in centres.items()},
    )
    for door in answered:
        by_door[door].menu_id = None
    threads.write(by_door.values())
    _write_messages(new, by_door)
    _write_attachments(new)
    said_words = list(_words(new, by_door, centres))
    opt_outs.note(said_words)
    asked.note(said_words)
    claiming.note(vouchers, {door: thread.id for door, thread in by_door.items()})
    follow(heard, {item.id: _spot(by_door[_door(item)]) for item in new})
    enqueue_turns((thread.id, thread.last_seq) for thread in by_door.values() if thread.in_flow)
    return [Hint(thread.centre_id, "message", thread.id) for thread in by_door.values()]


def _answer(item: _New, heard: Heard) -> claiming.Answer:
    choice = item.said.event.choice
    text = item.said.event.text or (choice.title if choice else "")
    return claiming.Answer(item.id, _door(item), text, is_wish=not heard.stops)


def _may_begin(item: _New, heard: Heard, flows: Container[UUID], vouchers: claiming.Meaning) -> bool:
    """A flow; not with a word that was for something else."""
    return item.said.channel_id in flows and not heard.stops and item.id not in vouchers.words


def _step(item: _New, *, meets_flow: bool) -> threads.Step:
    window = item.said.provider.capabilities.reply_window
    return threads.Step(
        message_id=item.id,
        centre_id=item.said.centre_id,
        channel_id=item.said.channel_id,
        address_id=item.known.id,
        person_id=item.known.person_id,
        at=item.at,
        received_at=item.said.received_at,
        window_until=item.at + window if window else None,
        meets_flow=meets_flow,
    )


def _unknown_only(said: Sequence[Said]) -> list[_New]:
    items: dict[tuple[UUID, bytes], _New] = {}
    for one in said:
        index = external_index(one.centre_id, one.event.external_id)
        items.setdefault((one.channel_id, index), _New(one, index, _time_of(one)))
    rows = Message.objects.filter(  # both columns of the index, or every message would be looked at
        channel_id__in={channel for channel, _index in items},
        external_index__in=[index for _, index in items],
        direction=Direction.IN,
    )
    for pk, channel_id, known, at in rows.values_list("pk", "channel_id", "external_index", "at"):
        again = items.pop((channel_id, bytes(known)), None) if channel_id and known else None
        if again and again.at < at:
            _put_earlier(pk, again.at)
    return list(items.values())


def _put_earlier(pk: UUID, at: datetime) -> None:
    """The first call waited in the spool and the repeated one was quicker: the time of the first one counts."""
    Message.objects.filter(pk=pk, direction=Direction.IN, at__gt=at).update(at=at)


def _time_of(said: Said) -> datetime:
    """The provider's time, unless it lies in the future: then ours."""
    sent_at = said.event.sent_at
    return sent_at if sent_at and sent_at <= said.received_at + FUTURE else said.received_at


def _arrival(item: _New) -> Arrival:
    event = item.said.event
    return Arrival(
        centre_id=item.said.centre_id,
        senders=tuple((sender.scheme.value, sender.value) for sender in event.senders),
        language=event.language,
        name=event.profile_name,
    )


def _heard(item: _New, centres: Mapping[UUID, Centre]) -> Heard:
    event = item.said.event
    return Heard(
        message_id=item.id,
        centre=centres[item.said.centre_id],
        person_id=item.known.person_id,
        text=event.text,
        choice=event.choice.id if event.choice else "",
        stops=event.opt_out or event.automatic or wants_stop(opt_outs.said(event)),
    )


def _about(new: Sequence[_New], heard: Sequence[Heard]) -> dict[UUID, threads.About]:
    rows = Person.objects.filter(pk__in={item.known.person_id for item in new})
    known = {
        pk: (language, until) for pk, language, until in rows.values_list("pk", "language", "blocked_until")
    }
    spoken = settle(heard, {pk: language for pk, (language, _) in known.items()})
    return {pk: threads.About(spoken[pk], until) for pk, (_, until) in known.items()}


def _door(item: _New) -> threads.Door:
    return item.known.id, item.said.channel_id


def _spot(thread: threads.Thread) -> Spot:
    return Spot(thread.id, thread.person_id, thread.language, thread.hidden, thread.in_flow)


def _understand_choices(new: Sequence[_New]) -> set[threads.Door]:
    events, answered = meanings.understand([(_door(item), item.said.event) for item in new])
    for item, event in zip(new, events, strict=True):
        if event is not item.said.event:
            item.said = replace(item.said, event=event)
    return answered


def _write_messages(new: Sequence[_New], by_door: Mapping[threads.Door, threads.Thread]) -> None:
    """`seq` follows the order in which the batch holds the messages."""
    replies = _reply_targets(new)
    vault.prefetch_person_keys({thread.person_id for thread in by_door.values()})
    counts = {door: thread.first_seq for door, thread in by_door.items()}
    rows = []
    for item in new:
        door = _door(item)
        counts[door] += 1
        rows.append(_message_row(item, by_door[door], counts[door], replies))
    insert(Message, _MESSAGE_COLUMNS, rows)


def _message_row(
    item: _New, thread: threads.Thread, seq: int, replies: dict[bytes, UUID]
) -> tuple[object, ...]:
    event, centre_id, key = item.said.event, item.said.centre_id, thread.person_id
    text = words.clean(event.text) if event.text else ""
    extra = extra_of(event)
    reply_to = replies.get(external_index(centre_id, event.reply_to)) if event.reply_to else None
    return (
        item.id,
        centre_id,
        thread.id,
        item.said.channel_id,
        key,
        seq,
        Direction.IN.value,
        event.kind.value,
        MessageState.RECEIVED.value,
        _sealed(text, "text_sealed", key, centre_id, item.id) if text else None,
        _sealed(json.dumps(extra, ensure_ascii=False), "extra_sealed", key, centre_id, item.id)
        if extra
        else None,
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
    return names.named_all({item.said.channel_id for item in new}, indexes)


def _write_attachments(new: Sequence[_New]) -> None:
    attachments = [_attachment(item, ref) for item in new for ref in item.said.event.media]
    if attachments:
        Attachment.objects.bulk_create(attachments)
        Job.objects.bulk_create(
            Job(kind=FETCH_MEDIA, payload={"attachment": str(attachment.pk)}) for attachment in attachments
        )


def _attachment(item: _New, ref: Any) -> Attachment:
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
    attachment.source = source_of(ref, item.said.delivery_id)
    if ref.name:
        attachment.name = words.clean(ref.name)[:200]
    return attachment


def _words(
    new: Sequence[_New], by_door: Mapping[threads.Door, threads.Thread], centres: Mapping[UUID, Centre]
) -> Iterator[opt_outs.Word]:
    for item in new:
        yield opt_outs.Word(
            message_id=item.id,
            event=item.said.event,
            provider=item.said.provider,
            centre=centres[item.said.centre_id],
            channel_id=item.said.channel_id,
            address_id=item.known.id,
            conversation_id=by_door[(item.known.id, item.said.channel_id)].id,
        )
