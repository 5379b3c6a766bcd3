"""From queued rows to the provider: claim, call, write down what is known. A crash leaves a row that is true.

A row is claimed by one conditional UPDATE; a claim that is never finished becomes *unknown* and is not repeated
by itself, because no provider lets us ask whether it took a message.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import uniform
from time import sleep
from typing import Any
from uuid import UUID

from django.db import Error as DatabaseError
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from aidline import vault
from aidline.channels.contract import (
    ChannelDown,
    Choice,
    File,
    GiveUp,
    Kind,
    Outgoing,
    Place,
    Provider,
    RetryLater,
    Scheme,
    Sender,
    SendError,
    Sent,
    StopContacting,
    TemplateUse,
    Uncertain,
)
from aidline.channels.hooks import hook_url
from aidline.conversations.live import Hint, tell
from aidline.conversations.models import Attachment, Message
from aidline.conversations.states import Direction, MessageState
from aidline.gateway import breaker, pacing, unwanted
from aidline.gateway.arriving import external_index
from aidline.gateway.lines import http_for, provider_of
from aidline.gateway.outfiles import public_url
from aidline.gateway.receipts import kept_code, unpark
from aidline.gateway.subjects import thread_of
from aidline.gateway.vouchers.pictures import filled
from aidline.kernel.clock import now
from aidline.people import services as people
from aidline.people.arrivals import Arrival, resolve
from aidline.people.states import Purpose

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)  # longer than any call may take
AFTER_OUTAGE = 0.5  # seconds between tries to write an answer down
TRIES = 10
PATIENCE = timedelta(hours=12)  # a provider that is down for a night costs no message its last try
FIRST_WAIT, LONGEST_WAIT = 2.0, 900.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider's answer means for the row."""

    state: MessageState
    sent: Sent | None = None
    code: str = ""
    again_at: datetime | None = None
    stop: bool = False
    channel_down: bool = False
    words: str = ""  # the provider's own, of an account in trouble


def due(limit: int = 50) -> list[UUID]:
    """Messages that may leave now, but for broadcasts: nothing before them in their conversation is to go first."""
    return _due(~Q(purpose=Purpose.OUTREACH), pacing.BURST, limit)


def due_broadcasts(limit: int = 50) -> list[UUID]:
    """Asked for apart, so that they never take the last free hand: a reply waits for no broadcast."""
    return _due(Q(purpose=Purpose.OUTREACH), pacing.BURST_OF_BROADCASTS, limit)


def _due(which: Q, burst: timedelta, limit: int) -> list[UUID]:
    earlier = Message.objects.filter(
        conversation=OuterRef("conversation"),
        seq__lt=OuterRef("seq"),
        direction=Direction.OUT,
        state__in=[MessageState.QUEUED, MessageState.SENDING],
    ).exclude(purpose=Purpose.OUTREACH)
    at = now()
    rows = (
        Message.objects.filter(which, state=MessageState.QUEUED, due_at__lte=at)
        .filter(~Exists(earlier))
        .filter(_channel_free(at, burst))
        .order_by("due_at", "id")
    )
    return list(rows.values_list("pk", flat=True)[:limit])


def _channel_free(at: datetime, burst: timedelta) -> Q:
    """Where the line is full nothing is looked at until it moves, however much waits there."""
    waiting = Q(conversation__channel__open_until__gt=at)
    full = Q(conversation__channel__next_out_at__gt=at + burst)
    return ~waiting & ~full & Q(conversation__channel__is_open=True)


def send(message_id: UUID) -> bool:
    """Send one message if nobody else does. No transaction is open during the call."""
    waiting = _with_everything(Message.objects.filter(pk=message_id, state=MessageState.QUEUED)).first()
    provider = _provider(waiting) if waiting else None
    if waiting is None or not _its_turn(waiting, provider):
        return False
    message = _claim(message_id)
    if message is None:
        unwanted.refuse(message_id)
        return False
    answer = _call(message, provider)
    _write_down_surely(message, answer)
    if answer.sent and answer.sent.address:
        _keep_address(message, answer.sent.address)
    return True


def _its_turn(message: Message, provider: Provider | None) -> bool:
    """Asked before it is claimed: of the many that wait for one place in line, only the one that gets it writes."""
    pace = provider.capabilities.pace if provider else None
    if pace is None:
        return True
    later = pacing.own_turn(message, pace)
    if later:
        Message.objects.filter(pk=message.pk, state=MessageState.QUEUED).update(due_at=later)
        return False
    return pacing.turn(message, pace)


def _provider(message: Message) -> Provider | None:
    """None: its configuration cannot be read, which the call will find out and say."""
    try:
        channel = message.conversation.channel
        return provider_of(channel) if channel else None
    except Exception:
        return None


def _claim(message_id: UUID) -> Message | None:
    """The state stands in the UPDATE itself: after a wait PostgreSQL looks at it again, but not into a subquery."""
    queued = Message.objects.filter(pk=message_id, state=MessageState.QUEUED)
    ours: dict[str, Any] = {
        "state": MessageState.SENDING,
        "lease_until": now() + LEASE,
        "attempts": F("attempts") + 1,
    }
    claimed = queued.filter(purpose="").update(**ours) or unwanted.allowed(queued).update(**ours)
    if not claimed:
        return None
    return _with_everything(Message.objects.filter(pk=message_id)).get()


def _with_everything(messages: QuerySet[Message]) -> QuerySet[Message]:
    return messages.select_related("conversation__channel", "conversation__address", "reply_to")


def give_up_on_lost() -> int:
    """Calls whose process died: it cannot be known whether they arrived."""
    lost = Message.objects.filter(state=MessageState.SENDING, lease_until__lt=now())
    hints = [
        Hint(centre, "state", conversation)
        for centre, conversation in lost.values_list("centre_id", "conversation_id")
    ]
    with transaction.atomic():
        changed = lost.update(state=MessageState.UNKNOWN, lease_until=None, error_code="lost")
        tell(hints)
    return changed


def _call(message: Message, provider: Provider | None) -> Answer:
    channel = message.conversation.channel
    assert channel is not None
    try:
        provider = provider or provider_of(channel)
        with http_for(channel) as http:
            sent = provider.send(http, _outgoing(message))
        return Answer(MessageState.SENT, sent=sent)
    except SendError as error:
        return _answer_to(error, message.attempts, patient=now() < message.created_at + PATIENCE)
    except Exception as problem:
        log.exception("message %s could not be handed to its provider", message.pk)
        return Answer(MessageState.UNKNOWN, code=type(problem).__name__[:40])


def _answer_to(error: SendError, attempts: int, *, patient: bool) -> Answer:
    code = kept_code(error.code)
    match error:
        case RetryLater() if patient or attempts < TRIES:
            return Answer(MessageState.QUEUED, code=code, again_at=_next_try(error, attempts))
        case ChannelDown():
            return Answer(
                MessageState.QUEUED,
                code=code,
                again_at=_next_try(error, TRIES),
                channel_down=True,
                words=error.words,
            )
        case StopContacting():
            return Answer(MessageState.FAILED, code=code, stop=True)
        case Uncertain():
            return Answer(MessageState.UNKNOWN, code=code)
        case GiveUp() | RetryLater() | _:
            return Answer(MessageState.FAILED, code=code)


def _next_try(error: SendError, attempts: int) -> datetime:
    """Full jitter, but never before the provider's own Retry-After."""
    wait = timedelta(seconds=uniform(0, min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts, 10))))  # noqa: S311
    return now() + max(wait, error.retry_after or timedelta(0))


def _write_down_surely(message: Message, answer: Answer) -> None:
    """An answer is heard only once: while the message is ours, a database that is away is waited for."""
    assert message.lease_until
    while True:
        try:
            return _write_down(message, answer)
        except DatabaseError:
            if now() > message.lease_until:
                raise
            connection.close()
            sleep(AFTER_OUTAGE)


@transaction.atomic
def _write_down(message: Message, answer: Answer) -> None:
    """The state moves only while it is still ours; the provider's id is kept in any case."""
    at = now()
    changes: dict[str, Any] = {"state": answer.state, "lease_until": None, "error_code": answer.code}
    if answer.again_at:
        changes["due_at"] = answer.again_at
    if answer.state is MessageState.SENT:
        changes["sent_at"] = at
    Message.objects.filter(pk=message.pk, state=MessageState.SENDING).update(**changes)
    if answer.sent:
        _keep_external_id(message, answer.sent.external_id)
    address_id, channel_id = message.conversation.address_id, message.conversation.channel_id
    if answer.stop and address_id and channel_id:
        people.opt_out(address_id=address_id, channel_id=channel_id, source="provider")
    if channel_id and answer.sent and answer.sent.slow_down:
        pacing.pause(channel_id, answer.sent.slow_down)
    breaker.heard(
        channel_id,
        ok=answer.sent is not None,
        answer_code=answer.code,
        words=answer.words,
        down=answer.channel_down,
        retried=answer.again_at is not None,
    )
    tell([Hint(message.centre_id, "state", message.conversation_id)])


def _keep_external_id(message: Message, external_id: str) -> None:
    if not external_id:
        return
    message.external_id = external_id
    message.external_index = external_index(message.centre_id, external_id)
    try:
        with transaction.atomic():
            message.save(update_fields=["external_sealed", "external_index"])
    except IntegrityError:  # gateways exist that count from one again, or call everything "ok"
        log.warning("message %s was given an id that another message has", message.pk)
    else:
        unpark(message, external_id)


@transaction.atomic
def _keep_address(message: Message, known_as: Sender) -> None:
    """What comes back from the address as the provider knows it is the same person's."""
    ours = message.conversation.address
    if ours:
        senders = ((ours.scheme, ours.value), (known_as.scheme.value, known_as.value))
        resolve([Arrival(message.centre_id, senders)])


def _outgoing(message: Message) -> Outgoing:
    address, channel = message.conversation.address, message.conversation.channel
    assert address is not None
    assert channel is not None
    extra = message.extra or {}
    attachment, (text, made) = message.attachments.first(), filled(message)
    subject, thread = thread_of(message, Scheme(address.scheme))
    return Outgoing(
        message=message.pk,
        to=Sender(Scheme(address.scheme), address.value),
        kind=Kind(message.kind),
        text=text,
        file=_file(attachment) if attachment else made,
        place=Place(**extra["place"]) if "place" in extra else None,
        choices=tuple(Choice(**choice) for choice in extra.get("choices", ())),
        template=TemplateUse(**extra["template"]) if "template" in extra else None,
        reply_to=message.reply_to.external_id if message.reply_to else "",
        status_url=hook_url(channel),
        subject=subject,
        thread=thread,
        automatic=message.author_id is None or bool(message.purpose),
    )


def _file(attachment: Attachment) -> File:
    assert attachment.media_id is not None
    name = attachment.name or f"file.{attachment.mime.rpartition('/')[2]}"
    return File(
        name=name,
        mime=attachment.mime,
        size=attachment.size or 0,
        content=lambda: read_media(attachment),
        url=public_url(attachment.pk, name),
    )


def read_media(attachment: Attachment) -> bytes:
    assert attachment.media_id is not None
    return vault.media.read(attachment.media_id, scope=attachment.centre_id)
