"""Which way leads where in a flow."""

from collections import deque
from collections.abc import Iterator

from aidline.flows.language import Ask, Flow, HandOver, Information, Menu, Node

_WAYS = ("to", "otherwise", "none", "open", "closed")  # fields of nodes that name another node
_LISTS = ("choices", "cases")


def targets(node: Node) -> Iterator[str]:
    """The names of the nodes that may come next, empty ones left out."""
    for name in _WAYS:
        if way := getattr(node, name, ""):
            yield way
    for name in _LISTS:
        yield from (part.to for part in getattr(node, name, ()))


def reached(flow: Flow, start: str) -> Iterator[str]:
    """The nodes that can be reached from `start`, nearest first, itself included."""
    seen, waiting = {start}, deque([start])
    while waiting:
        name = waiting.popleft()
        if name not in flow.nodes:
            continue
        yield name
        for target in targets(flow.nodes[name]):
            if target not in seen:
                seen.add(target)
                waiting.append(target)


def nearest_person(flow: Flow, start: str) -> HandOver | None:
    """The hand-over that comes first from here, or any; the one for danger only serves danger."""
    for name in (*reached(flow, start), *flow.nodes):
        node = flow.nodes[name]
        if isinstance(node, HandOver) and name != flow.danger:
            return node
    return None


def leads_to_person(flow: Flow, start: str) -> bool:
    """Without anything being asked on the way."""
    seen, waiting = {start}, deque([start])
    while waiting:
        name = waiting.popleft()
        node = flow.nodes.get(name)
        if isinstance(node, HandOver) and name != flow.danger:
            return True
        if node and not isinstance(node, Menu | Ask | Information):
            fresh = set(targets(node)) - seen
            seen |= fresh
            waiting.extend(fresh)
    return False
