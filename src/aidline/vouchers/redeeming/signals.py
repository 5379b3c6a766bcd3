"""What looks unusual at tills, as a list for a human: never an accusation, never a block.

Each signal is a figure beside a limit. Everyday life makes most of them too: a market day is a burst.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from uuid import UUID
from zoneinfo import ZoneInfo

from aidline.centres.models import Centre
from aidline.kernel.clock import now
from aidline.vouchers.models import Redemption, Shop, Trouble

LOOK_BACK = timedelta(days=14)
BURST, BURST_WITHIN = 15, timedelta(minutes=5)
ODD_SHARE, ODD_LEAST = 0.2, 5
WHOLE_SHARE, WHOLE_LEAST = 0.8, 20
FAR_KM, FAR_WITHIN = 30.0, timedelta(hours=1)
REVERSED_SHARE, REVERSED_LEAST = 0.15, 10


@dataclass(frozen=True, slots=True)
class Signal:
    """`kind`: burst, odd_hours, whole_balance, far_apart, reversed. `facts`: figures only."""

    kind: str
    shop: Shop
    facts: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Use:
    shop_id: UUID
    till_id: UUID
    voucher_id: UUID
    at: datetime
    cents: int
    left: int
    whole: bool
    back: bool


def look(centre: Centre, until: datetime | None = None) -> list[Signal]:
    """Over the last two weeks, the strongest first."""
    end = until or now()
    uses = _uses(centre, end)
    shops = {shop.pk: shop for shop in Shop.objects.filter(centre=centre)}
    zone = ZoneInfo(centre.time_zone)
    found: list[Signal] = []
    for shop_id, of_shop in _grouped(uses).items():
        found += _of_shop(shops[shop_id], of_shop, zone)
    found += _far_apart(uses, shops)
    return sorted(found, key=lambda signal: -signal.facts["count"])


def note(centre: Centre) -> int:
    """For a schedule: signals that are new become troubles, one of a kind for each shop and week. How many."""
    return sum(_noted(centre, signal) for signal in look(centre))


def _noted(centre: Centre, signal: Signal) -> bool:
    recent = Trouble.objects.filter(
        shop=signal.shop, kind=signal.kind, found_at__gt=now() - timedelta(days=7)
    )
    if recent.exists():
        return False
    Trouble.objects.create(centre=centre, kind=signal.kind, shop=signal.shop, facts=signal.facts)
    return True


def _uses(centre: Centre, end: datetime) -> list[_Use]:
    rows = Redemption.objects.filter(centre=centre, at__gt=end - LOOK_BACK, at__lte=end).order_by("at")
    columns = ("shop_id", "till_id", "voucher_id", "at", "cents", "left_cents", "reversed_at")
    amounts = rows.values_list(*columns, "voucher__amount_cents")
    return [
        _Use(shop, till, voucher, at, cents, left, cents == amount, back is not None)
        for shop, till, voucher, at, cents, left, back, amount in amounts.iterator()
    ]


def _grouped(uses: Iterable[_Use]) -> dict[UUID, list[_Use]]:
    found: dict[UUID, list[_Use]] = defaultdict(list)
    for use in uses:
        found[use.shop_id].append(use)
    return found


def _of_shop(shop: Shop, uses: Sequence[_Use], zone: ZoneInfo) -> Iterator[Signal]:
    count = len(uses)
    burst = max(_most_within(tills) for tills in _by_till(uses))
    if burst >= BURST:
        yield Signal("burst", shop, {"count": burst, "minutes": BURST_WITHIN.seconds // 60})
    shares = {
        "odd_hours": (sum(_is_odd(shop, use, zone) for use in uses), ODD_SHARE, ODD_LEAST),
        "whole_balance": (sum(use.whole for use in uses), WHOLE_SHARE, WHOLE_LEAST),
        "reversed": (sum(use.back for use in uses), REVERSED_SHARE, REVERSED_LEAST),
    }
    for kind, (seen, share, least) in shares.items():
        if seen >= least and seen >= share * count:
            yield Signal(kind, shop, {"count": seen, "of": count})


def _by_till(uses: Sequence[_Use]) -> list[list[datetime]]:
    tills: dict[object, list[datetime]] = defaultdict(list)
    for use in uses:
        tills[use.till_id].append(use.at)
    return list(tills.values())


def _most_within(times: Sequence[datetime]) -> int:
    """The most uses of one till within minutes."""
    first = most = 0
    for last, at in enumerate(times):
        while at - times[first] > BURST_WITHIN:
            first += 1
        most = max(most, last - first + 1)
    return most


def _is_odd(shop: Shop, use: _Use, zone: ZoneInfo) -> bool:
    opens, closes = _clock(shop.opens), _clock(shop.closes)
    at = use.at.astimezone(zone).time()
    return not opens <= at <= closes if opens <= closes else closes < at < opens


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return time()


def _far_apart(uses: Sequence[_Use], shops: dict[UUID, Shop]) -> Iterator[Signal]:
    """One voucher in two places between which nobody travels so fast: a copy of it may be around."""
    found: dict[UUID, list[int]] = defaultdict(list)
    for of_voucher in _by_voucher(uses):
        for one, other in pairwise(of_voucher):
            distance = _kilometres(shops[one.shop_id], shops[other.shop_id])
            if distance > FAR_KM and other.at - one.at < FAR_WITHIN:
                found[other.shop_id].append(int(distance))
    for shop_id, distances in found.items():
        yield Signal("far_apart", shops[shop_id], {"count": len(distances), "km": max(distances)})


def _by_voucher(uses: Sequence[_Use]) -> Iterable[list[_Use]]:
    vouchers: dict[object, list[_Use]] = defaultdict(list)
    for use in uses:
        vouchers[use.voucher_id].append(use)
    return vouchers.values()


def _kilometres(one: Shop, other: Shop) -> float:
    """Along the great circle; nothing where a shop has no place on the map."""
    if None in (one.latitude, one.longitude, other.latitude, other.longitude):
        return 0.0
    north, south = radians(one.latitude or 0), radians(other.latitude or 0)
    east = radians((other.longitude or 0) - (one.longitude or 0))
    half = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * sin(east / 2) ** 2
    return 2 * 6371 * asin(sqrt(half))


def note_everywhere() -> int:
    return sum(note(centre) for centre in Centre.objects.filter(programmes__isnull=False).distinct())
