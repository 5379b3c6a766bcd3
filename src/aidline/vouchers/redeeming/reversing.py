"""A use taken back: wholly, by the same shop, within the minutes that the programme allows."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, Value, When

from aidline.audit.services import record
from aidline.centres.models import Staff
from aidline.kernel.clock import now
from aidline.vouchers.books.accounts import account
from aidline.vouchers.books.budget import give_back
from aidline.vouchers.books.posting import post
from aidline.vouchers.models import Redemption, Till, Voucher
from aidline.vouchers.redeeming.answers import Used
from aidline.vouchers.redeeming.refusals import KeyReused, Refused
from aidline.vouchers.states import AccountKind, PostingKind, VoucherState

RECEIVING = (VoucherState.OPEN, VoucherState.EMPTY, VoucherState.BLOCKED)


@transaction.atomic
def reverse(*, till: Till, cashier: Staff | None, key: UUID, redemption_id: UUID) -> Used:
    """The same `key` again gives the same answer. Raises `Refused`: not_ours, too_late, reversed, key_reused."""
    row = _ours(till, redemption_id)
    if row.reversed_at is None:
        _check_time(row)
        if not _mark(row, key, cashier):
            return _answer(row, again=True)
        voucher = _give_back(row)
        _post(row, voucher)
        _told(row, cashier)
        return _answer(row, again=False)
    if row.reversed_key != key:
        raise Refused("reversed")
    return _answer(row, again=True)


def _ours(till: Till, redemption_id: UUID) -> Redemption:
    rows = Redemption.objects.select_related("programme").filter(pk=redemption_id, shop_id=till.shop_id)
    row = rows.first()
    if row is None:
        raise Refused("not_ours")
    return row


def _check_time(row: Redemption) -> None:
    """What was overdrawn is for a human to settle."""
    late = row.received_at + timedelta(minutes=row.programme.reversal_minutes) < now()
    if late or row.settlement_id or row.overdrawn_cents:
        raise Refused("too_late")


def _mark(row: Redemption, key: UUID, cashier: Staff | None) -> bool:
    """False: the same request came in beside this one, and did it."""
    if Redemption.objects.filter(reversed_key=key).exclude(pk=row.pk).exists():
        raise KeyReused
    still = Redemption.objects.filter(pk=row.pk, reversed_at=None, settlement=None)
    if not still.update(reversed_at=now(), reversed_key=key, reversed_by=cashier):
        if Redemption.objects.filter(pk=row.pk, reversed_key=key).exists():
            return False
        raise Refused("reversed")
    return True


def _give_back(row: Redemption) -> Voucher | None:
    """To the voucher, or to the one that replaced it, if only a moment ago; where none can be used any more, to the
    budget."""
    voucher = Voucher.objects.get(pk=row.voucher_id)
    while voucher.state in (*RECEIVING, VoucherState.REPLACED):
        if voucher.state == VoucherState.REPLACED:
            voucher = Voucher.objects.get(replaces=voucher)
        elif _receive(voucher, row.cents):
            Voucher.objects.filter(pk=row.voucher_id, uses__gt=0).update(uses=F("uses") - 1)
            return voucher
        else:
            voucher.refresh_from_db()
    give_back(row.programme_id, row.cents)
    return None


def _receive(voucher: Voucher, cents: int) -> bool:
    opened = Case(When(state=VoucherState.EMPTY, then=Value(VoucherState.OPEN.value)), default=F("state"))
    alive = Voucher.objects.filter(pk=voucher.pk, state__in=RECEIVING)
    return bool(alive.update(balance_cents=F("balance_cents") + cents, state=opened))


def _post(row: Redemption, voucher: Voucher | None) -> None:
    post(
        kind=PostingKind.REVERSED,
        programme_id=row.programme_id,
        key=row.pk,
        source=account(row.programme, AccountKind.SHOP, row.shop),
        target=account(row.programme, AccountKind.OPEN if voucher else AccountKind.BUDGET),
        cents=row.cents,
        voucher=voucher,
    )


def _told(row: Redemption, cashier: Staff | None) -> None:
    record(
        by=cashier,
        action="voucher.reverse",
        object_type="redemption",
        object_id=row.pk,
        centre=row.centre_id,
        fields="reversed_at",
    )


def _answer(row: Redemption, *, again: bool) -> Used:
    balance = Voucher.objects.values_list("balance_cents", flat=True).get(pk=row.voucher_id)
    currency = row.programme.currency
    return Used(row.pk, row.receipt, row.cents, balance, currency, row.at, again)
