"""Public holidays of a country, from the `holidays` package. `LB`, or `FR-57` for a part of a country.

They are asked for by year and kept: an object of the package fills itself while it is read, and two threads that read
the same one could see half a year.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import holidays


def is_known(code: str) -> bool:
    country, _sep, part = code.partition("-")
    return country in countries() and (not part or part in parts_of(country))


@lru_cache(maxsize=512)
def holidays_in(code: str, year: int, language: str = "") -> Mapping[date, str]:
    """Empty for what is no country (any more): a code outlives the release that knew it."""
    country, _sep, part = code.partition("-")
    try:
        found = holidays.country_holidays(country, subdiv=part or None, years=year, language=language or None)
    except NotImplementedError:
        return {}
    return {day: found[day] for day in sorted(found) if day.year == year}


def is_holiday(code: str, day: date) -> bool:
    return day in holidays_in(code, day.year)


def countries() -> list[str]:
    return sorted(holidays.list_supported_countries(include_aliases=False))


def parts_of(country: str) -> list[str]:
    """Parts of a country with days of their own: `57` of `FR`."""
    return holidays.list_supported_countries(include_aliases=False).get(country, [])
