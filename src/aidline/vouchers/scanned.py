"""What was scanned or typed: a code, or the signed token of a square code, which names its voucher by serial."""

from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

from aidline.vouchers.codes import token
from aidline.vouchers.codes.code import normalise
from aidline.vouchers.signing import public_keys


class Asked(TypedDict):
    code: str
    serial: bytes


@dataclass(frozen=True, slots=True)
class Named:
    text: str
    code: str
    serial: bytes

    @property
    def asked(self) -> Asked:
        return {"code": self.code, "serial": self.serial}

    @property
    def last(self) -> str:
        """Enough to tell two vouchers on the counter apart."""
        return self.code[-4:]


def named(text: str, centre_id: UUID) -> Named:
    """A token that none of our keys signed is looked for as a code, and not found as one."""
    plain = text.strip()
    read = token.read(plain, public_keys(centre_id)) if token.is_token(plain) else None
    if read:
        return Named(plain, "", read.serial)
    return Named(plain, normalise(plain) or plain[:40], b"")
