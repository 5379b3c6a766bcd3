"""What we owe a shop for a time, paid."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F, Max, QuerySet, Sum
from django.db.models.functions import Coalesce

from aidline.audit.services import record
from aidline.centres.models import Staff
from aidline.kernel.clock import now
from aidline.vouchers.books.accounts import account
from aidline.vouchers.books.posting import post
from aidline.vouchers.models import Programme, Redemption, Settlement, Shop
from aidline.vouchers.states import AccountKind, PostingKind


class NothingOwed(Exception):
    """No use of this time is open."""


@dataclass(frozen=True, slots=True)
class Owed:
    uses: int
    cents: int


def open_uses(shop: Shop, programme: Programme, until: datetime | None = None) -> "QuerySet[Redemption]":
    """Not taken back and in no settlement yet. A use belongs to the time in which we learnt of it."""
    rows = Redemption.objects.filter(shop=shop, programme=programme, settlement=None, reversed_at=None)
    return rows.filter(received_at__lt=until) if until else rows


def owed(shop: Shop, programme: Programme, until: datetime | None = None) -> Owed:
    return _sum(open_uses(shop, programme, until))


@transaction.atomic
def settle(
    *, by: Staff | None, shop: Shop, programme: Programme, until: datetime | None = None
) -> Settlement:
    """All that is open and was taken before `until`; what is in a settlement can be taken back no more."""
    before = Settlement.objects.filter(shop=shop, programme=programme).order_by("-number").first()
    row = Settlement.objects.create(
        shop=shop,
        programme=programme,
        number=before.number + 1 if before else 1,
        since=before.until if before else None,
        until=until or now(),
        by=by,
    )
    open_uses(shop, programme, row.until).update(settlement=row)
    total = _sum(Redemption.objects.filter(settlement=row))
    if not total.uses:
        raise NothingOwed
    row.uses, row.cents = total.uses, total.cents
    row.save(update_fields=["uses", "cents"])
    _post(row)
    _told(by, row)
    return row


def _sum(uses: "QuerySet[Redemption]") -> Owed:
    total = uses.aggregate(uses=Count("pk"), cents=Coalesce(Sum(F("cents") - F("unpaid_cents")), 0))
    return Owed(int(total["uses"]), int(total["cents"]))


def settlements_of(shop: Shop) -> "QuerySet[Settlement]":
    return Settlement.objects.filter(shop=shop).select_related("programme", "by").order_by("-at")


def last_settled(shop: Shop, programme: Programme) -> datetime | None:
    rows = Settlement.objects.filter(shop=shop, programme=programme)
    last: datetime | None = rows.aggregate(last=Max("until"))["last"]
    return last


def _post(row: Settlement) -> None:
    post(
        kind=PostingKind.SETTLED,
        programme_id=row.programme_id,
        key=row.pk,
        source=account(row.programme, AccountKind.SHOP, row.shop),
        target=account(row.programme, AccountKind.PAID),
        cents=row.cents,
    )


def _told(by: Staff | None, row: Settlement) -> None:
    record(
        by=by,
        action="shop.settle",
        object_type="settlement",
        object_id=row.pk,
        centre=row.shop.centre_id,
        fields="cents",
    )
