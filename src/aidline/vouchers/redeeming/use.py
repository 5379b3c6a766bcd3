"""A voucher at a till: looked at, used in part or whole, taken back.

A use is one transaction of four statements after one that finds the voucher. The first, a conditional UPDATE,
decides; whatever races for the same cents waits there and is refused.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from aidline.centres.models import Staff
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.vouchers.books.accounts import account_id
from aidline.vouchers.books.posting import Line, post_all
from aidline.vouchers.books.single import change_one, insert_one
from aidline.vouchers.models import Redemption, Till, Voucher
from aidline.vouchers.redeeming.answers import Seen, Used
from aidline.vouchers.redeeming.finding import REFUSALS, Found, find
from aidline.vouchers.redeeming.holds import recall
from aidline.vouchers.redeeming.refusals import KeyReused, Refused
from aidline.vouchers.redeeming.reversing import reverse
from aidline.vouchers.states import AccountKind, PostingKind, VoucherState

__all__ = ["Seen", "Used", "look_up", "redeem", "reverse"]

MOST_CENTS = 2**31 - 1  # what a row can hold: in some currencies a loaf costs thousands


# --- looking ----------------------------------------------------------------------------------------------


def look_up(*, till: Till, cashier: Staff | None, code: str = "", serial: bytes = b"") -> Seen:
    """Raises `Refused`: unknown, not_here, locked_out, till_off."""
    found = find(till, cashier, code, serial)
    if not found.refusal and recall(till, found.voucher_id):
        found = find(till, cashier, code, serial)
    row = Voucher.objects.select_related("programme").get(pk=found.voucher_id)
    return Seen(
        *(row.pk, row.programme.name, found.currency),
        *(found.balance_cents, row.valid_until, found.refusal),
    )


# --- using ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Request:
    """What a till asks for, and who it is."""

    till: Till
    cashier: Staff | None
    key: UUID
    cents: int
    found: Found

    @property
    def digest(self) -> bytes:
        return body_hash(self.found.voucher_id, self.cents)


def body_hash(voucher_id: UUID, cents: int) -> bytes:
    return hashlib.sha256(voucher_id.bytes + cents.to_bytes(8)).digest()


def redeem(
    *, till: Till, cashier: Staff | None, key: UUID, cents: int, code: str = "", serial: bytes = b""
) -> Used:
    """By its code or, from a signed token, its serial. The same `key` again gives the same answer.

    Raises `Refused`; `KeyReused` where the key came with another voucher or amount before.
    """
    if not 0 < cents <= MOST_CENTS:
        raise Refused("bad_amount")
    request = Request(till, cashier, key, cents, find(till, cashier, code, serial))
    try:
        return _take(request)
    except (IntegrityError, Refused) as why:
        known = _before(request)
        if known is None and _was_held_here(request, why):
            return _take(request)
        if known is None:
            raise
        return known


def _was_held_here(asked: Request, why: Exception) -> bool:
    """What is missing may be what this till keeps for when it has no network."""
    short = isinstance(why, Refused) and why.code == "too_little"
    return short and recall(asked.till, asked.found.voucher_id)


def _take(asked: Request) -> Used:
    found = asked.found
    if found.refusal:
        raise Refused(found.refusal, found.balance_cents, found.voucher_id)
    shop = account_id(found.programme_id, found.centre_id, AccountKind.SHOP, asked.till.shop_id)
    source = account_id(found.programme_id, found.centre_id, AccountKind.OPEN)
    at, row_id = now(), new_id()
    with transaction.atomic():
        left = _spend(found, asked.cents)
        receipt = next_receipt(asked.till)
        insert_one(Redemption, COLUMNS, _row(asked, row_id, left, receipt, at))
        amount = (source, shop, asked.cents, found.voucher_id)
        post_all([Line(PostingKind.REDEEMED, found.programme_id, row_id, *amount, at=at)])
    return Used(row_id, receipt, asked.cents, left, found.currency, at)


_SPEND = """
UPDATE vouchers_voucher
SET balance_cents = balance_cents - %s, uses = uses + 1,
    state = CASE WHEN balance_cents = %s AND held_cents = 0 THEN 'em' ELSE state END
WHERE id = %s AND state = 'op' AND balance_cents >= %s
RETURNING balance_cents
"""
_RECEIPT = "UPDATE vouchers_till SET receipts = receipts + 1 WHERE id = %s RETURNING receipts"


def _spend(found: Found, cents: int) -> int:
    left = change_one(_SPEND, [cents, cents, found.voucher_id, cents])
    if left is None:
        raise _too_late(found)
    return left


def next_receipt(till: Till) -> int:
    number = change_one(_RECEIPT, [till.pk])
    assert number is not None, "a till that was there a moment ago"
    return number


def _too_late(found: Found) -> Refused:
    """Somebody was quicker, or it never was enough."""
    state, balance = Voucher.objects.values_list("state", "balance_cents").get(pk=found.voucher_id)
    return Refused(REFUSALS[VoucherState(state)] or "too_little", balance, found.voucher_id)


COLUMNS = (
    *("id", "centre_id", "programme_id", "voucher_id", "shop_id", "till_id", "cashier_id", "key"),
    *("body_hash", "cents", "left_cents", "receipt", "at", "received_at"),
    *("overdrawn_cents", "unpaid_cents", "offline"),
)


def _row(asked: Request, row_id: UUID, left: int, receipt: int, at: datetime) -> tuple[object, ...]:
    found, till, cashier = asked.found, asked.till, asked.cashier
    return (
        *(row_id, found.centre_id, found.programme_id, found.voucher_id, till.shop_id, till.pk),
        *(cashier.pk if cashier else None, asked.key, asked.digest, asked.cents, left, receipt),
        *(at, at, 0, 0, False),
    )


def _before(asked: Request) -> Used | None:
    """What was answered to this key already."""
    row = Redemption.objects.filter(till=asked.till, key=asked.key).first()
    if row is None:
        return None
    if bytes(row.body_hash) != asked.digest:
        raise KeyReused
    amounts = (row.receipt, row.cents, row.left_cents)
    return Used(row.pk, *amounts, asked.found.currency, row.at, again=True)
