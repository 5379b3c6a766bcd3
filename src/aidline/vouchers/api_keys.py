"""Keys for programs of others: a tool that adds people to a programme. Shown once; only a hash is kept."""

import hashlib
import secrets
from functools import lru_cache
from time import monotonic
from uuid import UUID

from django.db import transaction

from aidline.audit.services import record
from aidline.centres.models import Staff
from aidline.kernel.clock import now
from aidline.vouchers.models import ApiKey, Partner, Programme, Till


@transaction.atomic
def make_key(
    *,
    by: Staff,
    name: str,
    programme: Programme | None = None,
    partner: Partner | None = None,
    till: Till | None = None,
) -> tuple[ApiKey, str]:
    """For adding people to a programme (in the name of a partner, if one is given), or for a till; and its secret."""
    token = secrets.token_urlsafe(32)
    centre = till.shop.centre if till else programme.centre if programme else None
    assert centre is not None
    row = ApiKey.objects.create(
        centre=centre,
        name=name,
        till=till,
        programme=programme,
        partner_id=partner.pk if partner else None,
        token_hash=hash_of(token),
        created_by=by,
    )
    record(by=by, action="api_key.create", object_type="api_key", object_id=row.pk, centre=centre.pk)
    return row, token


@transaction.atomic
def revoke_key(*, by: Staff, key: ApiKey) -> None:
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now())
    record(by=by, action="api_key.revoke", object_type="api_key", object_id=key.pk, centre=key.centre_id)


def key_of(token: str) -> ApiKey | None:
    """The key that this secret opens, if it is still good. Asked each time: one taken back is dead at once."""
    good = ApiKey.objects.filter(token_hash=hash_of(token), revoked_at=None)
    return next(iter(good), None)


def till_of(key: ApiKey) -> Till | None:
    """With its shop and centre, which hardly ever change, remembered for a minute. Whether till and shop are still
    at work is not taken from here: the statement that finds a voucher asks for it."""
    return _till(key.till_id, int(monotonic() // 60)) if key.till_id else None


@lru_cache(maxsize=5_000)
def _till(till_id: UUID, _minute: int) -> Till:
    return Till.objects.select_related("shop__centre").get(pk=till_id)


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
