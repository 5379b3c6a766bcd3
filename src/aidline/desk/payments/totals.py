"""A total as people type it: also with the marks between thousands that they see on the page beside it."""

import re
import unicodedata

_TYPED = re.compile(r"(?:\d+|\d{1,3}(?:[., ]\d{3})+)(?:[.,]\d{1,2})?")


def typed(written: str) -> int | None:
    """What somebody wrote, in cents; None where it can be read in two ways or in none.

    Spaces, points and commas may stand between thousands; a last point or comma with one or two digits is the
    decimal one.
    """
    plain = "".join(_plain(letter) for letter in written).strip()
    if not _TYPED.fullmatch(plain):
        return None
    whole, cents = _split(plain)
    return int(re.sub(r"\D", "", whole)) * 100 + int(cents.ljust(2, "0"))


def _split(plain: str) -> tuple[str, str]:
    found = re.fullmatch(r"(.*\d)[.,](\d{1,2})", plain)
    return (found[1], found[2]) if found else (plain, "00")


def _plain(letter: str) -> str:
    """Any script's digits are digits, any space a space; the sign of the currency is dropped."""
    kind = unicodedata.category(letter)
    if kind == "Nd":
        return str(unicodedata.decimal(letter))
    if kind == "Zs":
        return " "
    return {"٫": ".", "٬": ",", "’": " ", "'": " "}.get(letter, "" if kind in ("Sc", "Cf") else letter)
