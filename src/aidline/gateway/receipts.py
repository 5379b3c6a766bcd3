"""Receipts move a message forward only: each is one conditional UPDATE, whatever the order they come in.

A receipt for a message we do not know yet may have overtaken the answer to our own call: it is parked and
looked at again when the provider's id is written down.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from aidline.channels.contract import Receipt, ReceiptUpTo, Status, Verdict
from aidline.conversations.live import Hint, tell
from aidline.conversations.models import Conversation, Message, ParkedReceipt
from aidline.conversations.states import RECEIPT_FROM, Direction, MessageState
from aidline.gateway.arriving import external_index
from aidline.kernel.clock import now
from aidline.kernel.text import without_numbers
from aidline.people import services as people
from aidline.people.arrivals import address_index
from aidline.people.models import Address

KEEP_PARKED = timedelta(hours=48)

# Providers tell when they had taken a message, we when we had heard of it: a little later, by another clock.
HEARD_LATER = timedelta(seconds=3)

_PAIR = re.compile(r"\d{1,5}/\d{1,7}")  # Meta's code and what it means here

STATE_OF: dict[Status, MessageState] = {
    Status.SENT: MessageState.SENT,
    Status.DELIVERED: MessageState.DELIVERED,
    Status.READ: MessageState.READ,
    Status.FAILED: MessageState.FAILED,
}
_TIME_COLUMN = {
    MessageState.SENT: "sent_at",
    MessageState.DELIVERED: "delivered_at",
    MessageState.READ: "read_at",
}


# "All up to a moment" speaks of what had left; a message that failed or is unknown is not among it.
_HAD_LEFT = {
    MessageState.DELIVERED: (MessageState.SENT,),
    MessageState.READ: (MessageState.SENT, MessageState.DELIVERED),
}


@dataclass(frozen=True, slots=True)
class Heard:
    channel_id: UUID
    centre_id: UUID
    event: Receipt
    received_at: datetime


@dataclass(frozen=True, slots=True)
class HeardUpTo:
    channel_id: UUID
    centre_id: UUID
    event: ReceiptUpTo


@dataclass(frozen=True, slots=True)
class _Target:
    id: UUID
    conversation_id: UUID
    address_id: UUID | None
    named: bool = True  # the provider's id is known


def apply(heard: Sequence[Heard]) -> list[Hint]:
    """Runs inside the batch's transaction."""
    if not heard:
        return []
    targets = _targets(heard)
    _name(targets, heard)
    hints = []
    parked = []
    for one in heard:
        target = _find(targets, one)
        if target is None:
            parked.append(_parked(one))
        elif _advance(target, one):
            hints.append(Hint(one.centre_id, "state", target.conversation_id))
    ParkedReceipt.objects.bulk_create(_worth_keeping(parked))
    return hints


def _name(targets: dict[object, _Target], heard: Sequence[Heard]) -> None:
    """The answer to our call is missing, and a receipt has our own id: it tells by what id later ones will come."""
    for one in heard:
        target = targets.get((one.channel_id, one.event.message))
        if target is None or target.named or not one.event.external_id:
            continue
        index = external_index(one.centre_id, one.event.external_id)
        if _give_id(target, one, index):
            target = targets[(one.channel_id, target.id)] = replace(target, named=True)
            targets[(one.channel_id, index)] = target


def _give_id(target: _Target, one: Heard, index: bytes) -> bool:
    """Only where it has none yet, and no other message is called that."""
    message = Message.objects.select_related("conversation").get(pk=target.id)
    message.external_id = one.event.external_id
    taken = Message.objects.filter(channel_id=one.channel_id, external_index=index, direction=Direction.OUT)
    unnamed = Message.objects.filter(~Exists(taken), pk=target.id, external_index=None)
    if not unnamed.update(external_index=index, external_sealed=message.external_sealed):
        return False
    unpark(message, one.event.external_id)
    return True


def apply_up_to(heard: Sequence[HeardUpTo]) -> list[Hint]:
    """After `apply` in the same transaction, so that what was told by name comes first."""
    hints = []
    for one in heard:
        state = STATE_OF[one.event.status]
        sent = Message.objects.filter(
            conversation__in=_conversations(one),
            direction=Direction.OUT,
            state__in=_HAD_LEFT.get(state, ()),
            sent_at__lte=one.event.until + HEARD_LATER,
        )
        for pk, conversation, address in sent.values_list("pk", "conversation", "conversation__address"):
            if _move(_Target(pk, conversation, address), state, one.event.until, ""):
                hints.append(Hint(one.centre_id, "state", conversation))
    return hints


def _conversations(one: HeardUpTo) -> list[UUID]:
    schemes = [sender.scheme for sender in one.event.senders]
    indexes = [address_index(one.centre_id, sender.scheme, sender.value) for sender in one.event.senders]
    addresses = Address.objects.filter(centre_id=one.centre_id, scheme__in=schemes, index__in=indexes)
    rows = Conversation.objects.filter(address__in=list(addresses), channel_id=one.channel_id)
    return list(rows.values_list("pk", flat=True))


def unpark(message: Message, external_id: str) -> None:
    """Called in the transaction that writes the provider's id: receipts that came earlier count now."""
    index = external_index(message.centre_id, external_id)
    assert message.channel_id is not None
    for row in ParkedReceipt.objects.filter(channel_id=message.channel_id, external_index=index):
        _take_up(message, row)


def match_parked() -> int:
    """A receipt and the answer to our call may have passed each other in two transactions: look again.

    Viber tells of what the person wrote as well: that is let go at once, and touches nothing.
    """
    _parked_for(Direction.IN).delete()
    matched = 0
    for row in _parked_for(Direction.OUT).order_by("pk")[:200]:
        message = Message.objects.filter(
            channel_id=row.channel_id, external_index=bytes(row.external_index)
        ).first()
        if message:
            with transaction.atomic():
                _take_up(message, row)
            matched += 1
    return matched


def _parked_for(direction: Direction) -> QuerySet[ParkedReceipt]:
    """Asked of the database: those that nothing will ever match must not stand before the others."""
    named = Message.objects.filter(
        channel_id=OuterRef("channel_id"), external_index=OuterRef("external_index"), direction=direction
    )
    return ParkedReceipt.objects.filter(Exists(named))


def _take_up(message: Message, row: ParkedReceipt) -> None:
    target = _Target(message.pk, message.conversation_id, message.conversation.address_id)
    if _move(target, MessageState(row.state), row.at, row.code):
        tell([Hint(message.centre_id, "state", message.conversation_id)])
    if row.stop:
        _stop(target, message.channel_id)
    row.delete()


def forget_parked() -> int:
    return ParkedReceipt.objects.filter(received_at__lt=now() - KEEP_PARKED).delete()[0]


def _targets(heard: Sequence[Heard]) -> dict[object, _Target]:
    """Our messages by (channel, index of the provider's id) and by our own id."""
    indexes = [external_index(one.centre_id, one.event.external_id) for one in heard]
    own = [one.event.message for one in heard if one.event.message]
    rows = Message.objects.filter(direction=Direction.OUT)
    found: dict[object, _Target] = {}
    columns = ("pk", "conversation_id", "conversation__address_id", "channel_id", "external_index")
    known = rows.filter(channel_id__in={one.channel_id for one in heard}, external_index__in=indexes)
    for selected in (known, rows.filter(pk__in=own)):
        for pk, conversation, address, channel, index in selected.values_list(*columns):
            target = _Target(pk, conversation, address, named=bool(index))
            found[(channel, pk)] = target
            if index:
                found[(channel, bytes(index))] = target
    return found


def _find(targets: dict[object, _Target], one: Heard) -> _Target | None:
    by_id = targets.get((one.channel_id, external_index(one.centre_id, one.event.external_id)))
    return by_id or targets.get((one.channel_id, one.event.message))


def _parked(one: Heard) -> ParkedReceipt:
    return ParkedReceipt(
        channel_id=one.channel_id,
        external_index=external_index(one.centre_id, one.event.external_id),
        state=STATE_OF[one.event.status],
        at=one.event.at or one.received_at,
        code=kept_code(one.event.code),
        stop=one.event.verdict is Verdict.STOP_CONTACTING,
        received_at=one.received_at,
    )


def _worth_keeping(parked: Sequence[ParkedReceipt]) -> list[ParkedReceipt]:
    """Not those of what the person wrote, which nothing will ever match."""
    if not parked:
        return []
    theirs = Message.objects.filter(
        channel_id__in={row.channel_id for row in parked},
        external_index__in=[row.external_index for row in parked],
        direction=Direction.IN,
    )
    known = {
        (channel, bytes(index or b""))
        for channel, index in theirs.values_list("channel_id", "external_index")
    }
    return [row for row in parked if (row.channel_id, bytes(row.external_index)) not in known]


def _advance(target: _Target, one: Heard) -> bool:
    if one.event.verdict is Verdict.STOP_CONTACTING:
        _stop(target, one.channel_id)
    return _move(target, STATE_OF[one.event.status], one.event.at or one.received_at, one.event.code)


def _move(target: _Target, state: MessageState, at: datetime, code: str) -> bool:
    changes: dict[str, object] = {"state": state, "lease_until": None}
    if state in _TIME_COLUMN:
        changes[_TIME_COLUMN[state]] = at
    if state is MessageState.FAILED:
        changes["error_code"] = kept_code(code)
    rows = Message.objects.filter(pk=target.id, state__in=RECEIPT_FROM[state])
    return bool(rows.update(**changes))


def kept_code(code: str) -> str:
    """In the clear: of a gateway that puts a sentence in its place, what may be a number stays out."""
    return (code if _PAIR.fullmatch(code) else without_numbers(code))[:40]


def _stop(target: _Target, channel_id: UUID | None) -> None:
    if target.address_id and channel_id:
        people.opt_out(address_id=target.address_id, channel_id=channel_id, source="provider")
