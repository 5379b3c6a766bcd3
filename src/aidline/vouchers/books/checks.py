"""Do the books agree with the guarded columns? Each difference is one `Difference`; none is what must be."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet, Sum

from aidline.vouchers.books.balance import Standing, of_kind, trial_balance
from aidline.vouchers.models import Account, Hold, Payment, Posting, Programme, Redemption, Voucher
from aidline.vouchers.states import AccountKind


@dataclass(frozen=True, slots=True)
class Difference:
    """What the books say (`books`) and what stands in the row (`row`), of what."""

    what: str
    of: UUID
    books: int
    row: int


def verify(programme: Programme) -> list[Difference]:
    programme = Programme.objects.get(pk=programme.pk)
    standings = trial_balance(programme)
    found = [*_programme(programme, standings), *_payments(programme), *_vouchers(programme)]
    return [*found, *_holds(programme), *_shops(programme, standings)]


def _programme(programme: Programme, standings: list[Standing]) -> Iterator[Difference]:
    pairs = {
        "budget": (-of_kind(standings, AccountKind.FUNDER), programme.budget_cents),
        "available": (of_kind(standings, AccountKind.BUDGET), programme.available_cents),
        "sum": (sum(one.cents for one in standings), 0),
        "reserved": (of_kind(standings, AccountKind.RESERVED), _reserved(programme)),
    }
    for what, (books, row) in pairs.items():
        if books != row:
            yield Difference(what, programme.pk, books, row)


def _reserved(programme: Programme) -> int:
    return int(programme.payments.aggregate(total=Sum("reserved_cents"))["total"] or 0)


def _payments(programme: Programme) -> Iterator[Difference]:
    of = Posting.objects.filter(programme=programme, payment__isnull=False)
    books = _moved(of, AccountKind.RESERVED, "payment_id")
    columns = Payment.objects.filter(programme=programme).values_list("pk", "reserved_cents")
    yield from _compared("payment", books, dict(columns))


def _vouchers(programme: Programme) -> Iterator[Difference]:
    of = Posting.objects.filter(programme=programme, voucher__isnull=False)
    books = _moved(of, AccountKind.OPEN, "voucher_id")
    values = F("balance_cents") + F("held_cents")
    columns = Voucher.objects.filter(programme=programme).annotate(value=values).values_list("pk", "value")
    yield from _compared("voucher", books, dict(columns))


def _holds(programme: Programme) -> Iterator[Difference]:
    open_holds = Hold.objects.filter(voucher__programme=programme, ended_at=None)
    held = dict(open_holds.values_list("voucher_id").annotate(total=Sum("left_cents")))
    rows = Voucher.objects.filter(programme=programme, held_cents__gt=0)
    yield from _compared("held", held, dict(rows.values_list("pk", "held_cents")))


def _shops(programme: Programme, standings: list[Standing]) -> Iterator[Difference]:
    """What is owed to a shop is the sum of its uses that are not settled."""
    owed = {one.shop_id: one.cents for one in standings if one.kind == AccountKind.SHOP and one.shop_id}
    rows = Redemption.objects.filter(programme=programme, settlement=None, reversed_at=None)
    uses = rows.values_list("shop_id").annotate(total=Sum(F("cents") - F("unpaid_cents")))
    yield from _compared("shop", owed, dict(uses))


def _moved(of: "QuerySet[Posting]", kind: AccountKind, by: str) -> dict[UUID, int]:
    accounts = Account.objects.filter(kind=kind, programme__in=of.values("programme_id"))
    sums: dict[UUID, int] = defaultdict(int)
    for sign, side in ((1, "target__in"), (-1, "source__in")):
        for key, total in of.filter(**{side: accounts}).values_list(by).annotate(total=Sum("cents")):
            sums[key] += sign * int(total)
    return sums


def _compared(what: str, books: dict[UUID, int], rows: dict[UUID, int]) -> Iterator[Difference]:
    for key in books.keys() | rows.keys():
        if books.get(key, 0) != rows.get(key, 0):
            yield Difference(what, key, books.get(key, 0), rows.get(key, 0))
