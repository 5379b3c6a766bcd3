"""The accounts of a programme. Their ids never change, so that each process asks for them once."""

from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from aidline.vouchers.models import Account, Programme, Shop
from aidline.vouchers.states import AccountKind

Key = tuple[UUID, str, UUID | None]
_known: dict[Key, UUID] = {}


def account(programme: Programme, kind: AccountKind, shop: Shop | None = None) -> UUID:
    return account_id(programme.pk, programme.centre_id, kind, shop.pk if shop else None)


def account_id(programme_id: UUID, centre_id: UUID, kind: AccountKind, shop_id: UUID | None = None) -> UUID:
    key = (programme_id, kind.value, shop_id)
    return _known.get(key) or _found(key, centre_id)


def _found(key: Key, centre_id: UUID) -> UUID:
    """Remembered once it is committed: what a transaction took back must not be remembered."""
    programme_id, kind, shop_id = key
    place: dict[str, Any] = {"programme_id": programme_id, "kind": kind, "shop_id": shop_id}
    row, _ = Account.objects.get_or_create(**place, defaults={"centre_id": centre_id})
    transaction.on_commit(partial(_known.__setitem__, key, row.pk))
    return row.pk
