"""Letting a running broadcast go, a little at a time: what the worker does every second.

A recipient leaves *pending* by one conditional UPDATE, in the transaction that writes their message; the message has
the recipient's id. Whatever dies in between, there is neither a recipient without the message nor a second message.
Few wait in the queue at a time, so that stopping stops at once and replies have nothing to wait for.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Count, F, Max, QuerySet

from aidline.conversations.models import Conversation, Message
from aidline.conversations.states import MessageState
from aidline.conversations.unasked import Unasked, cancel_unasked, write_unasked
from aidline.kernel.clock import now
from aidline.outreach.composing import Composed, Composer
from aidline.outreach.models import Broadcast, Recipient
from aidline.outreach.plan import Plan, read
from aidline.outreach.states import BroadcastState, RecipientState, Why
from aidline.people.rules import refusal

log = logging.getLogger(__name__)

AT_ONCE = 100  # in one transaction
WAITING = 200  # messages of broadcasts in the queue of one channel
SPAN = timedelta(seconds=1)  # what one batch is meant to last, at the pace
CATCH_UP = timedelta(seconds=5)  # a worker that was away does not make up for more


class Overtaken(Exception):
    """Somebody else released these meanwhile; nothing was written."""


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    chosen_id: UUID | None  # whose address it was at the start
    person_id: UUID | None  # whose it is now
    address_id: UUID | None
    channel_id: UUID
    language: str
    blocked_until: datetime | None
    refused: str


def tend() -> int:
    """Every running broadcast, as far as its pace and its channels allow now. How many were released."""
    due = Broadcast.objects.filter(state=BroadcastState.RUNNING, next_release_at__lte=now())
    return sum(_release_guarded(broadcast) for broadcast in due.select_related("centre").order_by("pk"))


def _release_guarded(broadcast: Broadcast) -> int:
    """One that fails holds up no other; a database that is away is for the worker to wait for."""
    try:
        return _release_all(broadcast)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("broadcast %s could not be released", broadcast.pk)
        return 0


def _release_all(broadcast: Broadcast) -> int:
    plan = read(broadcast.title, broadcast.plan_json)
    if plan.is_quiet(now().astimezone(ZoneInfo(broadcast.centre.time_zone)).time()):
        return 0
    composer = Composer(broadcast.centre, plan)
    done = 0
    while released := release(broadcast, composer):
        done += released
        if plan.pace:
            break
    return done


def release(broadcast: Broadcast, composer: Composer) -> int:
    """One batch: how many it dealt with, also those it left out."""
    try:
        with transaction.atomic():
            return _release(broadcast, composer, now())
    except Overtaken:
        log.warning("broadcast %s: a batch was released elsewhere", broadcast.pk)
        return 0


def _release(broadcast: Broadcast, composer: Composer, at: datetime) -> int:
    running = Broadcast.objects.filter(pk=broadcast.pk, state=BroadcastState.RUNNING, next_release_at__lte=at)
    if not running.update(next_release_at=F("next_release_at")):  # the row is ours until the end
        return 0
    rows = _next(broadcast, composer, at, _how_many(composer.plan))
    leaving = _compose(rows, composer, at)
    _claim([unasked.message_id for unasked in leaving], at)
    write_unasked(centre_id=broadcast.centre_id, purpose=broadcast.purpose, said=leaving, at=at)
    _go_on(broadcast, composer, len(leaving), at)
    return len(rows)


def _how_many(plan: Plan) -> int:
    return min(AT_ONCE, max(1, round(plan.pace * SPAN.total_seconds() / 60))) if plan.pace else AT_ONCE


_COLUMNS = (
    *("pk", "person_id", "address__person_id", "address_id", "channel_id", "language"),
    *("address__person__blocked_until", "refused"),
)


def _next(broadcast: Broadcast, composer: Composer, at: datetime, most: int) -> list[_Row]:
    """In order, on every channel that has room."""
    rows: list[_Row] = []
    waiting = {row["channel_id"]: row["count"] for row in waiting_in(composer.plan.channels)}
    for channel_id, line in composer.lines.items():
        away = line.channel.open_until and line.channel.open_until > at
        room = 0 if away or not line.channel.is_open else WAITING - waiting.get(channel_id, 0)
        pending = Recipient.objects.filter(
            broadcast=broadcast, channel=channel_id, state=RecipientState.PENDING
        ).annotate(refused=refusal(address="address", channel="channel_id", purpose="broadcast__purpose"))
        found = pending.order_by("place").values_list(*_COLUMNS)[: max(0, min(room, most - len(rows)))]
        rows += [_Row(*values) for values in found]
    return rows


def waiting_in(channels: Sequence[UUID]) -> QuerySet[Message, Any]:
    """How many messages of broadcasts are queued in each channel."""
    rows = Message.objects.filter(state=MessageState.QUEUED, channel_id__in=channels).exclude(purpose="")
    return rows.values("channel_id").annotate(count=Count("*")).order_by()


def _compose(rows: Sequence[_Row], composer: Composer, at: datetime) -> list[Unasked]:
    """What each gets now; who gets nothing is written down with the reason."""
    windows, twice = _windows(rows), _twice(rows)
    leaving: list[Unasked] = []
    left_out: dict[Why, list[UUID]] = {}
    for row in rows:
        line, until = composer.lines[row.channel_id], windows.get((row.address_id, row.channel_id))
        refused = row.refused or _not_now(row, twice, at)
        is_open = line.window_open(until, at)
        made = (
            Why(refused) if refused else composer.compose(row.language, row.channel_id, window_open=is_open)
        )
        if isinstance(made, Why):
            left_out.setdefault(made, []).append(row.id)
        else:
            leaving.append(_unasked(row, made, None if line.able.reply_window is None else until or at))
    for why, ids in left_out.items():
        pending = Recipient.objects.filter(pk__in=ids, state=RecipientState.PENDING)
        pending.update(state=RecipientState.LEFT_OUT, why=why)
    return leaving


def _not_now(row: _Row, twice: frozenset[UUID], at: datetime) -> str:
    """What has come over them since the start."""
    if row.blocked_until and row.blocked_until > at:
        return Why.BLOCKED
    return Why.TWICE if row.id in twice else ""


def _twice(rows: Sequence[_Row]) -> frozenset[UUID]:
    """Two files became one since the start: only the one that stayed gets it."""
    moved = {row.id: row.person_id for row in rows if row.person_id and row.person_id != row.chosen_id}
    if not moved:
        return frozenset()
    ids = Recipient.objects.filter(pk__in=moved).values("broadcast")
    others = Recipient.objects.filter(broadcast__in=ids, person__in=moved.values())
    known = set(others.exclude(state=RecipientState.LEFT_OUT).values_list("person_id", flat=True))
    return frozenset(pk for pk, person in moved.items() if person in known)


def _windows(rows: Sequence[_Row]) -> dict[tuple[UUID | None, UUID | None], datetime | None]:
    talks = Conversation.objects.filter(
        address__in=[row.address_id for row in rows], channel__in={row.channel_id for row in rows}
    )
    found = talks.order_by().values_list("address_id", "channel_id").annotate(until=Max("window_until"))
    return {(address, channel): until for address, channel, until in found}


def _unasked(row: _Row, made: Composed, window_until: datetime | None) -> Unasked:
    assert row.person_id
    assert row.address_id
    return Unasked(
        message_id=row.id,
        person_id=row.person_id,
        address_id=row.address_id,
        channel_id=row.channel_id,
        language=made.language,
        kind=made.kind.value,
        text=made.text,
        extra=made.extra,
        window_until=window_until,
    )


def _claim(ids: Sequence[UUID], at: datetime) -> None:
    pending = Recipient.objects.filter(pk__in=ids, state=RecipientState.PENDING)
    claimed = pending.update(state=RecipientState.RELEASED, message_id=F("pk"), released_at=at)
    if claimed != len(ids):
        raise Overtaken


def _go_on(broadcast: Broadcast, composer: Composer, count: int, at: datetime) -> None:
    """When the next may go, and the end when nobody is left but those behind a closed channel."""
    row, shut = Broadcast.objects.filter(pk=broadcast.pk), _shut(composer)
    if composer.plan.pace:
        start = max(broadcast.next_release_at, at - CATCH_UP)
        broadcast.next_release_at = start + timedelta(seconds=60 * count / composer.plan.pace)
        row.update(next_release_at=broadcast.next_release_at)
    if not _under_way(broadcast, shut):
        _leave_behind(broadcast, shut)
        row.filter(state=BroadcastState.RUNNING).update(state=BroadcastState.FINISHED, finished_at=at)


def _shut(composer: Composer) -> list[UUID]:
    """Closed by somebody, or not to be read any more: nothing leaves by these until somebody acts."""
    lines = composer.lines
    return [pk for pk in composer.plan.channels if pk not in lines or not lines[pk].channel.is_open]


def _under_way(broadcast: Broadcast, shut: Sequence[UUID]) -> bool:
    pending = Recipient.objects.filter(broadcast=broadcast, state=RecipientState.PENDING)
    ours = Message.objects.filter(recipient__broadcast=broadcast)
    return (
        pending.exclude(channel__in=shut).exists()
        # one by one: each state has an index of its own
        or ours.filter(state=MessageState.QUEUED).exclude(channel_id__in=shut).exists()
        or ours.filter(state=MessageState.SENDING).exists()
    )


def _leave_behind(broadcast: Broadcast, shut: Sequence[UUID]) -> None:
    """Also who has a message in the queue, as far as nobody has claimed it for sending."""
    if not shut:
        return
    behind = Recipient.objects.filter(broadcast=broadcast, channel__in=shut)
    queued = behind.filter(state=RecipientState.RELEASED, message__state=MessageState.QUEUED)
    ids = list(queued.values_list("pk", flat=True))  # of the messages too
    cancel_unasked(ids)
    held = Message.objects.filter(pk__in=ids, state=MessageState.CANCELLED).values("pk")
    for rows in (behind.filter(state=RecipientState.PENDING), behind.filter(pk__in=held)):
        rows.update(state=RecipientState.LEFT_OUT, why=Why.CHANNEL)
