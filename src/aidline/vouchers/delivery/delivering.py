"""Vouchers on their way: what the worker does every few seconds.

A voucher leaves *waiting* by one conditional UPDATE in the transaction that writes its message. Where a channel must
be answered first, one question goes out for all that wait for that person; elsewhere the voucher itself.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max

from aidline.conversations.models import Conversation
from aidline.conversations.unasked import Unasked, write_unasked
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.kernel.rows import update_each
from aidline.people.states import Purpose
from aidline.vouchers.delivery import addresses, helpdesk
from aidline.vouchers.delivery.composing import Made, question, the_voucher
from aidline.vouchers.delivery.lines import Line, lines_of, ways
from aidline.vouchers.models import Voucher
from aidline.vouchers.states import DeliveryState, ProgrammeState, Status, VoucherState

log = logging.getLogger(__name__)

AT_ONCE = 100  # in one transaction
ROUNDS = 50  # in one turn of the worker
_HELD_BACK = (Status.PAUSED, Status.ERASED)

Door = tuple[UUID, UUID]  # address, channel
Name = tuple[UUID, UUID, UUID]  # message, channel, voucher


class Overtaken(Exception):
    """Somebody else moved these meanwhile; nothing was written."""


@dataclass(slots=True)
class _Batch:
    """What becomes of each voucher of a round."""

    asked: dict[Door, list[Voucher]] = field(default_factory=dict)
    sent: dict[Door, Voucher] = field(default_factory=dict)
    skipped: list[Voucher] = field(default_factory=list)  # this way is none: the next one is tried
    stranded: list[Voucher] = field(default_factory=list)  # no way is left: a person must help


def tend() -> int:
    """Everything that may leave now. How many vouchers were moved."""
    done = 0
    for _ in range(ROUNDS):
        moved = _round(now())
        done += moved
        if not moved:
            break
    return done


def _round(at: datetime) -> int:
    due = _due(at)
    addresses.find([voucher.registration for voucher in due])
    try:
        by_centre: dict[UUID, list[Voucher]] = {}
        for voucher in due:
            by_centre.setdefault(voucher.centre_id, []).append(voucher)
        return sum(_deliver(centre, vouchers, at) for centre, vouchers in by_centre.items())
    except Overtaken:
        log.warning("vouchers were delivered elsewhere at the same moment")
        return 0


def _due(at: datetime) -> list[Voucher]:
    rows = Voucher.objects.filter(
        state=VoucherState.OPEN,
        delivery=DeliveryState.WAITING,
        delivery_at__lte=at,
        valid_from__lte=at,
        programme__state__in=(ProgrammeState.OPEN, ProgrammeState.CLOSED),
        registration__channel_id__isnull=False,
    ).exclude(registration__status__in=_HELD_BACK)
    related = ("programme__centre", "programme__issuer", "registration__address", "payment")
    return list(rows.select_related(*related).order_by("delivery_at", "pk")[:AT_ONCE])


@transaction.atomic
def _deliver(centre_id: UUID, vouchers: Sequence[Voucher], at: datetime) -> int:
    lines = lines_of(centre_id)
    batch = _sorted(vouchers, lines, at)
    asked = [voucher for waiting in batch.asked.values() for voucher in waiting]
    sent = list(batch.sent.values())
    move(asked, DeliveryState.WAITING, DeliveryState.ASKED, at)
    move(sent, DeliveryState.WAITING, DeliveryState.SENT, at)
    move(batch.skipped, DeliveryState.WAITING, DeliveryState.WAITING, at, failures=F("failures") + 1)
    move(batch.stranded, DeliveryState.WAITING, DeliveryState.FAILED, at)
    ask(centre_id, batch.asked, lines, at)
    _send(centre_id, batch.sent, lines, at)
    helpdesk.ask(batch.stranded)
    return len(asked) + len(sent) + len(batch.skipped) + len(batch.stranded)


def _sorted(vouchers: Sequence[Voucher], lines: Mapping[UUID, Line], at: datetime) -> _Batch:
    """Of several for one person on one way, one leaves in each round."""
    batch, windows = _Batch(), windows_of(vouchers)
    for voucher in vouchers:
        possible = ways(voucher.registration, lines)[voucher.failures :]
        if not possible:
            batch.stranded.append(voucher)
            continue
        line, address = possible[0], voucher.registration.address_id
        assert address
        door = (address, line.channel.pk)
        if line.window_open(windows.get(door), at):
            batch.sent.setdefault(door, voucher)
        elif question([voucher], line):
            batch.asked.setdefault(door, []).append(voucher)
        else:
            batch.skipped.append(voucher)
    return batch


def windows_of(vouchers: Sequence[Voucher]) -> dict[Door, datetime | None]:
    """Until when people may be written to without a template, by their last words."""
    talks = Conversation.objects.filter(address__in={one.registration.address_id for one in vouchers})
    found = talks.order_by().values_list("address_id", "channel_id").annotate(until=Max("window_until"))
    return {(address, channel): until for address, channel, until in found if address and channel}


def ask(
    centre_id: UUID, asked: Mapping[Door, Sequence[Voucher]], lines: Mapping[UUID, Line], at: datetime
) -> None:
    """One question for each door."""
    said, names = [], []
    for (_, channel), vouchers in asked.items():
        made, message = question(vouchers, lines[channel]), new_id()
        assert made
        said.append(unasked(vouchers[0], made, message, lines[channel], at))
        names += [(message, channel, voucher.pk) for voucher in vouchers]
    name(names)
    write_unasked(centre_id=centre_id, purpose=Purpose.SERVICE, said=said, at=at)


def _send(centre_id: UUID, sent: Mapping[Door, Voucher], lines: Mapping[UUID, Line], at: datetime) -> None:
    said, names = [], []
    for (_, channel), voucher in sent.items():
        made, message = the_voucher(voucher, lines[channel]), new_id()
        said.append(unasked(voucher, made, message, lines[channel], at))
        names.append((message, channel, voucher.pk))
    name(names)
    write_unasked(centre_id=centre_id, purpose=Purpose.SERVICE, said=said, at=at)


def unasked(voucher: Voucher, made: Made, message: UUID, line: Line, at: datetime) -> Unasked:
    address = voucher.registration.address
    assert address
    return Unasked(
        message_id=message,
        person_id=address.person_id,
        address_id=address.pk,
        channel_id=line.channel.pk,
        language=made.language,
        kind=made.kind.value,
        text=made.text,
        extra=made.extra,
        window_until=None if line.able.reply_window is None else at,
    )


def move(
    vouchers: Sequence[Voucher], before: DeliveryState, after: DeliveryState, at: datetime, **more: object
) -> None:
    """Raises `Overtaken` where one of them is not there any more."""
    ids = [voucher.pk for voucher in vouchers]
    here = Voucher.objects.filter(pk__in=ids, delivery=before, state=VoucherState.OPEN)
    if ids and here.update(delivery=after, delivery_at=at, **more) != len(ids):
        raise Overtaken


def name(names: Sequence[Name]) -> None:
    """Which message it is whose fate is theirs."""
    columns = ("message_id", "channel_id")
    update_each(Voucher, "message_id = {message_id}, channel_id = {channel_id}", columns, names)
