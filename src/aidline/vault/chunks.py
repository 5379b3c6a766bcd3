"""The sealed form of a file: a key of its own, then chunks of 1 MiB that cannot be cut, swapped or added to.

Layout: format byte 2 | the file's key, sealed for its owner (a blob of `vault.seal`) | chunks with tags.
Every chunk binds in the header, the scope, the file's id, its number, whether it is the last one, and how
many bytes of plaintext end with it. The key is used for one file only, so the chunk number is the nonce.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from aidline.vault import sealing
from aidline.vault.errors import Tampered
from aidline.vault.wrapping import KEY_SIZE

CHUNK = 1024 * 1024
TAG = 16
_FORMAT = b"\x02"
_HEADER = 1 + sealing.OVERHEAD + KEY_SIZE
_PLACE = {"table": "media", "column": "key"}

Read = Callable[[int], bytes]


def seal_chunks(plain: Iterable[bytes], *, key: UUID, scope: UUID, media: UUID) -> Iterator[bytes]:
    secret = os.urandom(KEY_SIZE)
    header = _FORMAT + sealing.seal(secret, key=key, scope=scope, row=media, **_PLACE)
    yield header
    cipher, fixed = AESGCM(secret), header + scope.bytes + media.bytes
    for number, (chunk, last, end) in enumerate(_numbered(plain)):
        yield cipher.encrypt(_nonce(number), chunk, fixed + _position(number, last, end))


def open_chunks(read: Read, *, scope: UUID, media: UUID) -> Iterator[bytes]:
    """`read(n)` gives up to n bytes, none only at the end. The last chunk at the latest shows a cut, so what
    came before is not to be trusted as whole until the iterator has ended."""
    header = _fully(read, _HEADER)
    cipher = AESGCM(_file_key(header, scope, media))
    fixed = header + scope.bytes + media.bytes
    end = 0
    for number, (sealed, last) in enumerate(_sealed_chunks(read)):
        end += max(len(sealed) - TAG, 0)
        yield _opened(cipher, _nonce(number), sealed, fixed + _position(number, last, end), media)


def _file_key(header: bytes, scope: UUID, media: UUID) -> bytes:
    if len(header) < _HEADER or header[:1] != _FORMAT:
        raise Tampered(f"Media {media} is not a sealed file.")
    return sealing.open(header[1:], scope=scope, row=media, **_PLACE)


def _opened(cipher: AESGCM, nonce: bytes, sealed: bytes, bound: bytes, media: UUID) -> bytes:
    try:
        return cipher.decrypt(nonce, sealed, bound)
    except (InvalidTag, ValueError):
        raise Tampered(f"Media {media} was cut, extended, moved or changed.") from None


def _numbered(plain: Iterable[bytes]) -> Iterator[tuple[bytes, bool, int]]:
    """One chunk is held back, to know the last one when it goes out. An empty file is one empty chunk."""
    held, end = b"", 0
    for chunk in _even(plain):
        if held:
            end += len(held)
            yield held, False, end
        held = chunk
    yield held, True, end + len(held)


def _even(plain: Iterable[bytes]) -> Iterator[bytes]:
    waiting = bytearray()
    for piece in plain:
        waiting += piece
        while len(waiting) >= CHUNK:
            yield bytes(waiting[:CHUNK])
            del waiting[:CHUNK]
    if waiting:
        yield bytes(waiting)


def _sealed_chunks(read: Read) -> Iterator[tuple[bytes, bool]]:
    held = _fully(read, CHUNK + TAG)
    while following := _fully(read, CHUNK + TAG):
        yield held, False
        held = following
    yield held, True


def _fully(read: Read, size: int) -> bytes:
    """A network may give less than asked for."""
    got = read(size)
    while len(got) < size and (more := read(size - len(got))):
        got += more
    return got


def _nonce(number: int) -> bytes:
    return number.to_bytes(12)


def _position(number: int, last: bool, end: int) -> bytes:
    return number.to_bytes(8) + bytes([last]) + end.to_bytes(8)
