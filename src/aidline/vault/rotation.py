"""Replacing the root key: every centre key is wrapped anew in one transaction; nothing else changes.

Killed half-way, nothing has happened; run again, it does nothing. Processes that run meanwhile go on with the
centre keys they hold, and must be restarted with the new root to meet new ones.
"""

from typing import TYPE_CHECKING

from django.db import transaction

from aidline.kernel import clock
from aidline.vault import custody, snapshot, tables
from aidline.vault.keyring import ROWS_AT_ONCE, ring
from aidline.vault.root import RootKey, RootSource

if TYPE_CHECKING:
    from aidline.vault.models import ScopeKey


def rotate_root(*, old: RootSource, new: RootSource) -> int:
    """Returns how many centre keys were rewrapped; 0 if `new` is the current root already."""
    with transaction.atomic():
        record = tables.roots().select_for_update().filter(current=True).first()
        fresh = custody.read(new, record.derivation if record else None)
        if record and fresh.id == record.id:
            return 0
        count = _replace(custody.read(old, record.derivation if record else None), fresh)
        transaction.on_commit(lambda: _use(fresh))
    return count


def _replace(old: RootKey, fresh: RootKey) -> int:
    custody.enrol(old)
    rows = list(tables.scope_keys().select_for_update())
    for row in rows:
        row.wrapped, row.root_id = _rewrapped(row, old, fresh), fresh.id
    tables.scope_keys().bulk_update(rows, ["wrapped", "root_id"], batch_size=ROWS_AT_ONCE)
    _replace_record(old, fresh)
    return len(rows)


def _rewrapped(row: "ScopeKey", old: RootKey, fresh: RootKey) -> bytes:
    secret = old.unwrap_scope(row.id, bytes(row.wrapped))
    return fresh.wrap_scope(row.id, secret)


def _replace_record(old: RootKey, fresh: RootKey) -> None:
    tables.roots().filter(id=old.id).update(current=False, until=clock.now())
    tables.roots().update_or_create(id=fresh.id, defaults={**custody.columns_for(fresh), "current": True})


def _use(fresh: RootKey) -> None:
    """This process goes on with the new root, and so does its snapshot: the old one must open nothing."""
    ring.clear()
    ring.adopt(fresh, {})
    if snapshot.path().exists():
        snapshot.write_snapshot()
