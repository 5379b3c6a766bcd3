"""Which root key this database belongs to: recognised at start, recorded once, replaced by rotation."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from aidline.kernel import clock
from aidline.vault import tables
from aidline.vault.errors import RootKeyError
from aidline.vault.root import Derivation, RootKey, RootSource, read_root


def configured_root() -> RootKey:
    """Reads the configured root key, and refuses it if this database was sealed with another."""
    record = tables.roots().filter(current=True).first()
    root = read(settings.AIDLINE_ROOT_KEY_SOURCE, record.derivation if record else None)
    if record:
        require_same(root, record.id)
    return root


def enrol(root: RootKey) -> None:
    """Holds the record of the current root until the transaction ends; writes it on the very first start.

    Held, so that no key can be wrapped by a root that is being replaced at the same moment.
    """
    held = tables.roots().select_for_update()
    record, made = held.get_or_create(current=True, defaults=columns_for(root))
    require_same(root, record.id)
    if made and tables.scope_keys().exists():
        raise RootKeyError("This database has keys but no record of their root. Restore it from a backup.")


def check_root() -> UUID:
    """For the start of every process: raises `RootKeyError` for a wrong or carelessly kept key."""
    root = configured_root()
    with transaction.atomic():
        enrol(root)
    return root.id


def read(source: RootSource, derivation: Derivation | None) -> RootKey:
    return read_root(source, data=settings.AIDLINE_DATA, derivation=derivation)


def require_same(root: RootKey, expected: UUID) -> None:
    if root.id != expected:
        raise RootKeyError(
            f"Wrong root key: this database was sealed with {expected}, the configured one is {root.id}. "
            "Point AIDLINE_ROOT_KEY_FILE (or the credential, or the passphrase) to the right one."
        )


def columns_for(root: RootKey) -> dict[str, Any]:
    derivation = root.derivation
    salt, recipe = (derivation.salt, derivation.recipe) if derivation else (b"", "")
    return {"id": root.id, "salt": salt, "recipe": recipe, "since": clock.now()}
