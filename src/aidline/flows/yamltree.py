"""YAML without its surprises: every value is words, nothing stands twice, nothing refers, nothing runs.

`no`, `08` and `12:30` stay what was written: the language of a flow is Norwegian and not False.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from aidline.flows.problems import FlowError, Problem

LONGEST = 400_000
DEEPEST = 12
_EVENTS = 100_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Scalar:
    line: int
    value: str


@dataclass(frozen=True, slots=True)
class Items:
    line: int
    items: list["Tree"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Entries:
    line: int
    entries: dict[str, "Tree"] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


Tree = Scalar | Items | Entries


def tree(source: str) -> Tree:
    """Raises `FlowError` and nothing else."""
    if len(source) > LONGEST:
        raise FlowError([Problem("too_long", details={"most": LONGEST})])
    try:
        return _Builder(source).whole()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = error.problem or error.context or ""
        raise FlowError([_unreadable(str(what), mark.line + 1 if mark else 0)]) from None
    except (yaml.YAMLError, ValueError) as error:
        raise FlowError([_unreadable(str(error).splitlines()[0] if str(error) else "", 0)]) from None


def _unreadable(what: str, line: int) -> Problem:
    return Problem("not_yaml", line=line, details={"what": what})


class _Builder:
    def __init__(self, source: str) -> None:
        self.events: Iterator[Any] = iter(yaml.parse(source, Loader=_LOADER))
        self.problems: list[Problem] = []
        self.left = _EVENTS

    def whole(self) -> Tree:
        event = self._next()
        while isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            raise FlowError([Problem("empty")])
        found = self._tree(event, 0)
        self._next()  # the end of the document
        if not isinstance(self._next(), yaml.StreamEndEvent):
            raise FlowError([_unreadable("---", 0)])
        if self.problems:
            raise FlowError(self.problems)
        return found

    def _next(self) -> Any:
        self.left -= 1
        if self.left < 0:
            raise FlowError([Problem("too_long", details={"most": LONGEST})])
        return next(self.events)

    def _tree(self, event: Any, depth: int) -> Tree:
        line = event.start_mark.line + 1
        if depth > DEEPEST:
            raise FlowError([Problem("too_deep", line=line)])
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise FlowError([Problem("alias", line=line)])
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(line, "" if _is_null(event) else event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._items(line, depth)
        return self._entries(line, depth)

    def _items(self, line: int, depth: int) -> Items:
        found = Items(line)
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            found.items.append(self._tree(event, depth + 1))
        return found

    def _entries(self, line: int, depth: int) -> Entries:
        found = Entries(line)
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._tree(event, depth + 1)
            value = self._tree(self._next(), depth + 1)
            self._add(found, key, value)
        return found

    def _add(self, found: Entries, key: Tree, value: Tree) -> None:
        if not isinstance(key, Scalar):
            self.problems.append(_unreadable("?", key.line))
        elif key.value in found.entries:
            self.problems.append(Problem("doubled", line=key.line, details={"what": key.value}))
        else:
            found.entries[key.value] = value
            found.lines[key.value] = key.line


def _is_null(event: Any) -> bool:
    return event.style is None and event.value == "~"
