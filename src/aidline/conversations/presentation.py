"""A thread as it is shown: lines in order of time, with what hangs on them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from aidline import vault
from aidline.conversations.models import Attachment, Conversation, Message
from aidline.conversations.queries import text_of
from aidline.conversations.states import Direction, MessageState
from aidline.people.states import Purpose

PAGE = 60
RECHECKED = 30  # lines whose ticks, edits and files may still change are sent along with the new ones
MOST = 300


@dataclass(frozen=True, slots=True)
class Line:
    message: Message
    text: str
    extra: dict[str, Any]
    files: tuple[Attachment, ...]
    quote: str
    day: date | None  # set on the first line of a day

    @property
    def version(self) -> str:
        """Changes with whatever changes on the screen, so that a browser swaps only what is new."""
        message = self.message
        parts = (
            message.state,
            message.reaction,
            message.edited_at,
            message.deleted_at,
            message.read_at,
            *(f"{file.state}{file.media_id}{bool(file.peaks)}" for file in self.files),
            sorted(self.extra),
        )
        return hashlib.blake2b(repr(parts).encode(), digest_size=5).hexdigest()

    @property
    def is_in(self) -> bool:
        return self.message.direction == Direction.IN

    @property
    def is_note(self) -> bool:
        return self.message.direction == Direction.NOTE

    @property
    def is_event(self) -> bool:
        return self.message.direction == Direction.EVENT

    @property
    def can_resend(self) -> bool:
        """A broadcast is sent once, whatever became of it."""
        again = self.message.state in (MessageState.FAILED, MessageState.UNKNOWN)
        return again and self.message.purpose != Purpose.OUTREACH


@dataclass(frozen=True, slots=True)
class Thread:
    lines: tuple[Line, ...]
    last_seq: int
    earlier: UUID | None  # the line before which more can be had


def thread(
    conversation: Conversation, *, after_seq: int = 0, before: Message | None = None, limit: int = PAGE
) -> Thread:
    """In the order of time; what arrived late stands where it was said. `after_seq`: what came since."""
    rows = _rows(conversation)
    if after_seq:
        recent = max(after_seq - RECHECKED, 0)
        found = list(rows.filter(seq__gt=recent).order_by("-at", "-seq")[:MOST])
        more = False
    else:
        if before:
            rows = rows.filter(Q(at__lt=before.at) | Q(at=before.at, seq__lt=before.seq))
        found = list(rows.order_by("-at", "-seq")[: limit + 1])
        more = len(found) > limit
        found = found[:limit]
    found.reverse()
    return Thread(_lines(found), conversation.last_seq, found[0].pk if more else None)


def lines_of(messages: Sequence[Message]) -> tuple[Line, ...]:
    ids = [message.pk for message in messages]
    found = Message.objects.filter(pk__in=ids).select_related("author", "reply_to", "conversation__channel")
    return _lines(list(found.prefetch_related("attachments").order_by("at", "seq")))


def _rows(conversation: Conversation) -> QuerySet[Message]:
    rows = conversation.messages.select_related("author", "reply_to")  # each knows it without a query
    return rows.prefetch_related("attachments")


def _lines(messages: Sequence[Message]) -> tuple[Line, ...]:
    vault.prefetch_person_keys({message.key_id for message in messages})
    lines = []
    last: date | None = None
    for message in messages:
        day = _day(message.at)
        lines.append(_line(message, day if day != last else None))
        last = day
    return tuple(lines)


def _line(message: Message, day: date | None) -> Line:
    deleted = message.deleted_at is not None
    return Line(
        message=message,
        text="" if deleted else text_of(message),
        extra={} if deleted else _extra(message),
        files=() if deleted else tuple(message.attachments.all()),
        quote=_quoted(message.reply_to),
        day=day,
    )


def _extra(message: Message) -> dict[str, Any]:
    try:
        return dict(message.extra or {})
    except vault.KeyGone:
        return {}


def _quoted(message: Message | None) -> str:
    if message is None or message.deleted_at:
        return ""
    return " ".join(text_of(message).split())[:120]


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()
