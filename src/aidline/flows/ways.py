"""Checks of where a flow leads: nothing dangles, nothing is cut off, nothing goes round without an answer."""

from collections.abc import Iterator, Mapping

from aidline.flows import answers
from aidline.flows.known import Known
from aidline.flows.language import (
    Ask,
    End,
    Flow,
    HandOver,
    Information,
    Medium,
    Menu,
    Node,
    SubFlow,
    Vouchers,
)
from aidline.flows.nodes import DEPTH
from aidline.flows.problems import Problem
from aidline.flows.routes import reached, targets

_NEEDED = ("to", "otherwise", "none", "open", "closed")


def check(flow: Flow, known: Known) -> Iterator[Problem]:
    dangling = list(_dangling(flow))
    yield from dangling
    if not dangling:
        yield from _cut_off(flow)
        yield from _dead_ends(flow)
        yield from _circles(flow, known)


def _dangling(flow: Flow) -> Iterator[Problem]:
    for what in filter(None, (flow.start or "start", flow.danger)):
        if what not in flow.nodes:
            yield Problem("unknown_target", details={"what": what})
    for node in flow.nodes.values():
        for name in dict.fromkeys(targets(node)):
            if name not in flow.nodes:
                yield Problem("unknown_target", node.name, details={"what": name})
        for name in _NEEDED:
            if getattr(node, name, "-") == "" and not isinstance(node, HandOver):
                yield Problem("missing", node.name, details={"what": name})
        for part in (*getattr(node, "choices", ()), *getattr(node, "cases", ())):
            if not part.to:
                yield Problem("missing", node.name, details={"what": "to"})


def _cut_off(flow: Flow) -> Iterator[Problem]:
    found = set(reached(flow, flow.start)) | set(reached(flow, flow.danger))
    return (Problem("unreachable", name) for name in flow.nodes if name not in found)


def _dead_ends(flow: Flow) -> Iterator[Problem]:
    """A flow inside this one comes back, so it is no end by itself."""
    good = {name for name, node in flow.nodes.items() if isinstance(node, HandOver | End)}
    while more := {
        name
        for name, node in flow.nodes.items()
        if name not in good and any(target in good for target in targets(node))
    }:
        good |= more
    return (Problem("dead_end", name) for name in flow.nodes if name not in good)


# --- circles -----------------------------------------------------------------------------------------------


def _circles(flow: Flow, known: Known) -> Iterator[Problem]:
    """In each medium: what cannot be asked on the phone is passed by there."""
    told: set[frozenset[str]] = set()
    for medium in flow.media or tuple(Medium):
        ways = {name: _passes(node, medium, known) for name, node in flow.nodes.items()}
        for circle in _circles_in(ways):
            if frozenset(circle) not in told:
                told.add(frozenset(circle))
                yield Problem("circle", circle[0], details={"what": " → ".join((*circle, circle[0]))})


def _passes(node: Node, medium: Medium, known: Known) -> list[str]:
    """Where it may go on to without anybody having answered."""
    if isinstance(node, Menu | End):
        return []
    if isinstance(node, HandOver):  # where nobody can come, a caller goes on at once
        return [node.otherwise] if medium is Medium.PHONE and node.otherwise else []
    if isinstance(node, Ask):
        return [] if answers.possible(node.wants, medium) else [node.otherwise]
    if isinstance(node, Information):
        return [node.none]
    if isinstance(node, Vouchers):  # a known holder is told and goes on
        return [node.to]
    if isinstance(node, SubFlow):
        return [node.to] if _passes_through(node.flow, medium, known, frozenset()) else []
    return list(targets(node))


def _passes_through(slug: str, medium: Medium, known: Known, above: frozenset[str]) -> bool:
    """Whether a flow can come to its end without asking. One that we do not see is taken at its best."""
    flow = (known.flows or {}).get(slug)
    if flow is None or slug in above:
        return False
    seen, waiting = {flow.start}, [flow.start]
    while waiting:
        node = flow.nodes.get(waiting.pop())
        if isinstance(node, End):
            return True
        if isinstance(node, SubFlow) and not _passes_through(node.flow, medium, known, above | {slug}):
            continue
        further = [node.to] if isinstance(node, SubFlow) else _passes(node, medium, known) if node else []
        waiting += [name for name in further if name not in seen]
        seen.update(further)
    return False


def _circles_in(ways: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """One circle for each node at which going deeper comes back; without recursion, as flows may be long."""
    done: set[str] = set()
    for start in ways:
        path, turns = [start], [iter(ways[start])]
        while path and start not in done:
            name = next(turns[-1], None)
            if name is None:
                turns.pop()
                done.add(path.pop())
            elif name in path:
                yield path[path.index(name) :]
            elif name in ways and name not in done:
                path.append(name)
                turns.append(iter(ways[name]))


# --- flows inside flows --------------------------------------------------------------------------------------


def check_depth(flow: Flow, node: SubFlow, flows: Mapping[str, Flow]) -> Iterator[Problem]:
    level, above = {node.flow}, {flow.slug}
    for _depth in range(DEPTH):
        level = {inner for slug in level if slug in flows for inner in _inside(flows[slug])}
        if not level:
            return
        if level & above:
            yield Problem("flow_in_itself", node.name, details={"what": flow.slug})
            return
    yield Problem("flow_too_deep", node.name, details={"most": DEPTH})


def _inside(flow: Flow) -> set[str]:
    return {node.flow for node in flow.nodes.values() if isinstance(node, SubFlow)}
