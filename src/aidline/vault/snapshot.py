"""The little that a web process needs to accept deliveries when it starts while the database is away.

One file in the spool folder: the centre keys as they are in the database (wrapped by the root key, so worth
nothing without it), how the root is recognised, and values that others have sealed (channel settings, to
verify signatures with). No person key is in it: with the root, it opens what was spooled, not what people
wrote before.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from aidline.vault import custody, durable, tables
from aidline.vault.errors import RootKeyError, VaultError
from aidline.vault.keyring import ring
from aidline.vault.root import Derivation
from aidline.vault.sealing import looks_sealed

_FORMAT = 1


def path() -> Path:
    return Path(settings.AIDLINE_SPOOL, "keys.snapshot")


def write_snapshot(sealed: Mapping[str, bytes] | None = None) -> None:
    """To be called at start, after a change of channels or centres, and now and then. `sealed`: values made
    by `vault.seal`, under names of the caller's; without it those of the last snapshot are kept."""
    kept = _sealed_before() if sealed is None else _only_sealed(sealed)
    record = tables.roots().get(current=True)
    content = {
        "format": _FORMAT,
        "root": {"id": str(record.id), "salt": _text(record.salt), "recipe": record.recipe},
        "scopes": {str(row.id): _text(row.wrapped) for row in tables.scope_keys().filter(root_id=record.id)},
        "sealed": kept,
    }
    durable.make_folder(path().parent)
    durable.write(path(), [json.dumps(content).encode()])


def load_snapshot() -> dict[str, bytes]:
    """Puts the centre keys into memory without the database and returns the `sealed` values. Raises
    `VaultError` if there is no usable snapshot, `RootKeyError` if it belongs to another root key."""
    content = _content()
    root = content["root"]
    derivation = Derivation.from_record(b64decode(root["salt"]), root["recipe"])
    key = custody.read(settings.AIDLINE_ROOT_KEY_SOURCE, derivation)
    if str(key.id) != root["id"]:
        raise RootKeyError("The key snapshot in the spool folder was made with another root key.")
    ring.adopt(key, {UUID(scope): b64decode(wrapped) for scope, wrapped in content["scopes"].items()})
    return {name: b64decode(blob) for name, blob in content["sealed"].items()}


def _content() -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path().read_bytes())
    except (OSError, ValueError):
        raise VaultError("There is no readable key snapshot in the spool folder.") from None
    if content.get("format") != _FORMAT:
        raise VaultError("The key snapshot is of another version.")
    return content


def _sealed_before() -> dict[str, str]:
    try:
        kept: dict[str, str] = _content()["sealed"]
    except VaultError:
        return {}
    return kept


def _only_sealed(sealed: Mapping[str, bytes]) -> dict[str, str]:
    if not all(map(looks_sealed, sealed.values())):
        raise VaultError("Only sealed values may go into the key snapshot.")
    return {name: _text(blob) for name, blob in sealed.items()}


def _text(blob: bytes | memoryview) -> str:
    return b64encode(bytes(blob)).decode()
