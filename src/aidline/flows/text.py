"""A flow as text that a person can write, and back. The form is described in docs/flows.md.

What can be written is told by the dataclasses of `flows.language`: a new kind of node needs nothing here, unless it
has a field of a new sort.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from typing import Any

import yaml

from aidline.flows.language import NODES, Case, Choice, End, Flow, Medium, Node, Test, Wanted, Words
from aidline.flows.problems import FlowError, Problem
from aidline.flows.yamltree import Entries, Items, Scalar, Tree, tree
from aidline.kernel.text import clean

MOST_NODES = 1_000
MOST_PARTS = 200  # choices of a menu, cases of a branch, words of a list
LONGEST_TEXT = 10_000
LONGEST_NAME = 60

_NAME = re.compile(r"[^\W_][\w-]*")
_DIGITS = re.compile(r"0|[1-9][0-9]{0,12}")
_YES = {"yes": True, "true": True, "no": False, "false": False}
_RISKS = ("", "medium", "high", "imminent")
_BOUND = 10**12


def read(source: str) -> Flow:
    """Raises `FlowError` with all that is wrong, and nothing else."""
    found = tree(source)
    reader = Reader(READERS)
    flow = reader.flow(found)
    if reader.problems or flow is None:
        raise FlowError(reader.problems)
    return flow


def write(flow: Flow) -> str:
    """`read` makes an equal flow of it."""
    plain = {_FLOW_NAMES.get(key, key): value for key, value in _plain(flow).items()}
    plain["nodes"] = {name: _plain_node(node) for name, node in flow.nodes.items()}
    return yaml.dump(plain, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)


# --- reading ---------------------------------------------------------------------------------------------


class Reader:
    """Goes through the tree once and collects what is wrong instead of stopping at it."""

    def __init__(self, readers: Mapping[str, "_Value"]) -> None:
        self.readers = readers
        self.problems: list[Problem] = []
        self.node = ""

    def wrong(self, code: str, line: int, **details: str | int) -> None:
        self.problems.append(Problem(code, self.node, line, details=details))

    def flow(self, found: Tree) -> Flow | None:
        renamed = {name: field for field, name in _FLOW_NAMES.items()}
        if isinstance(found, Entries):
            found = Entries(
                found.line,
                {renamed.get(key, key): value for key, value in found.entries.items()},
                {renamed.get(key, key): line for key, line in found.lines.items()},
            )
        flow: Flow | None = self.record(Flow, found, "flow", known=_FLOW_NAMES)
        return flow

    def record(self, kind: type[Any], found: Tree, what: str, known: Mapping[str, str] = {}) -> Any:
        """A dataclass from the lines of a mapping; None where something is wrong with it."""
        if not isinstance(found, Entries):
            self.wrong("not_a_mapping", found.line, what=what)
            return None
        before = len(self.problems)
        wanted = {field.name: field for field in fields(kind) if field.name != "name"}
        values: dict[str, Any] = {}
        for key, value in found.entries.items():
            if key not in wanted:
                shown = ", ".join(known.get(name, name) for name in wanted)
                self.wrong("unknown_key", found.lines[key], what=key, known=shown)
            else:
                read = self.readers[key] if (kind, key) != (Words, "text") else Reader.words
                values[key] = read(self, value, known.get(key, key))
        for name, field in wanted.items():
            if name not in values and (kind, name) in _EMPTY:
                values[name] = _EMPTY[kind, name]
            elif name not in found.entries and _required(field):
                self.wrong("missing", found.line, what=known.get(name, name))
        if len(self.problems) > before:
            return None
        return kind(name=self.node, **values) if hasattr(kind, "kind") else kind(**values)

    # --- sorts of values ---

    def words(self, found: Tree, what: str) -> str:
        if not isinstance(found, Scalar):
            self.wrong("not_words", found.line, what=what)
            return ""
        if len(found.value) > LONGEST_TEXT:
            self.wrong("too_long", found.line, most=LONGEST_TEXT)
        return clean(found.value).strip()

    def name(self, found: Tree, what: str) -> str:
        value = self.words(found, what)
        if value and not is_name(value):
            self.wrong("not_a_name", found.line, what=value[:LONGEST_NAME])
        return value

    def number(self, found: Tree, what: str, least: int, most: int) -> int:
        value = self.words(found, what)
        if re.fullmatch(r"-?[0-9]{1,13}", value) and least <= int(value) <= most:
            return int(value)
        self.wrong("not_a_number", found.line, what=what, least=least, most=most)
        return least

    def yes_or_no(self, found: Tree, what: str) -> bool:
        value = self.words(found, what).lower()
        if value not in _YES:
            self.wrong("not_yes_or_no", found.line, what=what)
        return _YES.get(value, False)

    def one_of(self, found: Tree, what: str, known: tuple[str, ...]) -> str:
        value = self.words(found, what)
        if value not in known:
            self.wrong("not_one_of", found.line, what=what, known=", ".join(filter(None, known)))
            return known[0]
        return value

    def listed(self, found: Tree, what: str, each: Callable[[Tree, str], Any]) -> tuple[Any, ...]:
        if not isinstance(found, Items):
            self.wrong("not_a_list", found.line, what=what)
            return ()
        if len(found.items) > MOST_PARTS:
            self.wrong("too_many", found.line, what=what, most=MOST_PARTS)
        return tuple(each(item, what) for item in found.items)

    def mapped(self, found: Tree, what: str, each: Callable[[Tree, str], Any]) -> dict[str, Any]:
        if not isinstance(found, Entries):
            self.wrong("not_a_mapping", found.line, what=what)
            return {}
        if len(found.entries) > MOST_NODES:
            self.wrong("too_many", found.line, what=what, most=MOST_NODES)
        return {self.key(key, found): each(value, key) for key, value in found.entries.items()}

    def key(self, key: str, found: Entries) -> str:
        if not is_name(key):
            self.wrong("not_a_name", found.lines[key], what=key[:LONGEST_NAME])
        return key

    # --- values ---

    def text(self, found: Tree, what: str) -> dict[str, Words]:
        return self.mapped(found, what, self.words_in_one_language)

    def words_in_one_language(self, found: Tree, what: str) -> Words | None:
        if isinstance(found, Scalar):
            return Words(self.words(found, what))
        words: Words | None = self.record(Words, found, what)
        return words

    def nodes(self, found: Tree, what: str) -> dict[str, Node]:
        read = self.mapped(found, what, self.a_node)
        self.node = ""
        return read

    def a_node(self, found: Tree, name: str) -> Node | None:
        self.node = name
        if not isinstance(found, Entries):
            self.wrong("not_a_mapping", found.line, what=name)
            return None
        before, wanted = len(self.problems), self.kind(found)
        if len(self.problems) > before:
            return None
        rest = {key: value for key, value in found.entries.items() if key != "kind"}
        node: Node | None = self.record(wanted, Entries(found.line, rest, found.lines), name)
        return node

    def kind(self, found: Entries) -> type[Node]:
        if "kind" not in found.entries:
            self.wrong("missing", found.line, what="kind")
            return End
        return NODES[self.one_of(found.entries["kind"], "kind", tuple(NODES))]

    def also(self, found: Tree, what: str) -> dict[str, Any]:
        """Words by language; of a flow, by what they do and then by language."""
        if isinstance(found, Entries) and any(isinstance(one, Entries) for one in found.entries.values()):
            return self.mapped(found, what, self.also)
        return self.mapped(found, what, lambda one, name: self.listed(one, name, self.words))


def is_name(value: str) -> bool:
    return len(value) <= LONGEST_NAME and bool(_NAME.fullmatch(value))


def _required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


# What may be left out although the dataclass asks for it.
_EMPTY: Mapping[tuple[type[Any], str], Any] = {(Case, "value"): "", (Flow, "title"): "", (Choice, "text"): {}}
_FLOW_NAMES = {"slug": "flow"}

_Value = Callable[[Reader, Tree, str], Any]


def _whole(least: int, most: int) -> _Value:
    return lambda reader, found, what: reader.number(found, what, least, most)


def one_of(kind: type[StrEnum]) -> _Value:
    return lambda reader, found, what: kind(reader.one_of(found, what, tuple(kind)))


def _list_of(each: _Value) -> _Value:
    return lambda reader, found, what: reader.listed(found, what, lambda one, name: each(reader, one, name))


def _map_of(each: _Value) -> _Value:
    return lambda reader, found, what: reader.mapped(found, what, lambda one, name: each(reader, one, name))


def _records(kind: type[Any]) -> _Value:
    return _list_of(lambda reader, found, what: reader.record(kind, found, what))


READERS: dict[str, _Value] = {
    "slug": Reader.name,
    "title": Reader.words,
    "languages": _list_of(Reader.name),
    "media": _list_of(one_of(Medium)),
    "start": Reader.name,
    "nodes": Reader.nodes,
    "danger": Reader.name,
    "danger_key": Reader.words,
    "recorded": Reader.yes_or_no,
    "phrases": _map_of(Reader.text),
    "also": Reader.also,
    "extra": _map_of(Reader.words),
    "text": Reader.text,
    "short": Reader.words,
    "recording": Reader.name,
    "to": Reader.name,
    "otherwise": Reader.name,
    "choices": _records(Choice),
    "cases": _records(Case),
    "id": Reader.name,
    "key": _whole(0, 9),
    "keeps": Reader.name,
    "tries": _whole(1, 9),
    "wants": one_of(Wanted),
    "least": _whole(-_BOUND, _BOUND),
    "most": _whole(-_BOUND, _BOUND),
    "seconds": _whole(1, 3_600),
    "what": Reader.name,
    "test": one_of(Test),
    "value": Reader.words,
    "values": _map_of(Reader.words),
    "code": Reader.name,
    "category": Reader.name,
    "none": Reader.name,
    "open": Reader.name,
    "closed": Reader.name,
    "skill": Reader.name,
    "risk": lambda reader, found, what: reader.one_of(found, what, _RISKS),
    "same_language": Reader.yes_or_no,
    "flow": Reader.name,
}

# --- writing ---------------------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    if isinstance(value, Words):
        rest = {key: one for key, one in _fields(value).items() if key != "text"}
        return {"text": value.text, **rest} if rest else value.text
    if is_dataclass(value):
        return _fields(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, StrEnum) else value


def _fields(record: Any) -> dict[str, Any]:
    """Without what is as it is when nothing is said."""
    return {
        field.name: _plain(value)
        for field in fields(record)
        if (value := getattr(record, field.name)) != _usual(type(record), field)
        and field.name not in {"name", "nodes"}
    }


def _usual(kind: type[Any], field: Field[Any]) -> Any:
    if field.default is not MISSING:
        return field.default
    return (
        field.default_factory()
        if field.default_factory is not MISSING
        else _EMPTY.get((kind, field.name), MISSING)
    )


def _plain_node(node: Node) -> dict[str, Any]:
    return {"kind": node.kind, **_fields(node)}


class _Dumper(yaml.SafeDumper):
    """What is short on one line, long texts as blocks, no references, no quotes where none are needed."""

    def ignore_aliases(self, data: Any) -> bool:
        return data is not None

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless and flow)


_LINE = 90


def _as_words(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    """Values are words to us; a tag of another kind only keeps the quotes away."""
    if value in _YES:
        return dumper.represent_scalar("tag:yaml.org,2002:bool", value)
    if _DIGITS.fullmatch(value):
        return dumper.represent_scalar("tag:yaml.org,2002:int", value)
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


def _as_list(dumper: yaml.SafeDumper, value: list[Any]) -> yaml.SequenceNode:
    parts = [_entry(one) for one in value]
    return dumper.represent_sequence("tag:yaml.org,2002:seq", parts, not any(map(_is_map, value)))


def _entry(value: Any) -> Any:
    if not _is_map(value):
        return value
    return _Entry({key: _Entry(one) if _is_map(one) else one for key, one in value.items()})


def _is_map(value: Any) -> bool:
    return isinstance(value, dict)


def _as_entry(dumper: yaml.SafeDumper, value: "_Entry") -> yaml.MappingNode:
    return dumper.represent_mapping("tag:yaml.org,2002:map", dict(value), len(str(value)) <= _LINE)


class _Entry(dict[str, Any]):
    """A choice or a case: one of several that are alike."""


_Dumper.add_representer(str, _as_words)
_Dumper.add_representer(list, _as_list)
_Dumper.add_representer(_Entry, _as_entry)
