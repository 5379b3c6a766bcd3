"""What one believed record does to the voucher and the books. Inside the transaction that writes it down."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case, F, Sum, Value, When
from django.db.models.functions import Coalesce

from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.vouchers.books.accounts import account
from aidline.vouchers.books.posting import Line, post_all
from aidline.vouchers.models import Device, Hold, Programme, Redemption, Shop, Trouble, Voucher
from aidline.vouchers.redeeming.lists import room
from aidline.vouchers.redeeming.records import Use
from aidline.vouchers.redeeming.use import body_hash, next_receipt
from aidline.vouchers.states import AccountKind, PostingKind, VoucherState

SLACK = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Taken:
    """Where the cents of one use came from."""

    held: int = 0
    balance: int = 0
    guaranteed: int = 0
    unpaid: int = 0


def settle(device: Device, use: Use, at: datetime) -> tuple[str, Redemption | None]:
    voucher = _voucher(device, use)
    if voucher is None:
        return _trouble(device, "unknown", use.cents), None
    before = Redemption.objects.filter(till=device.till, key=use.key).first()
    if before is not None:
        return _came_before(device, use, voucher, before)
    hold = _spend_hold(device, use, voucher)
    if hold is not None:
        row = _write(device, use, at, voucher, Taken(held=use.cents), hold)
        return "held", row
    if _over_limit(device, use, at, voucher):
        return _trouble(device, "over_limit", use.cents, voucher), None
    return _on_trust(device, use, at, voucher)


def _voucher(device: Device, use: Use) -> Voucher | None:
    rows = Voucher.objects.select_related("programme").filter(serial=use.serial, polled_at=None)
    return rows.filter(programme__in=device.till.shop.programmes.all()).first()


def _came_before(device: Device, use: Use, voucher: Voucher, row: Redemption) -> tuple[str, Redemption]:
    """Its answer was lost on the way, so that the till took it for gone."""
    if bytes(row.body_hash) == body_hash(voucher.pk, use.cents):
        return "known", row
    return _trouble(device, "key_reused", use.cents, voucher), row


def _spend_hold(device: Device, use: Use, voucher: Voucher) -> Hold | None:
    if use.hold is None:
        return None
    rows = Hold.objects.filter(pk=use.hold, device=device, voucher=voucher, ended_at=None)
    if not rows.filter(left_cents__gte=use.cents).update(left_cents=F("left_cents") - use.cents):
        return None
    _take(voucher, {"held_cents": F("held_cents") - use.cents})
    return Hold.objects.get(pk=use.hold)


# --- on trust ---------------------------------------------------------------------------------------------


def _over_limit(device: Device, use: Use, at: datetime, voucher: Voucher) -> bool:
    """What our own till would have refused; so it was not our till, or it was changed."""
    programme = voucher.programme
    late = device.synced_at and at - device.synced_at > timedelta(hours=programme.offline_hours) + SLACK
    trusted = Redemption.objects.filter(device=device, voucher=voucher, hold=None)
    before = int(trusted.aggregate(total=Coalesce(Sum("cents"), 0))["total"])
    return bool(
        late
        or use.cents > programme.offline_use_cents
        or before + use.cents > programme.offline_voucher_cents
        or use.cents > room(device, programme)
    )


def _on_trust(device: Device, use: Use, at: datetime, voucher: Voucher) -> tuple[str, Redemption]:
    there = _from_balance(voucher, use.cents)
    guaranteed = min(use.cents - there, guarantee_left(device.till.shop))
    taken = Taken(balance=there, guaranteed=guaranteed, unpaid=use.cents - there - guaranteed)
    row = _write(device, use, at, voucher, taken, None)
    if there == use.cents:
        return "taken", row
    kind = "unpaid" if taken.unpaid else "overdrawn"
    return _trouble(device, kind, use.cents - there, voucher, row), row


def _from_balance(voucher: Voucher, cents: int) -> int:
    """As much as is there; compare and set, for others may use it in this moment."""
    while True:
        state, balance = Voucher.objects.values_list("state", "balance_cents").get(pk=voucher.pk)
        there = min(cents, balance) if state == VoucherState.OPEN else 0
        same = Voucher.objects.filter(pk=voucher.pk, state=state, balance_cents=balance)
        if there == 0 or same.update(balance_cents=balance - there):
            _take(voucher, {})
            return int(there)


def guarantee_left(shop: Shop) -> int:
    """Between two settlements. Locked, so that two devices of one shop do not both get the rest of it."""
    guarantee = Shop.objects.select_for_update().values_list("guarantee_cents", flat=True).get(pk=shop.pk)
    beyond = Redemption.objects.filter(shop=shop, settlement=None, overdrawn_cents__gt=0)
    paid = beyond.aggregate(total=Coalesce(Sum(F("overdrawn_cents") - F("unpaid_cents")), 0))["total"]
    return max(0, int(guarantee) - int(paid))


# --- writing ----------------------------------------------------------------------------------------------


def _take(voucher: Voucher, change: dict[str, object]) -> None:
    """One use more; and empty where nothing is left."""
    rows = Voucher.objects.filter(pk=voucher.pk)
    rows.update(**change, uses=F("uses") + 1)
    empty = When(state=VoucherState.OPEN, then=Value(VoucherState.EMPTY.value))
    rows.filter(balance_cents=0, held_cents=0).update(state=Case(empty, default=F("state")))


def _write(
    device: Device, use: Use, at: datetime, voucher: Voucher, taken: Taken, hold: Hold | None
) -> Redemption:
    left = Voucher.objects.values_list("balance_cents", flat=True).get(pk=voucher.pk)
    row = Redemption.objects.create(
        id=new_id(),
        centre_id=voucher.centre_id,
        programme_id=voucher.programme_id,
        voucher=voucher,
        shop=device.till.shop,
        till=device.till,
        key=use.key,
        body_hash=body_hash(voucher.pk, use.cents),
        cents=use.cents,
        overdrawn_cents=taken.guaranteed + taken.unpaid,
        unpaid_cents=taken.unpaid,
        left_cents=left,
        receipt=next_receipt(device.till),
        at=at,
        offline=True,
        device=device,
        hold=hold,
    )
    post_all(_lines(voucher.programme, device.till.shop, row.pk, voucher.pk, taken))
    return row


def _lines(programme: Programme, shop: Shop, key: UUID, voucher_id: UUID, taken: Taken) -> list[Line]:
    owed, at = account(programme, AccountKind.SHOP, shop), now()
    opened = account(programme, AccountKind.OPEN)
    used = Line(
        *(PostingKind.REDEEMED, programme.pk, key, opened, owed, taken.held + taken.balance, voucher_id),
        at=at,
    )
    if not taken.guaranteed:
        return [used]
    loss = account(programme, AccountKind.LOSS)
    return [
        used,
        Line(*(PostingKind.GUARANTEED, programme.pk, key, loss, owed, taken.guaranteed, voucher_id), at=at),
    ]


def _trouble(
    device: Device, kind: str, cents: int, voucher: Voucher | None = None, row: Redemption | None = None
) -> str:
    Trouble.objects.create(
        centre_id=device.till.shop.centre_id,
        kind=kind,
        shop_id=device.till.shop_id,
        device=device,
        voucher=voucher,
        redemption=row,
        cents=cents,
    )
    return kind
