"""From a payout to a voucher: in bulk, and once, however often it is tried."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from aidline import vault
from aidline.kernel.clock import now
from aidline.vouchers.books.accounts import account
from aidline.vouchers.books.budget import BudgetTooSmall
from aidline.vouchers.books.posting import Line, post_all
from aidline.vouchers.codes.code import new_code
from aidline.vouchers.indexes import code_index
from aidline.vouchers.models import Payment, Payout, Registration, Voucher
from aidline.vouchers.states import AccountKind, PayoutState, PostingKind

OPEN_PAYOUTS = (PayoutState.PENDING, PayoutState.ISSUING, PayoutState.UNKNOWN, PayoutState.FAILED)
SERIAL_BYTES = 10


@dataclass(frozen=True, slots=True)
class Card:
    """What an issuer made for a payout."""

    number: str
    pin: str = ""


@transaction.atomic
def issue(*, payout_ids: Sequence[UUID], cards: Mapping[UUID, Card] | None = None) -> list[UUID]:
    """The ids of vouchers that were made now; a payout that has its voucher already is passed over.

    With `cards`, the vouchers carry what the issuer made; without, they are our own.
    """
    made: list[UUID] = []
    for payment, payouts in _by_payment(payout_ids):
        vault.prefetch_person_keys([payout.registration_id for payout in payouts])
        vouchers = [_voucher(payment, payout, (cards or {}).get(payout.pk)) for payout in payouts]
        Voucher.objects.bulk_create(vouchers)
        _settle(payment, vouchers)
        made += [voucher.pk for voucher in vouchers]
    return made


def _by_payment(payout_ids: Sequence[UUID]) -> list[tuple[Payment, list[Payout]]]:
    """Locked where the database has row locks, so that a second worker finds them issued."""
    rows = Payout.objects.select_for_update().filter(pk__in=payout_ids, state__in=OPEN_PAYOUTS)
    found: dict[UUID, list[Payout]] = {}
    for payout in rows.order_by("pk"):
        found.setdefault(payout.payment_id, []).append(payout)
    payments = Payment.objects.select_related("programme").in_bulk(found)
    return [(payments[key], payouts) for key, payouts in found.items()]


def _voucher(payment: Payment, payout: Payout, card: Card | None) -> Voucher:
    programme = payment.programme
    at = now()
    row = Voucher(
        id=payout.pk,
        centre_id=programme.centre_id,
        programme=programme,
        payment=payment,
        registration_id=payout.registration_id,
        amount_cents=payout.cents,
        balance_cents=payout.cents,
        valid_from=payment.valid_from,
        valid_until=payment.valid_until or at + timedelta(days=programme.valid_days),
        polled_at=at if card else None,
    )
    name(row, card.number if card else new_code())
    if card:
        row.card = {"number": card.number, "pin": card.pin}
    return row


def name(row: Voucher, code: str) -> None:
    """Its serial and its code."""
    row.serial = secrets.token_bytes(SERIAL_BYTES)
    row.code_index = code_index(row.centre_id, code)
    row.code = code


def _settle(payment: Payment, vouchers: Sequence[Voucher]) -> None:
    """The payouts are done, the money has moved."""
    total = sum(voucher.amount_cents for voucher in vouchers)
    ids = [voucher.pk for voucher in vouchers]
    held = Payment.objects.filter(pk=payment.pk, reserved_cents__gte=total)
    if not held.update(reserved_cents=F("reserved_cents") - total):
        raise BudgetTooSmall
    Payout.objects.filter(pk__in=ids).update(state=PayoutState.ISSUED, why="", lease_until=None)
    people = [voucher.registration_id for voucher in vouchers]
    Registration.objects.filter(pk__in=people).update(payments_made=F("payments_made") + 1)
    post_all(_issued(payment, vouchers, now()))


def _issued(payment: Payment, vouchers: Sequence[Voucher], at: datetime) -> list[Line]:
    source = account(payment.programme, AccountKind.RESERVED)
    target = account(payment.programme, AccountKind.OPEN)
    return [
        Line(
            PostingKind.ISSUED,
            *(payment.programme_id, voucher.pk, source, target, voucher.amount_cents),
            voucher_id=voucher.pk,
            payment_id=payment.pk,
            at=at,
        )
        for voucher in vouchers
    ]
