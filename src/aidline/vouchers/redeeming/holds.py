"""Cents lent to one device, so that it can spend them without a network and nobody else can.

Lent are small parts of the vouchers of people who came to this shop before: a voucher keeps most of its value for
every other shop. What is not spent comes back when the device asks again, or some hours after its time.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from aidline.kernel.clock import now
from aidline.vouchers.models import Device, Hold, Redemption, Till, Voucher
from aidline.vouchers.redeeming.changing import follow
from aidline.vouchers.states import ProgrammeState, Status, VoucherState

MOST = 100  # of a device
SHARE = 2  # at most this part of what is left: a half
KNOWN_FOR = timedelta(days=35)  # who came here so lately is expected again
GRACE = timedelta(hours=48)  # a device that comes late is believed for this long


def fetch(*, device: Device) -> list[Hold]:
    """What this device may spend from now on; what it had and did not spend is given back first."""
    if device.revoked_at is not None:
        return []
    end_all(device)
    for voucher in _expected(device)[:MOST]:
        _lend(device, voucher)
    return list(open_holds(device).select_related("voucher__programme"))


def open_holds(device: Device) -> "QuerySet[Hold]":
    return Hold.objects.filter(device=device, ended_at=None)


def _expected(device: Device) -> "QuerySet[Voucher]":
    shop, at = device.till.shop, now()
    came = Redemption.objects.filter(
        shop=shop, at__gt=at - KNOWN_FOR, voucher__registration=OuterRef("registration")
    )
    rows = Voucher.objects.filter(Exists(came), programme__in=shop.programmes.all(), polled_at=None)
    rows = rows.filter(state=VoucherState.OPEN, balance_cents__gt=0, valid_from__lte=at, valid_until__gt=at)
    rows = rows.filter(programme__state=ProgrammeState.OPEN, programme__offline_voucher_cents__gt=0)
    rows = rows.exclude(registration__status=Status.ERASED)  # its code is beyond reading
    return rows.select_related("programme").order_by("valid_until", "pk")


@transaction.atomic
def _lend(device: Device, voucher: Voucher) -> None:
    programme = voucher.programme
    cents = min(programme.offline_voucher_cents, voucher.balance_cents // SHARE)
    still = Voucher.objects.filter(pk=voucher.pk, state=VoucherState.OPEN, balance_cents__gte=cents)
    still = still.filter(
        held_cents=0
    )  # to one device at a time: halves of halves would leave the person nothing
    change = {"balance_cents": F("balance_cents") - cents, "held_cents": F("held_cents") + cents}
    if cents and still.update(**change):
        until = min(voucher.valid_until, now() + timedelta(hours=programme.offline_hours))
        Hold.objects.create(voucher=voucher, device=device, cents=cents, left_cents=cents, until=until)


# --- giving back ------------------------------------------------------------------------------------------


def give_back(*, hold: Hold) -> None:
    """Whoever ends it first gives its cents back; the second finds it ended."""
    with transaction.atomic():
        if Hold.objects.filter(pk=hold.pk, ended_at=None).update(ended_at=now()):
            hold.refresh_from_db(fields=["left_cents"])
            _return(hold)


def _return(hold: Hold) -> None:
    rows = Voucher.objects.filter(pk=hold.voucher_id)
    rows.update(held_cents=F("held_cents") - hold.left_cents)
    follow(Voucher.objects.select_related("programme").get(pk=hold.voucher_id), hold.left_cents, _key(hold))
    rows.filter(state=VoucherState.OPEN, balance_cents=0, held_cents=0).update(state=VoucherState.EMPTY)


def _key(hold: Hold) -> UUID:
    return uuid5(hold.pk, "back")


def let_go(*, device: Device, hold_id: UUID) -> None:
    """The device says that it will not spend this any more: whoever holds the voucher is here, with a network."""
    hold = open_holds(device).filter(pk=hold_id).first()
    if hold:
        give_back(hold=hold)


def recall(till: Till, voucher_id: UUID) -> bool:
    """What this very till holds of a voucher, when the voucher is used here with a network. Not where the till has
    several devices: another one may be spending it."""
    devices = list(Device.objects.filter(till=till, revoked_at=None, paired_at__isnull=False)[:2])
    if len(devices) != 1:
        return False
    return bool(_end(open_holds(devices[0]).filter(voucher_id=voucher_id)))


def end_all(device: Device) -> None:
    _end(open_holds(device))


def end_overdue() -> int:
    """For a schedule: of devices that did not come back in time."""
    return _end(Hold.objects.filter(ended_at=None, until__lt=_too_late()))


def _too_late() -> datetime:
    return now() - GRACE


def _end(holds: Iterable[Hold]) -> int:
    count = 0
    for hold in holds:
        give_back(hold=hold)
        count += 1
    return count
