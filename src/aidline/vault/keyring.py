"""Unwrapped keys in memory: found fast, bounded, forgotten in time.

Person keys live here for at most a minute, so that an erased person is unreadable in every process soon
after. Centre keys stay: they are few, and sealing deliveries must work while the database is away.
"""

import os
from collections.abc import Iterable, Mapping
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction

from aidline.kernel import clock
from aidline.vault import custody, tables
from aidline.vault.errors import KeyGone, NoKey
from aidline.vault.root import RootKey
from aidline.vault.wrapping import KEY_SIZE, derive, unwrap, wrap

if TYPE_CHECKING:
    from aidline.vault.models import PersonKey, ScopeKey

PERSON_KEYS_HELD = 20_000
PERSON_KEY_LIFE = 60.0  # seconds
ROWS_AT_ONCE = 500


class ScopeSecrets:
    """What follows from one centre key: separate keys to seal rows, to wrap person keys and to index."""

    __slots__ = ("_indexes", "_secret", "cipher", "wrapper")

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._indexes: dict[str, bytes] = {}
        self.cipher = AESGCM(derive(secret, "scope seal 1"))
        self.wrapper = AESGCM(derive(secret, "scope wrap 1"))

    def index_key(self, purpose: str) -> bytes:
        key = self._indexes.get(purpose)
        if key is None:
            key = self._indexes[purpose] = derive(self._secret, f"scope index 1 {purpose}")
        return key


class Keyring:
    """Keys by their 16-byte id. Lookups take no lock: single dict operations are atomic."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._root: RootKey | None = None
        self._scopes: dict[bytes, ScopeSecrets] = {}
        self._people: dict[bytes, tuple[bytes, float]] = {}

    # --- lookups ---

    def cipher(self, key: bytes) -> AESGCM:
        scope = self._scopes.get(key)
        if scope is not None:
            return scope.cipher
        held = self._people.get(key)
        if held is not None and held[1] > monotonic():
            return AESGCM(held[0])
        return self._fetch_cipher(key)

    def scope(self, scope: UUID) -> ScopeSecrets:
        return self._scopes.get(scope.bytes) or self._fetch_scopes([scope])[scope]

    def root(self) -> RootKey:
        if self._root is None:
            self._root = custody.configured_root()
        return self._root

    # --- making ---

    def new_scope_key(self, scope: UUID) -> None:
        secret, root = os.urandom(KEY_SIZE), self.root()
        with transaction.atomic():
            custody.enrol(root)
            tables.scope_keys().create(id=scope, root_id=root.id, wrapped=root.wrap_scope(scope, secret))
        self._scopes[scope.bytes] = ScopeSecrets(secret)

    def new_person_keys(self, pairs: Iterable[tuple[UUID, UUID]]) -> None:
        made = [(person, scope, os.urandom(KEY_SIZE)) for person, scope in pairs]
        self._fetch_scopes({scope for _, scope, _ in made if scope.bytes not in self._scopes})
        model = tables.person_keys().model
        rows = [
            model(
                id=person,
                scope_id=scope,
                wrapped=wrap(self.scope(scope).wrapper, secret, _bound(person, scope)),
            )
            for person, scope, secret in made
        ]
        tables.person_keys().bulk_create(rows, batch_size=ROWS_AT_ONCE)
        self._hold({person.bytes: secret for person, _, secret in made})

    # --- loading ---

    def warm(self) -> int:
        """All centre keys at once, so that a later outage of the database finds them here."""
        rows = tables.scope_keys().all()
        return len(self._take_scopes(rows))

    def prefetch(self, people: Iterable[UUID]) -> None:
        soon = monotonic() + PERSON_KEY_LIFE / 4
        missing = [person for person in set(people) if self._people.get(person.bytes, _NONE)[1] < soon]
        for start in range(0, len(missing), ROWS_AT_ONCE):
            self._take_people(tables.person_keys().filter(id__in=missing[start : start + ROWS_AT_ONCE]))

    def adopt(self, root: RootKey, wrapped: Mapping[UUID, bytes]) -> None:
        """Centre keys from elsewhere than the database: the snapshot."""
        self._root = root
        for scope, blob in wrapped.items():
            self._scopes[scope.bytes] = ScopeSecrets(root.unwrap_scope(scope, blob))

    # --- forgetting ---

    def destroy_person_key(self, person: UUID) -> bool:
        live = tables.person_keys().filter(id=person, destroyed_at=None)
        destroyed = live.update(wrapped=b"", destroyed_at=clock.now())
        self._people.pop(person.bytes, None)
        return bool(destroyed)

    def clear(self) -> None:
        with self._lock:
            self._root = None
            self._scopes = {}
            self._people = {}

    # --- inside ---

    def _fetch_cipher(self, key: bytes) -> AESGCM:
        row = tables.person_keys().filter(id=UUID(bytes=key)).first()
        if row is None:
            return self.scope(UUID(bytes=key)).cipher
        if row.destroyed_at:
            raise KeyGone(f"The key of {row.id} was destroyed.")
        return AESGCM(self._take_people([row])[key])

    def _fetch_scopes(self, scopes: Iterable[UUID]) -> dict[UUID, ScopeSecrets]:
        wanted = list(scopes)
        found = self._take_scopes(tables.scope_keys().filter(id__in=wanted)) if wanted else {}
        for scope in wanted:
            if scope not in found:
                raise NoKey(f"There is no key {scope}.")
        return found

    def _take_scopes(self, rows: "Iterable[ScopeKey]") -> dict[UUID, ScopeSecrets]:
        found = {row.id: ScopeSecrets(self._unwrap_scope(row)) for row in rows}
        self._scopes.update({scope.bytes: secrets for scope, secrets in found.items()})
        return found

    def _unwrap_scope(self, row: "ScopeKey") -> bytes:
        root = self.root()
        custody.require_same(root, row.root_id)
        return root.unwrap_scope(row.id, bytes(row.wrapped))

    def _take_people(self, rows: "Iterable[PersonKey]") -> dict[bytes, bytes]:
        live = [row for row in rows if not row.destroyed_at]
        self._fetch_scopes({row.scope_id for row in live if row.scope_id.bytes not in self._scopes})
        found = {row.id.bytes: self._unwrap_person(row) for row in live}
        self._hold(found)
        return found

    def _unwrap_person(self, row: "PersonKey") -> bytes:
        return unwrap(self.scope(row.scope_id).wrapper, bytes(row.wrapped), _bound(row.id, row.scope_id))

    def _hold(self, secrets: Mapping[bytes, bytes]) -> None:
        """First in, first out. A key held anew is never absent in between, as lookups take no lock."""
        expires = monotonic() + PERSON_KEY_LIFE
        with self._lock:
            self._people.update({person: (secret, expires) for person, secret in secrets.items()})
            while len(self._people) > PERSON_KEYS_HELD:
                del self._people[next(iter(self._people))]


_NONE = (b"", 0.0)


def _bound(person: UUID, scope: UUID) -> bytes:
    return b"person" + person.bytes + scope.bytes


ring = Keyring()
