"""The root key: where it is kept, and how it is read. Usable before Django is set up."""

import base64
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from aidline.vault.errors import RootKeyError
from aidline.vault.wrapping import KEY_SIZE, derive, unwrap, wrap

CREDENTIAL_NAME: Final = "aidline-root-key"
SHORTEST_PASSPHRASE: Final = 16
_LABEL: Final = "aidline-root-1"


@dataclass(frozen=True, slots=True)
class RootSource:
    """Exactly one of the three."""

    file: Path | None = None
    credential: Path | None = None
    passphrase: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a passphrase becomes a key. Not secret; kept with the root's record and in the snapshot.

    Argon2id with 64 MiB, three passes: 0.1 to 0.5 s on a small server, RFC 9106 section 4, second choice.
    """

    salt: bytes
    memory_kib: int = 65_536
    passes: int = 3
    lanes: int = 4

    @classmethod
    def fresh(cls) -> "Derivation":
        return cls(os.urandom(16))

    @classmethod
    def from_record(cls, salt: bytes, recipe: str) -> "Derivation | None":
        if not salt:
            return None
        memory, passes, lanes = map(int, recipe.split(":"))
        return cls(salt, memory, passes, lanes)

    @property
    def recipe(self) -> str:
        return f"{self.memory_kib}:{self.passes}:{self.lanes}"

    def stretch(self, passphrase: str) -> bytes:
        return hash_secret_raw(
            passphrase.encode(), self.salt, self.passes, self.memory_kib, self.lanes, KEY_SIZE, Type.ID
        )


class RootKey:
    """Wraps centre keys and derives the few secrets of the installation. Its id is its fingerprint."""

    __slots__ = ("_cipher", "_secret", "derivation", "id")

    def __init__(self, secret: bytes, derivation: Derivation | None = None) -> None:
        self._secret = secret
        self._cipher = AESGCM(derive(secret, "root wrap 1"))
        self.id = UUID(bytes=derive(secret, "root fingerprint 1")[:16])
        self.derivation = derivation

    def wrap_scope(self, scope: UUID, secret: bytes) -> bytes:
        return wrap(self._cipher, secret, self._bound(scope))

    def unwrap_scope(self, scope: UUID, wrapped: bytes) -> bytes:
        return unwrap(self._cipher, wrapped, self._bound(scope))

    def secret_for(self, purpose: str) -> bytes:
        return derive(self._secret, f"root purpose {purpose}")

    def _bound(self, scope: UUID) -> bytes:
        return b"scope" + scope.bytes + self.id.bytes

    def __repr__(self) -> str:
        return f"<RootKey {self.id}>"


def find_source(
    *, file: Path | None, passphrase: str, passphrase_file: Path | None, credentials: str | None
) -> RootSource:
    """From the settings; `credentials` is systemd's $CREDENTIALS_DIRECTORY, looked at last."""
    if passphrase_file:
        _require_private(passphrase_file, passphrase_file.stat(), strict=True)
        passphrase = passphrase_file.read_text("utf-8").strip()
    credential = Path(credentials, CREDENTIAL_NAME) if credentials else None
    if file or passphrase or not credential or not credential.exists():
        return RootSource(file=file, passphrase=passphrase)
    return RootSource(credential=credential)


def create_root(path: Path) -> UUID:
    """Makes a key file that only its owner may read, and never overwrites one. Returns the fingerprint."""
    secret = os.urandom(KEY_SIZE)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)
    with os.fdopen(descriptor, "wb") as file:
        file.write(f"{_LABEL} {base64.b64encode(secret).decode()}\n".encode())
        file.flush()
        os.fsync(file.fileno())
    return RootKey(secret).id


def read_root(source: RootSource, *, data: Path, derivation: Derivation | None = None) -> RootKey:
    """`derivation` is the stored one for a passphrase; without it a new salt is drawn, for a first start."""
    _require_one(source)
    if source.file:
        return RootKey(_read_file(source.file, data, strict=True))
    if source.credential:
        # systemd hands credentials over as 0440 with an access list in a private file system
        # (systemd.exec(5), CREDENTIALS, read 2026-11), so the group bit says nothing there.
        return RootKey(_read_file(source.credential, data, strict=False))
    return _from_passphrase(source.passphrase, derivation or Derivation.fresh())


def secret_key(source: RootSource, *, data: Path) -> str:
    """Django's SECRET_KEY, derived. A passphrase is stretched with a fixed salt here, as the database, which
    keeps the real one, cannot be asked this early; the result reveals nothing about the root key."""
    root = read_root(source, data=data, derivation=Derivation(b"aidline-web-key-1"))
    return root.secret_for("django").hex()


def _require_one(source: RootSource) -> None:
    given = sum(map(bool, (source.file, source.credential, source.passphrase)))
    if given == 0:
        raise RootKeyError(
            "No root key is set. Make one with `aidline init`, then set AIDLINE_ROOT_KEY_FILE to its path."
        )
    if given > 1:
        raise RootKeyError("More than one source of the root key is set. Keep one of them.")


def _from_passphrase(passphrase: str, derivation: Derivation) -> RootKey:
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise RootKeyError(f"The root passphrase is too short. Use {SHORTEST_PASSPHRASE} characters or more.")
    return RootKey(derivation.stretch(passphrase), derivation)


def _read_file(path: Path, data: Path, *, strict: bool) -> bytes:
    if path.resolve().is_relative_to(data.resolve()):
        raise RootKeyError(
            f"The root key {path} is inside the data folder. Keep it elsewhere: backups take that."
        )
    try:
        with path.open("rb") as file:
            _require_private(path, os.fstat(file.fileno()), strict=strict)
            return _parse(path, file.read(200))
    except OSError as error:
        raise RootKeyError(f"The root key {path} cannot be read ({error.strerror}).") from None


def _require_private(path: Path, status: os.stat_result, *, strict: bool) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise RootKeyError(f"The root key {path} is not a plain file.")
    shared = stat.S_IRWXG | stat.S_IRWXO if strict else stat.S_IWGRP | stat.S_IRWXO
    if status.st_mode & shared:
        raise RootKeyError(f"The root key {path} can be read by others. Run: chmod 0400 {path}")


def _parse(path: Path, content: bytes) -> bytes:
    label, _, encoded = content.strip().partition(b" ")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except ValueError:
        secret = b""
    if label != _LABEL.encode() or len(secret) != KEY_SIZE:
        raise RootKeyError(f"{path} does not hold a root key. Make one with `aidline init`.")
    return secret
