"""Uses without a network come in: each is written down as it was signed, then settled, once, in whatever order.

A hold is certain: its cents were lent to this device alone. A token is believed within the limits; what the voucher
does not have any more is paid to the shop up to its guarantee and shown to a human. Nothing is ever dropped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from aidline.kernel.clock import now
from aidline.vouchers.models import Device, DeviceRecord, Redemption, Trouble
from aidline.vouchers.redeeming import settling_records
from aidline.vouchers.redeeming.pairing import is_signed
from aidline.vouchers.redeeming.records import LONGEST, Signed, Use, read

MOST_AT_ONCE = 500
GOOD = frozenset({"held", "taken", "known"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """`code`: held, taken, known (came online before), overdrawn, unpaid, over_limit, unknown, revoked, forged, bad.

    `again`: this very record was here before; the code is that of the first time.
    """

    digest: str
    code: str
    redemption_id: UUID | None = None
    again: bool = False

    @property
    def good(self) -> bool:
        return self.code in GOOD


def take_in(
    *, device: Device, records: Sequence[Signed], device_time: datetime | None = None
) -> list[Outcome]:
    """`device_time`: what its clock said when it sent these; times are corrected by the difference."""
    if device_time:
        _note_clock(device, device_time)
    outcomes = [_one(device, record) for record in sorted(records[:MOST_AT_ONCE], key=_place)]
    Device.objects.filter(pk=device.pk).update(synced_at=now())
    return outcomes


def _place(record: Signed) -> int:
    use = read(record.body) if len(record.body) <= LONGEST else None
    return use.counter if use else 0


def _note_clock(device: Device, said: datetime) -> None:
    seconds = int((said - now()).total_seconds())
    device.clock_offset = max(-(2**31), min(2**31 - 1, seconds))
    Device.objects.filter(pk=device.pk).update(clock_offset=device.clock_offset)


def _one(device: Device, record: Signed) -> Outcome:
    known = _seen(device, record)
    if known:
        return known
    try:
        with transaction.atomic():
            return _settle(device, record)
    except IntegrityError:  # the same record, or the same use, came in beside this one
        known = _seen(device, record)
        if known:
            return known
        with transaction.atomic():
            return _settle(device, record)


def _seen(device: Device, record: Signed) -> Outcome | None:
    row = DeviceRecord.objects.filter(device=device, digest=record.digest).first()
    return Outcome(record.digest.hex(), row.outcome, row.redemption_id, again=True) if row else None


def _settle(device: Device, record: Signed) -> Outcome:
    use = read(record.body) if len(record.body) <= LONGEST else None
    code, taken = _judge(device, record, use)
    DeviceRecord.objects.create(
        device=device,
        counter=use.counter if use else 0,
        body=record.body[:LONGEST],
        signature=record.signature[:80],
        digest=record.digest,
        outcome=code,
        redemption=taken,
    )
    if use and code not in ("forged", "bad"):
        _follow_chain(device, record, use)
    return Outcome(record.digest.hex(), code, taken.pk if taken else None)


def _judge(device: Device, record: Signed, use: Use | None) -> tuple[str, Redemption | None]:
    if use is None or use.device != device.pk:
        return _strange(device, "bad", use), None
    if not is_signed(device, record.signature, record.body):
        return _strange(device, "forged", use), None
    if device.revoked_at is not None:
        return _strange(device, "revoked", use), None
    return settling_records.settle(device, use, when(device, use))


def when(device: Device, use: Use) -> datetime:
    """By our clock, and never before the device was ours nor in the future."""
    try:
        at = use.at - timedelta(seconds=device.clock_offset)
    except OverflowError:
        at = now()
    return min(max(at, device.paired_at or at), now())


def _strange(device: Device, kind: str, use: Use | None) -> str:
    Trouble.objects.create(
        centre_id=device.till.shop.centre_id,
        kind=kind,
        shop_id=device.till.shop_id,
        device=device,
        cents=use.cents if use else 0,
    )
    return kind


# --- the chain --------------------------------------------------------------------------------------------


def _follow_chain(device: Device, record: Signed, use: Use) -> None:
    """A second record with one number, or one that does not follow the record before it, was not made by our till.
    What is missing may still come; `find_gaps` looks later."""
    others = DeviceRecord.objects.filter(device=device).exclude(digest=record.digest)
    others = others.exclude(outcome__in=("forged", "bad"))
    before = others.filter(counter=use.counter - 1).first()
    broken = before is not None and bytes(before.digest) != use.prev
    if others.filter(counter=use.counter).exists() or broken:
        _strange(device, "chain", use)
    newer = Device.objects.filter(pk=device.pk, counter__lt=use.counter)
    newer.update(counter=use.counter, chain=record.digest)


GAP_AFTER = timedelta(hours=1)


def find_gaps() -> int:
    """For a schedule: records that others followed and that never came. How many devices miss some."""
    return sum(
        _find_gap(device) for device in Device.objects.filter(counter__gt=0).select_related("till__shop")
    )


def _find_gap(device: Device) -> bool:
    here = DeviceRecord.objects.filter(device=device, counter__gt=0).exclude(outcome__in=("forged", "bad"))
    settled = here.filter(received_at__lt=now() - GAP_AFTER)
    last = settled.order_by("-counter").values_list("counter", flat=True).first() or 0
    missing = last - settled.filter(counter__lte=last).values("counter").distinct().count()
    told = Trouble.objects.filter(device=device, kind="gap", facts__missing=missing, facts__until=last)
    if missing <= 0 or told.exists():
        return False
    Trouble.objects.create(
        centre_id=device.till.shop.centre_id,
        kind="gap",
        shop_id=device.till.shop_id,
        device=device,
        facts={"missing": missing, "until": last},
    )
    return True
