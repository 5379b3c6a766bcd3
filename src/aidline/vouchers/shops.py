"""Shops and their tills: opened, changed, closed; what looked strange there, looked at and closed."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from aidline.audit.services import record
from aidline.centres.models import Centre, Staff
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.vouchers.models import Device, Shop, Till, Trouble
from aidline.vouchers.redeeming.pairing import revoke


@transaction.atomic
def save_shop(*, by: Staff, centre: Centre, changes: Mapping[str, Any], shop: Shop | None = None) -> Shop:
    """`programmes` among the changes: those whose vouchers it takes from now on."""
    row = shop or Shop(id=new_id(), centre=centre)
    programmes = changes.get("programmes")
    for name, value in changes.items():
        if name != "programmes":
            setattr(row, name, value)
    row.save()
    if programmes is not None:
        row.programmes.set(programmes)
    _told(by, "shop.change" if shop else "shop.create", "shop", row, centre, ",".join(sorted(changes)))
    return row


@transaction.atomic
def save_till(*, by: Staff, shop: Shop, name: str, is_active: bool = True, till: Till | None = None) -> Till:
    """A till that is closed ends its devices too: what they hold goes back to the vouchers."""
    row = till or Till(id=new_id(), shop=shop)
    row.name, row.is_active = name, is_active
    row.save()
    if not is_active:
        for device in Device.objects.filter(till=row, revoked_at=None):
            revoke(by=by, device=device, reason="till closed")
    _told(by, "till.change" if till else "till.create", "till", row, shop.centre, "name,is_active")
    return row


@transaction.atomic
def close_trouble(*, by: Staff, trouble: Trouble, note: str) -> None:
    """Whoever closes it first has closed it."""
    row = Trouble.objects.filter(pk=trouble.pk, closed_at=None).first()
    if row is None:
        return
    row.closed_at, row.closed_by, row.note = now(), by, note
    row.save(update_fields=["closed_at", "closed_by", "note_sealed"])
    _told(by, "trouble.close", "trouble", row, row.centre, "note")


def _told(by: Staff, action: str, kind: str, row: Any, centre: Centre, fields: str) -> None:
    record(by=by, action=action, object_type=kind, object_id=row.pk, centre=centre.pk, fields=fields)
