"""What was scanned or typed: a code, or the signed token of a square code, which names its voucher by serial."""

from dataclasses import dataclass
from typing import TypedDict

from aidline.vouchers.codes.code import grouped, normalise
from aidline.vouchers.codes.token import serial_in


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
    def shown(self) -> str:
        """Enough to tell two vouchers on the counter apart."""
        return grouped(self.code) if self.code else ""


def named(text: str) -> Named:
    serial = serial_in(text.strip())
    if serial:
        return Named(text.strip(), "", serial)
    return Named(text.strip(), normalise(text) or text.strip(), b"")
