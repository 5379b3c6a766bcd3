"""A key sealed by another key: format byte, nonce, ciphertext. The caller binds in what it belongs to."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from aidline.vault.errors import Tampered

KEY_SIZE = 32
NONCE_SIZE = 12
_FORMAT = b"\x01"


def wrap(cipher: AESGCM, secret: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(NONCE_SIZE)
    return _FORMAT + nonce + cipher.encrypt(nonce, secret, _FORMAT + bound)


def unwrap(cipher: AESGCM, wrapped: bytes, bound: bytes) -> bytes:
    if wrapped[:1] != _FORMAT:
        raise Tampered("A wrapped key has an unknown format.")
    try:
        return cipher.decrypt(wrapped[1 : 1 + NONCE_SIZE], wrapped[1 + NONCE_SIZE :], _FORMAT + bound)
    except (InvalidTag, ValueError):
        raise Tampered("A wrapped key does not belong here or was changed.") from None


def derive(secret: bytes, purpose: str) -> bytes:
    """One key per purpose, so that none is used for two things."""
    return HKDF(hashes.SHA256(), KEY_SIZE, salt=None, info=b"aidline " + purpose.encode()).derive(secret)
