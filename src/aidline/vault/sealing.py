"""Seal and open one value of one row.

Blob: format 1 | key id 16 | nonce 12 | ciphertext and tag. Bound in: format, key id, scope, row, table and
column; so a blob opens only where it was sealed.
"""

import hmac
import os
from collections.abc import Iterable
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag

from aidline.vault.errors import KeyGone, NoKey, Tampered
from aidline.vault.keyring import ring

_FORMAT = b"\x01"
_HEAD = 17
_BODY = _HEAD + 12
OVERHEAD = _BODY + 16


def seal(plain: str | bytes, *, key: UUID, scope: UUID, table: str, column: str, row: UUID) -> bytes:
    """`key` is the id of a person or of a scope whose key exists; raises `NoKey` otherwise."""
    data = _encode(plain) if isinstance(plain, str) else plain
    key_id = key.bytes
    head = _FORMAT + key_id
    nonce = os.urandom(12)
    bound = _bound(head, scope, row, table, column)
    return head + nonce + ring.cipher(key_id).encrypt(nonce, data, bound)


def open(blob: bytes, *, scope: UUID, table: str, column: str, row: UUID) -> bytes:
    """Raises `Tampered` for anything that was not sealed for exactly this place, `KeyGone` for the erased."""
    blob = bytes(blob)
    if not looks_sealed(blob):
        raise Tampered(f"{table}.{column} of {row} is not a sealed value.")
    bound = _bound(blob[:_HEAD], scope, row, table, column)
    try:
        return ring.cipher(blob[1:_HEAD]).decrypt(blob[_HEAD:_BODY], blob[_BODY:], bound)
    except KeyGone:
        raise
    except (InvalidTag, NoKey):
        raise Tampered(f"{table}.{column} of {row} was not sealed here or was changed since.") from None


def looks_sealed(blob: bytes) -> bool:
    return len(blob) >= OVERHEAD and blob[:1] == _FORMAT


def blind_index(value: str, *, scope: UUID, purpose: str) -> bytes:
    """Finds an address without storing it. For values that are hard to guess or rare only; never for status,
    language or nationality, where the pattern of equal values tells all."""
    key = ring.scope(scope).index_key(purpose)
    return hmac.digest(key, _encode(value), "sha256")[:16]


def new_scope_key(scope: UUID) -> None:
    ring.new_scope_key(scope)


def new_person_key(person: UUID, scope: UUID) -> None:
    ring.new_person_keys([(person, scope)])


def new_person_keys(pairs: Iterable[tuple[UUID, UUID]]) -> None:
    """(person, scope) pairs, in as few statements as possible."""
    ring.new_person_keys(pairs)


def prefetch_person_keys(people: Iterable[UUID]) -> None:
    """One SELECT for a list that will be opened next. Already known keys cost nothing."""
    ring.prefetch(people)


def destroy_person_key(person: UUID) -> bool:
    """Erases all that was sealed for this person; other processes follow within a minute."""
    return ring.destroy_person_key(person)


def _encode(text: str) -> bytes:
    """A lone surrogate, which JSON may carry and UTF-8 may not, becomes U+FFFD, rather than an error that has
    the whole message as its object."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _bound(head: bytes, scope: UUID, row: UUID, table: str, column: str) -> bytes:
    return head + scope.bytes + row.bytes + _place(table, column)


@lru_cache(maxsize=1024)
def _place(table: str, column: str) -> bytes:
    return f"{table}\0{column}".encode()
