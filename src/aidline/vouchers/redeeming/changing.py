"""What happens to a voucher besides its use: blocked, replaced, cancelled, over. The value never gets lost.

Cents that are held for tills without a network stay where they are until the hold ends; then they follow.
"""

from collections.abc import Iterable
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Case, F, Value, When

from aidline.audit.services import record
from aidline.centres.models import Staff
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.vouchers.books.accounts import account
from aidline.vouchers.books.budget import give_back
from aidline.vouchers.books.posting import Line, post, post_all
from aidline.vouchers.codes.code import new_code
from aidline.vouchers.models import Voucher
from aidline.vouchers.redeeming.issue import name
from aidline.vouchers.redeeming.refusals import Refused
from aidline.vouchers.states import AccountKind, DeliveryState, PostingKind, VoucherState

LIVING = (VoucherState.OPEN, VoucherState.EMPTY, VoucherState.BLOCKED)
AT_ONCE = 500


@transaction.atomic
def block(*, by: Staff | None, voucher: Voucher, reason: str) -> None:
    """Raises `Refused` where there is nothing to block."""
    _turn(voucher, (VoucherState.OPEN, VoucherState.EMPTY), VoucherState.BLOCKED)
    _told(by, "voucher.block", voucher, reason)


@transaction.atomic
def unblock(*, by: Staff | None, voucher: Voucher, reason: str) -> None:
    empty = When(balance_cents=0, held_cents=0, then=Value(VoucherState.EMPTY.value))
    _turn(voucher, (VoucherState.BLOCKED,), Case(empty, default=Value(VoucherState.OPEN.value)))
    _told(by, "voucher.unblock", voucher, reason)


@transaction.atomic
def reissue(*, by: Staff | None, voucher: Voucher, reason: str) -> Voucher:
    """The old one is dead at once; what is left on it moves to a new one with a new code, for the same person.

    Not a gift card: its issuer's shops would go on taking the old one, and its money would be spent twice.
    """
    if voucher.polled_at is not None:
        raise Refused("card", voucher_id=voucher.pk)
    rest = _emptied(voucher, LIVING, VoucherState.REPLACED)
    fresh = _successor(voucher, rest)
    _move(voucher, fresh, rest)
    _told(by, "voucher.reissue", voucher, reason)
    return fresh


@transaction.atomic
def cancel(*, by: Staff | None, voucher: Voucher, reason: str) -> int:
    """What was left on it is in the budget again, and the answer."""
    rest = _emptied(voucher, LIVING, VoucherState.CANCELLED)
    _return(voucher, rest, PostingKind.CANCELLED)
    _told(by, "voucher.cancel", voucher, reason)
    return rest


def expire_due() -> int:
    """For a schedule: what nobody used in time goes back to the budget. How many vouchers."""
    rows = Voucher.objects.filter(valid_until__lte=now(), polled_at=None)
    due = rows.filter(state__in=(VoucherState.OPEN, VoucherState.BLOCKED)).select_related("programme")
    return _expired(due.order_by("valid_until")[:AT_ONCE])


def _expired(due: Iterable[Voucher]) -> int:
    return sum(_expire(voucher) for voucher in due)


def _expire(voucher: Voucher) -> bool:
    try:
        with transaction.atomic():
            states = (VoucherState.OPEN, VoucherState.BLOCKED)
            rest = _emptied(voucher, states, VoucherState.EXPIRED)
            _return(voucher, rest, PostingKind.EXPIRED)
    except Refused:  # used up in this moment
        return False
    return True


# --- money ------------------------------------------------------------------------------------------------


def _emptied(voucher: Voucher, states: tuple[VoucherState, ...], to: VoucherState) -> int:
    """Compare and set: a use that comes between makes this look again."""
    while True:
        state, rest = Voucher.objects.values_list("state", "balance_cents").get(pk=voucher.pk)
        if state not in states:
            raise Refused("state", rest, voucher.pk)
        same = Voucher.objects.filter(pk=voucher.pk, state=state, balance_cents=rest)
        if same.update(state=to, balance_cents=0):
            voucher.state, voucher.balance_cents = to, 0
            return int(rest)


def _return(voucher: Voucher, cents: int, kind: PostingKind, key: UUID | None = None) -> None:
    give_back(voucher.programme_id, cents)
    post(
        kind=kind,
        programme_id=voucher.programme_id,
        key=key or voucher.pk,
        source=account(voucher.programme, AccountKind.OPEN),
        target=account(voucher.programme, AccountKind.BUDGET),
        cents=cents,
        voucher=voucher,
    )


def _successor(old: Voucher, cents: int) -> Voucher:
    row = Voucher(
        centre_id=old.centre_id,
        programme=old.programme,
        payment_id=old.payment_id,
        registration_id=old.registration_id,
        amount_cents=old.amount_cents,  # what is held, or taken back later, may still come
        balance_cents=cents,
        state=VoucherState.OPEN if cents else VoucherState.EMPTY,
        valid_from=old.valid_from,
        valid_until=old.valid_until,
        replaces=old,
        delivery=DeliveryState.WAITING,
    )
    name(row, new_code())
    row.save(force_insert=True)
    return row


def _move(old: Voucher, fresh: Voucher, cents: int, key: UUID | None = None) -> None:
    """Out of the account of open vouchers and in again, so that each voucher has its own two lines."""
    opened = account(old.programme, AccountKind.OPEN)
    between = account(old.programme, AccountKind.RESERVED)
    out, into = (key or uuid5(old.pk, "out")), (new_id() if key else uuid5(fresh.pk, "in"))
    moved, programme_id = PostingKind.MOVED, old.programme_id
    post_all(
        [
            Line(moved, programme_id, out, opened, between, cents, old.pk),
            Line(moved, programme_id, into, between, opened, cents, fresh.pk),
        ]
    )


def follow(voucher: Voucher, cents: int, key: UUID) -> None:
    """Cents that come back to a voucher from a hold; a dead one hands them on. Inside the caller's transaction."""
    opened = Case(When(state=VoucherState.EMPTY, then=Value(VoucherState.OPEN.value)), default=F("state"))
    alive = Voucher.objects.filter(pk=voucher.pk, state__in=LIVING)
    if cents == 0 or alive.update(balance_cents=F("balance_cents") + cents, state=opened):
        return
    voucher.refresh_from_db()
    if voucher.state != VoucherState.REPLACED:
        over = voucher.state == VoucherState.EXPIRED
        _return(voucher, cents, PostingKind.EXPIRED if over else PostingKind.CANCELLED, key)
        return
    heir = Voucher.objects.select_related("programme").get(replaces=voucher)
    _move(voucher, heir, cents, key)
    follow(heir, cents, new_id())


# --- words ------------------------------------------------------------------------------------------------


def _turn(voucher: Voucher, states: tuple[VoucherState, ...], to: object) -> None:
    if not Voucher.objects.filter(pk=voucher.pk, state__in=states).update(state=to):
        raise Refused("state", voucher_id=voucher.pk)
    voucher.refresh_from_db(fields=["state"])


def _told(by: Staff | None, action: str, voucher: Voucher, reason: str) -> None:
    record(
        by=by,
        action=action,
        object_type="voucher",
        object_id=voucher.pk,
        centre=voucher.centre_id,
        fields="state",
        reason=reason,
    )
