"""The receipt of a registration: twelve random digits and two that check them, so that any phone can type it."""

import re
import secrets

_LENGTH = 14
_SPACES = re.compile(r"[\s\-–.·/]+")


def new_receipt() -> str:
    body = f"{secrets.randbelow(10**12):012}"
    return body + _check(body)


def normalise_receipt(typed: str) -> str | None:
    """Fourteen digits that check, in any script's digits and with any spaces; None for anything else."""
    digits = _SPACES.sub("", typed.strip())
    if len(digits) != _LENGTH or not digits.isdecimal():
        return None
    plain = "".join(str(int(sign)) for sign in digits)
    return plain if _check(plain[:-2]) == plain[-2:] else None


def grouped_receipt(receipt: str) -> str:
    """`1234 5678 9012 34`"""
    return " ".join(receipt[at : at + 4] for at in range(0, len(receipt), 4))


def _check(body: str) -> str:
    """ISO 7064, MOD 97-10: catches every single wrong digit and every swap of two neighbours."""
    return f"{98 - int(body) * 100 % 97:02}"
