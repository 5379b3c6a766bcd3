"""The trial balance: what stands on each account."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Sum

from aidline.vouchers.models import Account, Posting, Programme
from aidline.vouchers.states import AccountKind

ORDER = list(AccountKind)


@dataclass(frozen=True, slots=True)
class Standing:
    """`into` and `out` over all time; what was given by funders stands there as less than nothing."""

    kind: AccountKind
    shop: str
    shop_id: UUID | None
    into: int
    out: int

    @property
    def cents(self) -> int:
        return self.into - self.out


def trial_balance(programme: Programme) -> list[Standing]:
    """Their sum is nothing, always: each posting stands in two of them."""
    into, out = _sums(programme, "target_id"), _sums(programme, "source_id")
    accounts = Account.objects.filter(programme=programme).select_related("shop")
    standings = [
        Standing(
            AccountKind(row.kind), row.shop.name if row.shop else "", row.shop_id, into[row.pk], out[row.pk]
        )
        for row in accounts
    ]
    return sorted(standings, key=lambda one: (ORDER.index(one.kind), one.shop))


def _sums(programme: Programme, side: str) -> dict[UUID, int]:
    sums = Posting.objects.filter(programme=programme).values_list(side).annotate(total=Sum("cents"))
    return defaultdict(int, {account: int(total) for account, total in sums})


def of_kind(standings: list[Standing], kind: AccountKind) -> int:
    return sum(one.cents for one in standings if one.kind == kind)
