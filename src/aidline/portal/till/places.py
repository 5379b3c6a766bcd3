"""Which till this browser stands at."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from aidline.centres.rules import StaffRequest
from aidline.vouchers.models import Device, Shop, Till
from aidline.vouchers.tills import device_at, shop_of, tills_of

_CHOSEN = "till"
DEVICE_COOKIE = "aidline-till"  # the id of the device this browser was paired as


@dataclass(frozen=True, slots=True)
class Place:
    shop: Shop | None
    tills: list[Till]
    till: Till | None
    device: Device | None


def place_of(request: StaffRequest) -> Place:
    """The only till of a shop is chosen by itself; among several, the cashier says which."""
    shop = shop_of(request.seat)
    tills = list(tills_of(shop)) if shop else []
    device = device_at(shop, paired_as(request)) if shop else None
    return Place(shop, tills, _chosen(request, tills, device), device)


def _chosen(request: StaffRequest, tills: list[Till], device: Device | None) -> Till | None:
    """A device is a device of one till, whoever stands at it."""
    if len(tills) == 1:
        return tills[0]
    wanted = str(device.till_id) if device else request.session.get(_CHOSEN)
    return next((till for till in tills if str(till.pk) == wanted), None)


def choose(request: HttpRequest, till: Till) -> None:
    request.session[_CHOSEN] = str(till.pk)


def paired_as(request: HttpRequest) -> UUID | None:
    """What the browser says it is. It opens nothing: what a device does, it signs."""
    try:
        return UUID(request.COOKIES.get(DEVICE_COOKIE, ""))
    except ValueError:
        return None
