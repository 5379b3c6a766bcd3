"""Files that people send: sealed before they reach a disk or a bucket, opened chunk by chunk.

`vault.media.put(...)` replaces a file of the same id as a whole or not at all.
"""

from collections.abc import Iterable, Iterator
from typing import IO
from uuid import UUID

from django.conf import settings

from aidline.vault.chunks import CHUNK, open_chunks, seal_chunks
from aidline.vault.stores import Store, store_at


def put(source: bytes | IO[bytes] | Iterable[bytes], *, key: UUID, scope: UUID, media: UUID) -> int:
    """Returns the size of the plaintext. Nothing is kept if `source` fails half-way."""
    counted = _Counted(_pieces(source))
    _store().write(media, seal_chunks(counted, key=key, scope=scope, media=media))
    return counted.size


def stream(media: UUID, *, scope: UUID) -> Iterator[bytes]:
    """Chunks of up to 1 MiB. Raises `MediaMissing` or `Tampered`; the latter perhaps only after the first
    chunks, so a response made of it must be broken off then, not ended."""
    with _store().reading(media) as read:
        yield from open_chunks(read, scope=scope, media=media)


def read(media: UUID, *, scope: UUID) -> bytes:
    return b"".join(stream(media, scope=scope))


def exists(media: UUID) -> bool:
    return _store().exists(media)


def delete(media: UUID) -> None:
    """No error if it is gone already."""
    _store().delete(media)


def _store() -> Store:
    return store_at(str(settings.AIDLINE_MEDIA))


def _pieces(source: bytes | IO[bytes] | Iterable[bytes]) -> Iterable[bytes]:
    if isinstance(source, bytes):
        return (source,)
    if hasattr(source, "read"):
        return iter(lambda: source.read(CHUNK), b"")
    return source


class _Counted:
    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.size += len(piece)
            yield piece
