"""Finding a voucher from a till in one statement, and locking out whoever guesses."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from aidline.centres.models import Staff
from aidline.kernel.clock import now
from aidline.vouchers.books.single import adapted
from aidline.vouchers.codes.code import normalise
from aidline.vouchers.indexes import code_index
from aidline.vouchers.models import Miss, Till, Trouble
from aidline.vouchers.redeeming.refusals import Refused
from aidline.vouchers.states import VoucherState

# Typing errors do not count, their check letters are wrong: so few misses are no accident.
CASHIER_MISSES, TILL_MISSES = 5, 10
MISSES_KEPT = timedelta(minutes=15)

V = VoucherState
REFUSALS: dict[VoucherState, str] = {  # why a voucher in this state cannot be used
    V.OPEN: "",
    V.EMPTY: "empty",
    V.BLOCKED: "blocked",
    V.REPLACED: "replaced",
    V.EXPIRED: "expired",
    V.CANCELLED: "cancelled",
}


@dataclass(frozen=True, slots=True)
class Found:
    voucher_id: UUID
    programme_id: UUID
    centre_id: UUID
    currency: str
    state: str
    balance_cents: int
    refusal: str  # empty: it can be used


def find(till: Till, cashier: Staff | None, code: str, serial: bytes) -> Found:
    """Raises `Refused`: locked_out, till_off, unknown, not_here."""
    index = _index(till, code)
    if index is None and not serial:
        raise Refused("unknown")
    row = _asked(till, cashier, index, serial)
    if row is None:
        raise Refused("till_off")
    till_misses, cashier_misses, *facts = row
    if till_misses >= TILL_MISSES or cashier_misses >= CASHIER_MISSES:
        raise Refused("locked_out")
    if facts[0] is None:
        _missed(till, cashier)
        raise Refused("unknown")
    return _found(facts, till)


def _index(till: Till, code: str) -> bytes | None:
    meant = normalise(code) if code else None
    return code_index(till.shop.centre_id, meant) if meant else None


_SQL = """
SELECT (SELECT count(*) FROM vouchers_miss m WHERE m.till_id = t.id AND m.at > %s),
       (SELECT count(*) FROM vouchers_miss m WHERE m.cashier_id = %s AND m.at > %s),
       v.id, p.id, p.currency, v.state, v.balance_cents,
       v.valid_from <= %s, v.valid_until > %s, v.polled_at IS NOT NULL, h.id IS NOT NULL
FROM vouchers_till t
JOIN vouchers_shop s ON s.id = t.shop_id
LEFT JOIN vouchers_voucher v ON v.{column} = %s AND v.centre_id = s.centre_id
LEFT JOIN vouchers_programme p ON p.id = v.programme_id
LEFT JOIN vouchers_shop_programmes h ON h.shop_id = s.id AND h.programme_id = p.id
WHERE t.id = %s AND t.is_active AND s.is_active
"""
_BY_CODE, _BY_SERIAL = _SQL.format(column="code_index"), _SQL.format(column="serial")


def _asked(till: Till, cashier: Staff | None, index: bytes | None, serial: bytes) -> tuple[Any, ...] | None:
    at = now()
    since = at - MISSES_KEPT
    values = [since, cashier.pk if cashier else None, since, at, at, index or serial, till.pk]
    with connection.cursor() as cursor:
        cursor.execute(_BY_CODE if index else _BY_SERIAL, [adapted(value) for value in values])
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _found(facts: list[Any], till: Till) -> Found:
    voucher_id, programme_id, currency, state, balance, begun, good, card, here = facts
    if not here:
        raise Refused("not_here")
    why = _why_not(state, bool(begun), bool(good), bool(card))
    return Found(
        *(_uuid(voucher_id), _uuid(programme_id), till.shop.centre_id),
        *(currency, state, balance, why),
    )


def _why_not(state: str, begun: bool, good: bool, card: bool) -> str:
    """Whether its programme pauses or is closed does not matter: what people hold stays good until it runs out."""
    if REFUSALS[V(state)]:
        return REFUSALS[V(state)]
    if not good:
        return "expired"
    if not begun:
        return "not_yet"
    return "card" if card else ""


@transaction.atomic
def _missed(till: Till, cashier: Staff | None) -> None:
    Miss.objects.create(till=till, cashier=cashier)
    recent = Miss.objects.filter(till=till, at__gt=now() - MISSES_KEPT).count()
    if recent in (CASHIER_MISSES, TILL_MISSES):
        Trouble.objects.create(
            centre_id=till.shop.centre_id, kind="guessing", shop_id=till.shop_id, facts={"misses": recent}
        )


def forget_misses() -> None:
    """For a schedule."""
    Miss.objects.filter(at__lt=now() - timedelta(days=1)).delete()


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
