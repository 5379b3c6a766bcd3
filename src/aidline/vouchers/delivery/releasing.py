"""An answer came: every open voucher of that address leaves, each as its picture, on the way of the answer."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from aidline.conversations.unasked import write_unasked
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.vouchers.delivery.composing import the_voucher
from aidline.vouchers.delivery.delivering import Door, move, name, unasked
from aidline.vouchers.delivery.lines import Line, lines_of
from aidline.vouchers.models import Registration, Voucher
from aidline.vouchers.states import DeliveryState, Status, VoucherState

AT_ONCE = 200
CLAIMABLE = (DeliveryState.WAITING, DeliveryState.ASKED, DeliveryState.FAILED)


def claimed_by(addresses: Iterable[UUID]) -> set[UUID]:
    """The addresses for which a voucher waits."""
    waiting = Voucher.objects.filter(state=VoucherState.OPEN, delivery__in=CLAIMABLE)
    rows = waiting.filter(registration__in=_people(addresses))
    return {address for address in rows.values_list("registration__address", flat=True) if address}


def claim(doors: Iterable[Door], at: datetime) -> None:
    """Inside the transaction that keeps the answer."""
    for address, channel in doors:
        rows = Voucher.objects.filter(state=VoucherState.OPEN, delivery__in=CLAIMABLE)
        rows = rows.filter(registration__in=_people([address]))
        rows.update(delivery=DeliveryState.RELEASED, claimed_at=at, delivery_at=at, channel_id=channel)


def _people(addresses: Iterable[UUID]) -> QuerySet[Registration]:
    return Registration.objects.filter(address__in=set(addresses)).exclude(status=Status.ERASED)


def tend() -> list[Door]:
    """What was claimed is said. Returns whom it was said to."""
    at = now()
    doors: list[Door] = []
    rows = Voucher.objects.filter(state=VoucherState.OPEN, delivery=DeliveryState.RELEASED)
    related = ("programme__centre", "programme__issuer", "registration__address", "payment")
    by_centre: dict[UUID, list[Voucher]] = {}
    for voucher in rows.select_related(*related).order_by("delivery_at", "pk")[:AT_ONCE]:
        by_centre.setdefault(voucher.centre_id, []).append(voucher)
    for centre, vouchers in by_centre.items():
        doors += _release(centre, vouchers, at)
    return doors


@transaction.atomic
def _release(centre_id: UUID, vouchers: Sequence[Voucher], at: datetime) -> list[Door]:
    lines = lines_of(centre_id)
    ready: dict[Door, list[Voucher]] = {}
    for voucher in vouchers:
        address, line = voucher.registration.address_id, lines.get(voucher.channel_id or UUID(int=0))
        if address and line:
            ready.setdefault((address, line.channel.pk), []).append(voucher)
        else:  # the channel was closed meanwhile
            move([voucher], DeliveryState.RELEASED, DeliveryState.WAITING, at)
    for place in range(max(map(len, ready.values()), default=0)):
        row = {door: waiting[place] for door, waiting in ready.items() if place < len(waiting)}
        _say(centre_id, row, lines, at)
    return list(ready)


def _say(centre_id: UUID, row: dict[Door, Voucher], lines: dict[UUID, Line], at: datetime) -> None:
    messages = {voucher.pk: new_id() for voucher in row.values()}
    move(list(row.values()), DeliveryState.RELEASED, DeliveryState.SENT, at)
    name([(messages[voucher.pk], channel, voucher.pk) for (_, channel), voucher in row.items()])
    said = [
        unasked(voucher, the_voucher(voucher, lines[channel]), messages[voucher.pk], lines[channel], at)
        for (_, channel), voucher in row.items()
    ]
    write_unasked(
        centre_id=centre_id, purpose="", said=said, at=at
    )  # an answer, which nobody has to be asked for
