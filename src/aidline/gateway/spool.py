"""Where deliveries wait, sealed and fsynced, while the database is away; they come in later by themselves.

One file per delivery. A torn or foreign file is set aside and never stops the others.
"""

import json
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from aidline.gateway.deliveries import Sealed, store

_SUFFIX = ".delivery"


def write(deliveries: Iterable[Sealed]) -> None:
    """Durable when it returns: file, rename and folder are all synced. Raises OSError when they cannot be."""
    folder = _folder()
    for item in deliveries:
        _write_one(folder, item)
    _sync_folder(folder)


def waiting() -> int:
    return sum(1 for _ in _folder().glob("*" + _SUFFIX))


def bring_in(limit: int = 500) -> int:
    """Move what waits into the database; a file goes only after its row is committed."""
    paths = sorted(_folder().glob("*" + _SUFFIX))[:limit]
    read = list(_readable(paths))
    if read:
        store([item for _path, item in read])
    for path, _item in read:
        path.unlink(missing_ok=True)
    return len(read)


def _folder() -> Path:
    folder = Path(settings.AIDLINE_SPOOL)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _write_one(folder: Path, item: Sealed) -> None:
    target = folder / f"{item.id.hex}{_SUFFIX}"
    partial = target.with_suffix(".partial")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(handle, _pack(item))
        os.fsync(handle)
    finally:
        os.close(handle)
    partial.replace(target)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _pack(item: Sealed) -> bytes:
    head = {
        "id": item.id.hex,
        "channel": item.channel_id.hex,
        "centre": item.centre_id.hex,
        "key": item.key.hex(),
        "at": item.received_at.isoformat(),
        "length": len(item.sealed),
    }
    return json.dumps(head).encode() + b"\n" + item.sealed


def _readable(paths: Iterable[Path]) -> Iterator[tuple[Path, Sealed]]:
    for path in paths:
        try:
            yield path, _unpack(path.read_bytes())
        except (ValueError, KeyError):
            path.replace(path.with_suffix(".torn"))


def _unpack(packed: bytes) -> Sealed:
    head_line, sealed = packed.split(b"\n", 1)
    head = json.loads(head_line)
    if len(sealed) != head["length"]:
        raise ValueError
    return Sealed(
        id=UUID(head["id"]),
        channel_id=UUID(head["channel"]),
        centre_id=UUID(head["centre"]),
        key=bytes.fromhex(head["key"]),
        sealed=sealed,
        received_at=datetime.fromisoformat(head["at"]),
    )
