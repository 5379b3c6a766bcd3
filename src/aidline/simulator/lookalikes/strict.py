"""A small checker of JSON against a table: an unknown key, a missing one, a wrong type or length is found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Rule:
    types: tuple[type, ...]
    needed: bool = False
    most: int = 0  # characters of a text, items of a list
    only: frozenset[str] = frozenset()
    inside: "Table | None" = None  # of an object, or of each item of a list


Table = Mapping[str, Rule]


@dataclass(frozen=True, slots=True)
class Problem:
    """`what` is unknown, missing, type, value or length; `where` is the path to it."""

    what: str
    where: str


def text(most: int = 0, *, needed: bool = False, only: frozenset[str] = frozenset()) -> Rule:
    return Rule((str,), needed, most, only)


def number(*, needed: bool = False) -> Rule:
    return Rule((int, float, str), needed)


def flag() -> Rule:
    return Rule((bool,))


def thing(inside: Table | None = None, *, needed: bool = False) -> Rule:
    return Rule((dict,), needed, inside=inside)


def many(inside: Table | None = None, most: int = 0, *, needed: bool = False) -> Rule:
    return Rule((list,), needed, most, inside=inside)


def check(value: Mapping[str, Any], table: Table, path: str = "") -> Problem | None:
    unknown = next((name for name in value if name not in table), None)
    if unknown is not None:
        return Problem("unknown", _join(path, unknown))
    missing = next(
        (name for name, rule in table.items() if rule.needed and value.get(name) in ("", None)), None
    )
    if missing is not None:
        return Problem("missing", _join(path, missing))
    found = (_check_one(each, table[name], _join(path, name)) for name, each in value.items())
    return next((problem for problem in found if problem), None)


def _check_one(value: Any, rule: Rule, path: str) -> Problem | None:
    if not _fits(value, rule):
        return Problem("type", path)
    if rule.only and value not in rule.only:
        return Problem("value", path)
    if rule.most and len(value) > rule.most:
        return Problem("length", path)
    return _check_inside(value, rule, path) if rule.inside else None


def _fits(value: Any, rule: Rule) -> bool:
    """A flag is a number to Python, not to a vendor."""
    return isinstance(value, rule.types) and (not isinstance(value, bool) or bool in rule.types)


def _check_inside(value: Any, rule: Rule, path: str) -> Problem | None:
    table = rule.inside or {}
    if isinstance(value, dict):
        return check(value, table, path)
    items = ((f"{path}[{place}]", item) for place, item in enumerate(value))
    found = (check(item, table, at) if isinstance(item, dict) else Problem("type", at) for at, item in items)
    return next((problem for problem in found if problem), None)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
