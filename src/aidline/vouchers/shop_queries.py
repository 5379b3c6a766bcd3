"""The doors of the office to shops, tills, devices and what happens there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Max, Model, Prefetch, Q, QuerySet
from django.http import Http404

from aidline.centres.queries import Seat
from aidline.centres.states import Can
from aidline.vouchers.books.settling import Owed, last_settled, owed
from aidline.vouchers.models import (
    ApiKey,
    Device,
    Programme,
    Redemption,
    Settlement,
    Shop,
    Till,
    Trouble,
)

M = TypeVar("M", bound=Model)


def shops_of(seat: Seat) -> QuerySet[Shop]:
    if not seat.can(Can.RUN_PROGRAMMES):
        return Shop.objects.none()
    counted = Shop.objects.filter(centre=seat.centre).annotate(
        open_tills=Count("tills", filter=Q(tills__is_active=True), distinct=True),
        taken=Count("programmes", distinct=True),
        last_use=Max("redemptions__at"),
    )
    return counted.order_by("-is_active", "name", "pk")


def access_shop(seat: Seat, shop_id: UUID) -> Shop:
    rows = Shop.objects.filter(centre=seat.centre).select_related("centre")
    return _there(rows.filter(pk=shop_id) if seat.can(Can.RUN_PROGRAMMES) else rows.none())


def access_till(shop: Shop, till_id: UUID) -> Till:
    return _there(Till.objects.filter(shop=shop, pk=till_id).select_related("shop__centre"))


def access_device(shop: Shop, device_id: UUID) -> Device:
    return _there(Device.objects.filter(till__shop=shop, pk=device_id).select_related("till__shop"))


def access_till_key(shop: Shop, key_id: UUID) -> ApiKey:
    return _there(ApiKey.objects.filter(till__shop=shop, pk=key_id))


def access_settlement(shop: Shop, settlement_id: UUID) -> Settlement:
    rows = Settlement.objects.filter(shop=shop, pk=settlement_id)
    return _there(rows.select_related("programme", "shop__centre", "by"))


def access_trouble(seat: Seat, trouble_id: UUID) -> Trouble:
    return _there(Trouble.objects.filter(centre=seat.centre, pk=trouble_id))


def _there(rows: QuerySet[M]) -> M:
    row = rows.first()
    if row is None:
        raise Http404
    return row


# --- lists ------------------------------------------------------------------------------------------------


def tills_with_devices(shop: Shop) -> QuerySet[Till]:
    """Devices that were paired and work, keys that are good."""
    devices = Device.objects.filter(paired_at__isnull=False, revoked_at=None).order_by("paired_at")
    keys = ApiKey.objects.filter(revoked_at=None).order_by("created_at")
    rows = Till.objects.filter(shop=shop).order_by("-is_active", "name", "pk")
    return rows.prefetch_related(Prefetch("devices", devices), Prefetch("api_keys", keys))


def open_troubles(seat: Seat) -> QuerySet[Trouble]:
    rows = Trouble.objects.filter(centre=seat.centre, closed_at=None)
    rows = rows.select_related("shop", "device__till", "redemption__till", "redemption__programme")
    return rows.order_by("-found_at", "pk")


def uses_in(settlement: Settlement) -> QuerySet[Redemption]:
    rows = Redemption.objects.filter(settlement=settlement).select_related("till")
    return rows.order_by("at", "pk")


@dataclass(frozen=True, slots=True)
class Account:
    """What a shop has to get from one programme."""

    programme: Programme
    owed: Owed
    since: datetime | None


def accounts_of(shop: Shop) -> Sequence[Account]:
    """Programmes whose vouchers it takes, or took and is not paid for."""
    open_uses = Redemption.objects.filter(shop=shop, settlement=None, reversed_at=None)
    rows = Programme.objects.filter(Q(shops=shop) | Q(pk__in=open_uses.values("programme"))).distinct()
    return [Account(row, owed(shop, row), last_settled(shop, row)) for row in rows.order_by("name", "pk")]
