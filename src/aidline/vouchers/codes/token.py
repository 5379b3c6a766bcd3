"""The signed token in a voucher's QR code: what a till without a network can believe. No name and no number in it.

95 bytes in base45, which a QR code holds in its dense mode (143 letters, version 6-M). 31 bytes, big-endian, and an
Ed25519 signature over them:

    version 1 · number of the key 2 · programme 6 (the end of its id) · serial 10 · cents 4 · from 4 · until 4

The times are seconds since 1970. `cents` is what the voucher was worth when it was made, not what is left.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

VERSION = 1
LENGTH = 143
_LAYOUT = struct.Struct(">BH6s10sIII")
_SIGNATURE = 64
_BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUE = {letter: place for place, letter in enumerate(_BASE45)}


@dataclass(frozen=True, slots=True)
class Token:
    key_number: int
    programme: bytes  # `short_id` of it
    serial: bytes
    cents: int
    valid_from: datetime
    valid_until: datetime


def short_id(programme_id: UUID) -> bytes:
    return programme_id.bytes[-6:]


def sign(private: Ed25519PrivateKey, token: Token) -> str:
    body = _LAYOUT.pack(
        VERSION,
        token.key_number,
        token.programme,
        token.serial,
        token.cents,
        int(token.valid_from.timestamp()),
        int(token.valid_until.timestamp()),
    )
    return to_base45(body + private.sign(body))


def read(text: str, public_keys: Mapping[int, Ed25519PublicKey]) -> Token | None:
    """None for whatever none of these keys, by their numbers, signed."""
    raw = from_base45(text.strip().upper()) if is_token(text) else None
    if raw is None:
        return None
    body, signature = raw[: _LAYOUT.size], raw[_LAYOUT.size :]
    version, number, programme, serial, cents, start, end = _LAYOUT.unpack(body)
    if version != VERSION or number not in public_keys or not _signed(public_keys[number], signature, body):
        return None
    return Token(number, programme, serial, cents, _time(start), _time(end))


def is_token(text: str) -> bool:
    """Whether this looks like one, so that a till knows what it scanned."""
    return len(text.strip()) == LENGTH


def to_base45(raw: bytes) -> str:
    """RFC 9285: two bytes are three letters, a last single byte is two."""
    letters: list[str] = []
    for start in range(0, len(raw), 2):
        pair = raw[start : start + 2]
        number = int.from_bytes(pair)
        for _ in range(len(pair) + 1):
            number, place = divmod(number, 45)
            letters.append(_BASE45[place])
    return "".join(letters)


def from_base45(text: str) -> bytes | None:
    """None for what is not base45."""
    if len(text) % 3 == 1 or not set(text) <= _VALUE.keys():
        return None
    try:
        return b"".join(_bytes(text[start : start + 3]) for start in range(0, len(text), 3))
    except OverflowError:
        return None


def _bytes(letters: str) -> bytes:
    number = 0
    for letter in reversed(letters):
        number = number * 45 + _VALUE[letter]
    return number.to_bytes(len(letters) - 1)


def _signed(public: Ed25519PublicKey, signature: bytes, body: bytes) -> bool:
    try:
        public.verify(signature, body)
    except InvalidSignature:
        return False
    return True


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
