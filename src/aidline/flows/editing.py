"""Changing a flow step by step: pure. A step that is renamed or removed is so everywhere it is named."""

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any, TypeVar

from aidline.flows.language import Branch, Flow, Menu, Node

LINKS = ("to", "otherwise", "none", "open", "closed")  # fields that name a step
Row = TypeVar("Row")


def put(flow: Flow, node: Node, was: str = "") -> Flow:
    """In place of the step `was`, under whatever name it has now, or after all others."""
    if was not in flow.nodes:
        return replace(flow, nodes={**flow.nodes, node.name: node})
    nodes = {(node.name if name == was else name): old for name, old in flow.nodes.items()}
    return _renamed(replace(flow, nodes={**nodes, node.name: node}), was, node.name)


def remove(flow: Flow, name: str) -> Flow:
    """What led there leads nowhere, which the checks will say."""
    nodes = {other: node for other, node in flow.nodes.items() if other != name}
    return _renamed(replace(flow, nodes=nodes), name, "")


def move(flow: Flow, name: str, by: int) -> Flow:
    """The order is for the eye alone."""
    names = list(flow.nodes)
    place = names.index(name)
    names.insert(max(0, place + by), names.pop(place))
    return replace(flow, nodes={one: flow.nodes[one] for one in names})


def _renamed(flow: Flow, old: str, new: str) -> Flow:
    if old == new or not old:
        return flow
    return replace(
        flow,
        start=new if flow.start == old else flow.start,
        danger=new if flow.danger == old else flow.danger,
        nodes={name: _relinked(node, old, new) for name, node in flow.nodes.items()},
    )


def _relinked(node: Node, old: str, new: str) -> Node:
    changes: dict[str, Any] = {
        field.name: new for field in fields(node) if field.name in LINKS and getattr(node, field.name) == old
    }
    if isinstance(node, Menu):
        changes["choices"] = tuple(_to(choice, old, new) for choice in node.choices)
    if isinstance(node, Branch):
        changes["cases"] = tuple(_to(case, old, new) for case in node.cases)
    return replace(node, **changes)


def _to(part: Any, old: str, new: str) -> Any:
    return replace(part, to=new) if part.to == old else part


def links(node: Node) -> list[tuple[str, str]]:
    """Where a step leads, and by what: the field, or the id of a choice."""
    found = [(field.name, getattr(node, field.name)) for field in fields(node) if field.name in LINKS]
    if isinstance(node, Menu):
        found = [(choice.id, choice.to) for choice in node.choices] + found
    if isinstance(node, Branch):
        found = [(f"{case.what} {case.test} {case.value}", case.to) for case in node.cases] + found
    return [(by, to) for by, to in found if to]


def moved(listed: Iterable[Row], place: int, by: int) -> tuple[Row, ...]:
    rows = list(listed)
    if 0 <= place < len(rows) and 0 <= place + by < len(rows):
        rows.insert(place + by, rows.pop(place))
    return tuple(rows)
