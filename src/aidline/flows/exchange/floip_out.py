"""Writing flows as a FLOIP container, 1.0.0-rc4.

A flow that came from one gives back every block that still says what it said; what was changed here is written anew
under its old ids. Nodes that FLOIP does not know are written as what is nearest, with the node itself beside them
for our own way back.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from aidline.flows.exchange import expressions, plain, tongues
from aidline.flows.exchange.floip_in import GOODBYE, KEPT, Reader
from aidline.flows.exchange.losses import Report
from aidline.flows.exchange.resources import made_id, resource_of
from aidline.flows.language import (
    Ask,
    Branch,
    Case,
    End,
    Flow,
    HandOver,
    Hours,
    Information,
    Medium,
    Menu,
    Message,
    Node,
    Set,
    SubFlow,
    Test,
    Text,
    Topic,
    Vouchers,
    Wanted,
    Words,
)

VERSION = "1.0.0-rc4"
TIMEOUT = 86_400
_MODES: Mapping[Medium, str] = {Medium.CHAT: "RICH_MESSAGING", Medium.SMS: "SMS", Medium.PHONE: "IVR"}
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Exported:
    container: Json
    report: Report

    def text(self) -> str:
        return json.dumps(self.container, ensure_ascii=False, indent=2) + "\n"


def write(flows: Sequence[Flow], at: datetime) -> Exported:
    report = Report()
    ids = {flow.slug: str(_kept(flow).get("flow", {}).get("uuid") or made_id(flow.slug)) for flow in flows}
    first: Json = next((_kept(flow)["container"] for flow in flows if _kept(flow)), {})
    container: Json = {
        "specification_version": VERSION,
        "uuid": made_id("container", *sorted(ids)),
        "name": flows[0].title,
        **first,
        "flows": [_Writer(flow, ids, report).flow(at) for flow in flows],
    }
    return Exported(container, report)


def _kept(flow: Flow) -> Json:
    try:
        kept = json.loads(flow.extra.get(KEPT, "{}"))
        return kept if isinstance(kept.get("flow"), dict) else {}
    except (ValueError, AttributeError):
        return {}


@dataclass(slots=True)
class _Writer:
    source: Flow
    ids: Mapping[str, str]  # of flows, by slug
    report: Report
    before: Reader | None = None
    blocks: dict[str, Json] = field(default_factory=dict)  # as they came, by node
    resources: dict[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        raw = _kept(self.source).get("flow")
        if raw:
            slugs = {uuid: slug for slug, uuid in self.ids.items()}
            self.before = Reader(raw, slugs, Report())
            self.blocks = {self.before.names[str(block["uuid"])]: block for block in raw["blocks"]}
            self.resources = {str(one["uuid"]): dict(one) for one in raw.get("resources", ())}

    def flow(self, at: datetime) -> Json:
        raw = self.before.raw if self.before else {}
        blocks = [self._block(node) for node in self._nodes()]
        ours = {"slug": self.source.slug, "danger": self.source.danger, "danger_key": self.source.danger_key}
        return {
            "interaction_timeout": TIMEOUT,
            **raw,
            "uuid": self.ids[self.source.slug],
            "name": str(raw.get("name") or self.source.title).ljust(3),
            "label": self.source.title,
            "last_modified": at.isoformat(),
            "supported_modes": self._modes(raw),
            "languages": self._languages(raw),
            "blocks": blocks,
            "first_block_id": self.id_of(self.source.start),
            "resources": list(self.resources.values()),
            "vendor_metadata": {**(raw.get("vendor_metadata") or {}), "aidline": ours},
        }

    def _nodes(self) -> list[Node]:
        """The first one first; an end without words is no block, and a branch that belongs to a question neither."""
        nodes = self.source.nodes
        made = set(self._made_branches())
        shown = [name for name in nodes if name not in made and not _silent_end(nodes[name])]
        shown.sort(key=lambda name: name != self.source.start)
        return [nodes[name] for name in shown]

    def _made_branches(self) -> list[str]:
        if not self.before:
            return []
        for block in self.blocks.values():
            self.before.node(block)
        return [
            name
            for name, node in self.before.more.items()
            if self.source.nodes.get(name) == node and self._same(name.removesuffix("_ways"))
        ]

    def _same(self, name: str) -> bool:
        """The node still says what the block said that it was read from."""
        node = self.source.nodes.get(name)
        if self.before is None or name not in self.blocks or node is None:
            return False
        return self.before.node(self.blocks[name]) == node and all(
            self.source.nodes.get(more) == made
            for more, made in self.before.more.items()
            if more == f"{name}_ways"
        )

    def _block(self, node: Node) -> Json:
        raw = self.blocks.get(node.name, {})
        if raw and self._same(node.name):
            return dict(raw)
        ours = {**_more(node), **({"name": node.name} if _word(node.name) != node.name else {})}
        body = _WRITERS[type(node)](self, node)
        carried: Json = {
            key: raw[key] for key in ("label", "semantic_label", "tags", "ui_metadata") if key in raw
        }
        vendor = {**(raw.get("vendor_metadata") or {}), **({"aidline": ours} if ours else {})}
        return {
            "uuid": self.id_of(node.name),
            "name": str(raw.get("name") or _word(node.name)),
            **carried,
            **body,
            **({"vendor_metadata": vendor} if vendor else {}),
        }

    def id_of(self, name: str) -> str:
        return str(self.blocks[name]["uuid"]) if name in self.blocks else made_id(self.source.slug, name)

    def exit(self, node: str, name: str, to: str, test: str = "") -> Json:
        end = to in ("", GOODBYE) or _silent_end(self.source.nodes.get(to))
        return {
            "uuid": made_id(self.source.slug, node, name),
            "name": name,
            **({"test": test} if test else {"default": True}),
            **({} if end else {"destination_block": self.id_of(to)}),
        }

    def text(self, text: Text, *where: str) -> str:
        uuid = made_id(self.source.slug, *where)
        self.resources[uuid] = resource_of(text, uuid)
        return uuid

    def _modes(self, raw: Mapping[str, Any]) -> list[str]:
        if self.before and raw and self.before.media() == self.source.media:
            return list(raw["supported_modes"])
        return [_MODES[medium] for medium in self.source.media]

    def _languages(self, raw: Mapping[str, Any]) -> list[Json]:
        if self.before and tuple(dict.fromkeys(self.before.tongue.values())) == self.source.languages:
            return list(raw["languages"])
        return [
            {"id": tongues.three(code), "iso_639_3": tongues.three(code), "bcp_47": code}
            for code in self.source.languages
        ]


def _silent_end(node: Node | None) -> bool:
    return isinstance(node, End) and not any(words.text or words.recording for words in node.text.values())


def _word(name: str) -> str:
    word = re.sub(r"\W", "_", name)
    return word if word[:1].isalpha() or word.startswith("_") else f"_{word}"


def _more(node: Node) -> Json:
    """What FLOIP has no place for."""
    if isinstance(node, plain.OURS):
        return {"node": plain.plain(node)}
    more: Json = {}
    if isinstance(node, Menu | Ask):
        more |= {"tries": node.tries} if node.tries != 1 else {}
        more |= {"keeps": node.keeps} if node.keeps not in (node.name, "language") else {}
    if isinstance(node, Ask) and node.wants is Wanted.VOICE:
        more["wants"] = Wanted.VOICE.value
    return more


# --- one writer for each kind of node --------------------------------------------------------------------


def _body(kind: str, config: Json, *exits: Json) -> Json:
    return {"type": kind, "config": config, "exits": list(exits)}


def _message(writer: _Writer, node: Message) -> Json:
    prompt = writer.text(node.text, node.name, "text")
    return _body("MobilePrimitives.Message", {"prompt": prompt}, writer.exit(node.name, "Default", node.to))


def _end(writer: _Writer, node: End) -> Json:
    prompt = writer.text(node.text, node.name, "text")
    return _body("MobilePrimitives.Message", {"prompt": prompt}, writer.exit(node.name, "Default", ""))


def _menu(writer: _Writer, node: Menu) -> Json:
    prompt = writer.text(node.text, node.name, "text")
    speaks = node.keeps == "language"
    names = [tongues.three(choice.id) if speaks else choice.id for choice in node.choices]
    config: Json = {
        "prompt": prompt,
        "question_prompt": prompt,
        "choices": [_choice(writer, node, place, name) for place, name in enumerate(names)],
        "digit_prompts": [_digit(writer, node, place) for place in range(len(names))],
    }
    if speaks:
        config["set_contact_property"] = [{"property_key": "language", "property_value": "@block.value"}]
    tests = [
        writer.exit(node.name, name, choice.to, _is("", name))
        for name, choice in zip(names, node.choices, strict=True)
    ]
    otherwise = writer.exit(node.name, "Default", node.otherwise)
    return _body("MobilePrimitives.SelectOneResponse", config, *tests, otherwise)


def _choice(writer: _Writer, node: Menu, place: int, name: str) -> Json:
    choice = node.choices[place]
    ivr = {"ivr_test": {"test_expression": f"block.response = '{choice.key}'"}} if choice.key else {}
    tests = [
        {"language": tongues.three(code), "test_expression": f"block.response = '{word}'"}
        for code, words in choice.also.items()
        for word in words
    ]
    prompt = writer.text(choice.text, node.name, "choice", choice.id)
    return {"name": name, "prompt": prompt, **ivr, **({"text_tests": tests} if tests else {})}


def _digit(writer: _Writer, node: Menu, place: int) -> str:
    key = str(node.choices[place].key or place + 1)
    return writer.text({code: Words(key) for code in writer.source.languages}, node.name, "digit", key)


def _is(what: str, value: str) -> str:
    return expressions.write(expressions.Condition(what, Test.IS, value))


_ASKED: Mapping[Wanted, str] = {
    Wanted.TEXT: "MobilePrimitives.OpenResponse",
    Wanted.VOICE: "MobilePrimitives.OpenResponse",
    Wanted.NUMBER: "MobilePrimitives.NumericResponse",
    Wanted.LOCATION: "SmartDevices.LocationResponse",
    Wanted.PHOTO: "SmartDevices.PhotoResponse",
}


def _ask(writer: _Writer, node: Ask) -> Json:
    config: Json = {"prompt": writer.text(node.text, node.name, "text")}
    if node.wants is Wanted.NUMBER:
        bounds = {"validation_minimum": node.least, "validation_maximum": node.most}
        config |= {key: value for key, value in bounds.items() if value is not None}
        config |= {"ivr": {"max_digits": len(str(node.most))}} if node.most is not None else {}
    if node.wants in (Wanted.TEXT, Wanted.VOICE):
        config["ivr"] = {"max_duration_seconds": node.seconds}
    known = "has_number(block.value)" if node.wants is Wanted.NUMBER else "has_text(block.value)"
    answered = writer.exit(node.name, "Answered", node.to, known)
    return _body(_ASKED[node.wants], config, answered, writer.exit(node.name, "Default", node.otherwise))


def _branch(writer: _Writer, node: Branch) -> Json:
    exits = [
        writer.exit(node.name, f"Case {place}", case.to, expressions.write(_condition(case)))
        for place, case in enumerate(node.cases, 1)
    ]
    return _body("Core.Case", {}, *exits, writer.exit(node.name, "Default", node.otherwise))


def _condition(case: Case) -> expressions.Condition:
    return expressions.Condition(case.what, case.test, case.value)


def _set(writer: _Writer, node: Set) -> Json:
    rows = [
        {"property_key": key, "property_value": tongues.three(value) if key == "language" else value}
        for key, value in node.values.items()
    ]
    exit_ = writer.exit(node.name, "Default", node.to)
    return _body("Core.SetContactProperty", {"set_contact_property": rows}, exit_)


def _sub_flow(writer: _Writer, node: SubFlow) -> Json:
    if node.flow not in writer.ids:
        writer.report.lose(node.name, "flow-missing", node.flow)
    config = {"flow_id": writer.ids.get(node.flow) or made_id(node.flow)}
    return _body("Core.RunFlow", config, writer.exit(node.name, "Default", node.to))


def _topic(writer: _Writer, node: Topic) -> Json:
    writer.report.note(node.name, "not-native")
    return _body("Core.Output", {"value": node.code}, writer.exit(node.name, "Default", node.to))


def _information(writer: _Writer, node: Information | Vouchers) -> Json:
    writer.report.lose(node.name, "not-native")
    shown = Message(node.name, node.text, node.to)
    return _message(writer, shown)


def _hours(writer: _Writer, node: Hours) -> Json:
    writer.report.lose(node.name, "not-native")
    opened = writer.exit(node.name, "Open", node.open, "flow.open = 'true'")
    return _body("Core.Case", {}, opened, writer.exit(node.name, "Default", node.closed))


def _hand_over(writer: _Writer, node: HandOver) -> Json:
    writer.report.lose(node.name, "not-native")
    return _message(writer, Message(node.name, node.text, node.otherwise))


_WRITERS: Mapping[type[Node], Callable[[_Writer, Any], Json]] = {
    Message: _message,
    End: _end,
    Menu: _menu,
    Ask: _ask,
    Branch: _branch,
    Set: _set,
    SubFlow: _sub_flow,
    Topic: _topic,
    Information: _information,
    Vouchers: _information,
    Hours: _hours,
    HandOver: _hand_over,
}


def without_origin(flow: Flow) -> Flow:
    """The flow as if it had been written here: nothing of the file it came from is kept."""
    return replace(flow, extra={key: value for key, value in flow.extra.items() if key != KEPT})
