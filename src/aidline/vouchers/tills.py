"""The doors of cashiers: their shop, its tills, and what these took. No name of a person is behind any of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404
from django.utils import timezone

from aidline.centres.queries import Seat
from aidline.vouchers.models import Device, Redemption, Shop, Till


@dataclass(frozen=True, slots=True)
class Total:
    """What was taken in one currency, without what was taken back."""

    currency: str
    uses: int
    cents: int


def shop_of(seat: Seat) -> Shop | None:
    """Where this member takes vouchers; None for who has no shop yet."""
    if seat.membership is None:
        return None
    return Shop.objects.filter(cashiers__membership=seat.membership, is_active=True).first()


def tills_of(shop: Shop) -> QuerySet[Till]:
    return Till.objects.filter(shop=shop, is_active=True).select_related("shop").order_by("name", "pk")


def access_own_shop(seat: Seat) -> Shop:
    shop = shop_of(seat)
    if shop is None:
        raise Http404
    return shop


def access_device(seat: Seat, device_id: UUID) -> Device:
    """A device of the cashier's shop, a revoked one too: what it has to say is heard."""
    rows = Device.objects.filter(pk=device_id, till__shop=access_own_shop(seat), paired_at__isnull=False)
    row = rows.select_related("till__shop").first()
    if row is None:
        raise Http404
    return row


def device_at(shop: Shop, device_id: UUID | None) -> Device | None:
    """A device that works for this shop."""
    alive = Device.objects.filter(till__shop=shop, paired_at__isnull=False, revoked_at=None)
    return alive.filter(pk=device_id).select_related("till").first() if device_id else None


def access_own_till(seat: Seat, till_id: UUID) -> Till:
    shop = shop_of(seat)
    row = tills_of(shop).filter(pk=till_id).first() if shop else None
    if row is None:
        raise Http404
    return row


def access_use(seat: Seat, redemption_id: UUID) -> Redemption:
    """A use in the cashier's own shop."""
    row = _uses().filter(pk=redemption_id, shop=shop_of(seat), shop__isnull=False).first()
    if row is None:
        raise Http404
    return row


def uses_on(till: Till, day: date) -> QuerySet[Redemption]:
    """Newest first, those taken back too."""
    start, end = bounds(day)
    return _uses().filter(till=till, at__gte=start, at__lt=end).order_by("-at", "-receipt")


def totals_on(till: Till, day: date) -> Sequence[Total]:
    start, end = bounds(day)
    rows = Redemption.objects.filter(till=till, at__gte=start, at__lt=end, reversed_at=None)
    counted = rows.values("programme__currency").annotate(uses=Count("pk"), cents=Sum("cents"))
    return [
        Total(row["programme__currency"], row["uses"], row["cents"])
        for row in counted.order_by("programme__currency")
    ]


def bounds(day: date) -> tuple[datetime, datetime]:
    """A day by the clock that is active: that of the centre. Times before and after all tills are one day each."""
    day = min(max(day, date(1900, 1, 1)), date(2999, 12, 31))
    start = timezone.make_aware(datetime.combine(day, time()))
    return start, timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def most_without_network(shop: Shop) -> Sequence[Total]:
    """The largest single use that a paired till may take without a network, by currency."""
    offered = shop.programmes.filter(~Q(offline_use_cents=0)).values_list("currency", "offline_use_cents")
    most: dict[str, int] = {}
    for currency, cents in offered:
        most[currency] = max(cents, most.get(currency, 0))
    return [Total(currency, 0, cents) for currency, cents in sorted(most.items())]


def _uses() -> QuerySet[Redemption]:
    return Redemption.objects.select_related("programme", "voucher", "shop", "till")
