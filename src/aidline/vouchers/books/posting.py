"""Writing into the books. Called inside the transaction of the act, beside the guarded UPDATE it goes with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from aidline.kernel import rows
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.vouchers.books.single import insert_one
from aidline.vouchers.models import Payment, Posting, Voucher
from aidline.vouchers.states import PostingKind


@dataclass(frozen=True, slots=True)
class Line:
    """`cents` leave `source` and arrive in `target`. The same `key` and `kind` are one act, which posts once."""

    kind: PostingKind
    programme_id: UUID
    key: UUID
    source: UUID
    target: UUID
    cents: int
    voucher_id: UUID | None = None
    payment_id: UUID | None = None
    at: datetime = field(default_factory=now)


COLUMNS = (
    *("id", "programme_id", "key", "kind", "source_id", "target_id"),
    *("cents", "voucher_id", "payment_id", "at"),
)


def post(
    *,
    kind: PostingKind,
    programme_id: UUID,
    key: UUID,
    source: UUID,
    target: UUID,
    cents: int,
    voucher: Voucher | None = None,
    payment: Payment | None = None,
    at: datetime | None = None,
) -> None:
    """Raises IntegrityError, and so ends the whole act, where it was posted before."""
    voucher_id, payment_id = (one.pk if one else None for one in (voucher, payment))
    post_all([Line(kind, programme_id, key, source, target, cents, voucher_id, payment_id, at or now())])


def post_all(lines: Sequence[Line]) -> None:
    """Nothing is posted for nothing."""
    listed = [_row(line) for line in lines if line.cents]
    if len(listed) == 1:
        insert_one(Posting, COLUMNS, listed[0])
    else:
        rows.insert(Posting, COLUMNS, listed)


def _row(line: Line) -> tuple[object, ...]:
    return (
        *(new_id(), line.programme_id, line.key, line.kind.value, line.source, line.target),
        *(line.cents, line.voucher_id, line.payment_id, line.at),
    )
