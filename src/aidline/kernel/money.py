"""Money as people write and read it. Inside it is a whole number of cents and nothing else."""

import re
import unicodedata
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency

_AMOUNT = re.compile(r"(\d{1,7})(?:[.,](\d{1,2}))?")
_SIGNS = {"EUR": "€"}  # known to whoever has one in the hand, also where a language would write its letters
_MARKS = str.maketrans({"٫": ".", "،": ".", "'": "", "’": ""})


def written(cents: int, currency: str, language: str) -> str:
    """€15.10, as this language writes it; digits stay Western, as on the keys of a till.

    What is owed has a minus as wide as a plus: a hyphen is lost in a column of figures.
    """
    text = format_currency(Decimal(cents) / 100, currency, locale=_locale(language))
    return text.replace("-", "−").replace(currency, _SIGNS.get(currency, currency))


def typed(text: str) -> int | None:
    """The cents that were meant: with a point or a comma, in the digits of any script. None where unclear."""
    plain = "".join(_western(sign) for sign in text.translate(_MARKS) if not sign.isspace())
    found = _AMOUNT.fullmatch(plain)
    if found is None:
        return None
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


def _western(sign: str) -> str:
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(value)


def _locale(language: str) -> Locale:
    """Babel knows most of the languages people write in, and not all."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")
