"""Cents as people read and write them."""

import re
import unicodedata
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency
from django.utils.translation import get_language

_TYPED = re.compile(r"(?:\d+|\d{1,3}(?:[., ]\d{3})+)(?:[.,]\d{1,2})?")


def shown(cents: int, currency: str, language: str = "") -> str:
    """In the reader's own way; in the language of the screen unless another is named."""
    return format_currency(Decimal(cents) / 100, currency, locale=_locale(language or get_language() or "en"))


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


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")
