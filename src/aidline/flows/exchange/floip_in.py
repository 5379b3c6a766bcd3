"""Reading a FLOIP container.

Source: FLOIP Flow Specification 1.0.0-rc4 (github.com/FLOIP/flow-spec and the schemas beside its runner, read
2026-11-24). What a block says beyond what a node can hold is kept in `Flow.extra["floip"]`, so that it goes back as
it came (`floip_out`).
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from aidline.flows.exchange import expressions, plain, tongues
from aidline.flows.exchange.losses import NotReadable, Report
from aidline.flows.exchange.resources import text_of
from aidline.flows.language import (
    Ask,
    Branch,
    Case,
    Choice,
    End,
    Flow,
    Medium,
    Menu,
    Message,
    Node,
    Set,
    SubFlow,
    Test,
    Text,
    Wanted,
    Words,
)

KEPT = "floip"
GOODBYE = "floip_end"  # the node at which exits without a destination arrive
Raw = Mapping[str, Any]

_VERSIONS = re.compile(r"1\.0\.0-rc[1-9]$|1\.0\.0$")
_MEDIA: Mapping[str, Medium] = {
    "TEXT": Medium.SMS,
    "SMS": Medium.SMS,
    "USSD": Medium.SMS,
    "IVR": Medium.PHONE,
    "RICH_MESSAGING": Medium.CHAT,
}


@dataclass(slots=True)
class Imported:
    flows: tuple[Flow, ...]
    report: Report


def read(source: bytes | str) -> Imported:
    """Raises `NotReadable`."""
    try:
        container = json.loads(source)
    except (ValueError, RecursionError):
        raise NotReadable(_("This file is not JSON.")) from None
    if not isinstance(container, dict) or not _VERSIONS.match(str(container.get("specification_version"))):
        raise NotReadable(_("This is no FLOIP file of version 1.0.0."))
    report = Report()
    raw = [flow for flow in container.get("flows") or () if isinstance(flow, dict) and flow.get("blocks")]
    if not raw:
        raise NotReadable(_("There is no flow in this file."))
    shell = {key: value for key, value in container.items() if key != "flows"}
    try:
        slugs = _slugs(raw)
        return Imported(tuple(Reader(flow, slugs, report).flow(shell) for flow in raw), report)
    except (TypeError, AttributeError, LookupError, ValueError, RecursionError):
        raise NotReadable(_("A part of this file is not as FLOIP describes it.")) from None


def _slugs(flows: Sequence[Raw]) -> dict[str, str]:
    """Our name of each flow by its id, no name twice."""
    found: dict[str, str] = {}
    for flow in flows:
        ours = _ours(flow).get("slug") or slugify(str(flow.get("name")))[:36] or "flow"
        found[str(flow["uuid"])] = _unused(str(ours), set(found.values()), "-")
    return found


def _unused(name: str, taken: set[str], joint: str) -> str:
    numbered = (name if number == 1 else f"{name}{joint}{number}" for number in range(1, len(taken) + 2))
    return next(one for one in numbered if one not in taken)


def _ours(part: Raw) -> Raw:
    ours = (part.get("vendor_metadata") or {}).get("aidline")
    return ours if isinstance(ours, dict) else {}


@dataclass(slots=True)
class Reader:
    """One flow of a container. Also used on the way out, to see whether a kept block still says the same."""

    raw: Raw
    slugs: Mapping[str, str]
    report: Report
    names: dict[str, str] = field(default_factory=dict)  # node by block id
    tongue: dict[str, str] = field(default_factory=dict)  # our code by language id
    resources: dict[str, Raw] = field(default_factory=dict)
    more: dict[str, Node] = field(default_factory=dict)  # nodes that a block needs beside its own

    def __post_init__(self) -> None:
        for block in self.raw["blocks"]:
            name = str(_ours(block).get("name") or _word(str(block["name"])))
            self.names[str(block["uuid"])] = _unused(name, set(self.names.values()), "_")
        for language in self.raw.get("languages", ()):
            whole = language if isinstance(language, dict) else {"id": language, "iso_639_3": language}
            self.tongue[str(whole["id"])] = tongues.two(str(whole.get("iso_639_3") or whole["id"]))
        self.resources = {str(one["uuid"]): one for one in self.raw.get("resources", ())}

    def flow(self, container: Raw) -> Flow:
        ours = _ours(self.raw)
        nodes = {self.names[str(block["uuid"])]: self.node(block) for block in self.raw["blocks"]}
        nodes |= self.more
        nodes |= self._goodbye(nodes)
        first = str(self.raw.get("first_block_id") or self.raw["blocks"][0]["uuid"])
        self._tell_of_the_whole()
        return Flow(
            slug=self.slugs[str(self.raw["uuid"])],
            title=str(self.raw.get("label") or self.raw["name"]),
            languages=tuple(dict.fromkeys(self.tongue.values())) or ("en",),
            media=self.media(),
            start=self.names.get(first, next(iter(nodes))),
            nodes=nodes,
            danger=str(ours.get("danger", "")),
            danger_key=str(ours.get("danger_key", "*")),
            extra={KEPT: json.dumps({"container": container, "flow": self.raw}, ensure_ascii=False)},
        )

    def node(self, block: Raw) -> Node:
        name = self.names[str(block["uuid"])]
        native = plain.node_of(_ours(block).get("node") or {}, name)
        if native:
            return native
        self._tell_of_properties(block, name)
        return _READERS.get(str(block["type"]), _unknown)(self, block, name)

    # --- parts of a block --------------------------------------------------------------------------------

    def text(self, block: Raw, *keys: str) -> Text:
        config = block.get("config") or {}
        found = next((config[key] for key in keys if config.get(key)), None)
        return self.resource(found, self.names[str(block["uuid"])])

    def resource(self, name: Any, where: str) -> Text:
        if isinstance(name, str) and name not in self.resources and name:
            return {
                code: Words(name) for code in self.tongue.values()
            }  # a plain string where an id may stand
        text = text_of(self.resources.get(str(name)), self.tongue, where, self.report)
        if any(not (text.get(code) and text[code].text) for code in self.tongue.values()):
            self.report.lose(where, "text-missing")
        return text

    def to(self, exit_: Raw | None) -> str:
        return self.names.get(str((exit_ or {}).get("destination_block") or ""), GOODBYE)

    def default(self, block: Raw) -> str:
        exits = block.get("exits") or ()
        return self.to(next((one for one in exits if one.get("default")), exits[-1] if exits else None))

    def tested(self, block: Raw) -> list[tuple[Raw, expressions.Condition | None]]:
        exits = [one for one in block.get("exits") or () if not one.get("default")]
        return [(one, expressions.read(str(one["test"])) if one.get("test") else None) for one in exits]

    # --- the whole ---------------------------------------------------------------------------------------

    def _goodbye(self, nodes: Mapping[str, Node]) -> dict[str, Node]:
        if not any(GOODBYE in targets(node) for node in nodes.values()):
            return {}
        self.report.lose("", "no-goodbye")
        return {GOODBYE: End(GOODBYE, {})}

    def media(self) -> tuple[Medium, ...]:
        modes = [str(mode).upper() for mode in self.raw.get("supported_modes", ())]
        for mode in modes:
            if mode not in _MEDIA:
                self.report.note("", "mode-dropped", mode)
        return tuple(dict.fromkeys(_MEDIA[mode] for mode in modes if mode in _MEDIA)) or (Medium.CHAT,)

    def _tell_of_the_whole(self) -> None:
        if self.raw.get("interaction_timeout"):
            self.report.note("", "timeout-kept", str(self.raw["interaction_timeout"]))
        for code in self.tongue.values():
            if not tongues.known(code):
                self.report.note("", "language-unknown", code)

    def _tell_of_properties(self, block: Raw, name: str) -> None:
        if block["type"] == "Core.SetContactProperty" or is_language_menu(block):
            return
        if (block.get("config") or {}).get("set_contact_property"):
            self.report.lose(name, "property-kept")


def targets(node: Node) -> list[str]:
    match node:
        case Menu():
            return [*(choice.to for choice in node.choices), node.otherwise]
        case Branch():
            return [*(case.to for case in node.cases), node.otherwise]
        case Ask():
            return [node.to, node.otherwise]
    ways = ("to", "none", "open", "closed", "otherwise")
    return [str(getattr(node, way)) for way in ways if getattr(node, way, "")]


def is_language_menu(block: Raw) -> bool:
    kept = properties(block)
    return block["type"] == "MobilePrimitives.SelectOneResponse" and any(
        key == "language" and "block.value" in value for key, value in kept
    )


def properties(block: Raw) -> list[tuple[str, str]]:
    raw = (block.get("config") or {}).get("set_contact_property") or ()
    rows = [raw] if isinstance(raw, dict) else raw
    return [(str(one["property_key"]), str(one["property_value"])) for one in rows]


def _word(name: str) -> str:
    return re.sub(r"\W", "_", name.strip().lower())[:40] or "step"


# --- one reader for each kind of block -------------------------------------------------------------------


def _message(reader: Reader, block: Raw, name: str) -> Node:
    text, to = reader.text(block, "prompt", "message"), reader.default(block)
    return End(name, text) if to == GOODBYE else Message(name, text, to)


def _select_one(reader: Reader, block: Raw, name: str) -> Node:
    ours, speaks = _ours(block), is_language_menu(block)
    ways = _ways(reader, block, name)
    otherwise = reader.default(block)
    choices = tuple(_choice(reader, raw, ways, otherwise, name, speaks) for raw in _raw_choices(block))
    return Menu(
        name,
        reader.text(block, "question_prompt", "prompt"),
        choices,
        otherwise,
        keeps="language" if speaks else str(ours.get("keeps", name)),
        tries=int(ours.get("tries", 1)),
    )


def _raw_choices(block: Raw) -> list[Raw]:
    """A list since rc3; before, resources by name."""
    choices = (block.get("config") or {}).get("choices") or ()
    if isinstance(choices, dict):
        return [{"name": name, "prompt": prompt} for name, prompt in choices.items()]
    return list(choices)


def _ways(reader: Reader, block: Raw, name: str) -> dict[str, str]:
    """Where each answer leads: "" is any answer at all."""
    ways: dict[str, str] = {}
    for exit_, condition in reader.tested(block):
        if condition and condition.test is Test.IS and condition.what in ("", name):
            ways.setdefault(condition.value, reader.to(exit_))
        elif (condition and condition.test is Test.KNOWN) or str(exit_.get("test", "true")).lower() == "true":
            ways.setdefault("", reader.to(exit_))
        else:
            reader.report.lose(name, "exit-unknown", str(exit_.get("test", "")))
    return ways


def _choice(
    reader: Reader, raw: Raw, ways: Mapping[str, str], otherwise: str, name: str, speaks: bool
) -> Choice:
    id_ = str(raw["name"])
    text = reader.resource(raw.get("prompt") or id_, name)
    return Choice(
        id=tongues.two(id_) if speaks else id_,
        text=text,
        to=ways.get(id_, ways.get("", otherwise)),
        key=_key(reader, raw, name),
        also=_synonyms(reader, raw, name),
    )


def _key(reader: Reader, raw: Raw, name: str) -> int:
    test = _test(raw.get("ivr_test"))
    found = expressions.read(test) if test else None
    if test and not (found and found.value.isdigit()):
        reader.report.lose(name, "test-unknown", test)
    return int(found.value) if found and found.value.isdigit() and 1 <= int(found.value) <= 9 else 0


def _synonyms(reader: Reader, raw: Raw, name: str) -> dict[str, tuple[str, ...]]:
    words: dict[str, list[str]] = {}
    for one in raw.get("text_tests") or ():
        test = _test(one)
        found = expressions.read(test)
        if not found or found.test is not Test.IS:
            reader.report.lose(name, "test-unknown", test)
            continue
        code = (
            tongues.two(str(one.get("language") or one.get("language_id") or ""))
            if isinstance(one, dict)
            else ""
        )
        words.setdefault(code or next(iter(reader.tongue.values()), "en"), []).append(found.value)
    return {code: tuple(dict.fromkeys(found)) for code, found in words.items()}


def _test(raw: Any) -> str:
    return str(raw.get("test_expression", "")) if isinstance(raw, dict) else str(raw or "")


def _select_many(reader: Reader, block: Raw, name: str) -> Node:
    reader.report.lose(name, "many-as-text")
    return _asked(reader, block, name, Wanted.TEXT)


def _numeric(reader: Reader, block: Raw, name: str) -> Node:
    config = block.get("config") or {}
    return _asked(
        reader,
        block,
        name,
        Wanted.NUMBER,
        least=_whole(config.get("validation_minimum")),
        most=_whole(config.get("validation_maximum")),
    )


def _whole(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _open(reader: Reader, block: Raw, name: str) -> Node:
    config = block.get("config") or {}
    seconds = (config.get("ivr") or {}).get("max_duration_seconds")
    spoken = _ours(block).get("wants") == Wanted.VOICE or reader.media() == (Medium.PHONE,)
    wants = Wanted.VOICE if spoken else Wanted.TEXT
    return _asked(reader, block, name, wants, seconds=_whole(seconds) or 180)


def _location(reader: Reader, block: Raw, name: str) -> Node:
    return _asked(reader, block, name, Wanted.LOCATION)


def _photo(reader: Reader, block: Raw, name: str) -> Node:
    return _asked(reader, block, name, Wanted.PHOTO)


def _asked(
    reader: Reader,
    block: Raw,
    name: str,
    wants: Wanted,
    *,
    least: int | None = None,
    most: int | None = None,
    seconds: int = 180,
) -> Node:
    """Ways out that hang on the answer become a branch behind the question."""
    ours = _ours(block)
    keeps, otherwise = str(ours.get("keeps", name)), reader.default(block)
    text = reader.text(block, "question_prompt", "prompt")
    to = _after(reader, block, name, keeps, otherwise)
    tries = int(ours.get("tries", 1))
    return Ask(name, text, wants, to, otherwise, keeps, least, most, seconds, tries)


def _after(reader: Reader, block: Raw, name: str, keeps: str, otherwise: str) -> str:
    cases, answered = [], otherwise
    for exit_, condition in reader.tested(block):
        if (condition and condition.test is Test.KNOWN) or str(exit_.get("test", "true")).lower() == "true":
            answered = reader.to(exit_)
        elif condition:
            what = keeps if condition.what in ("", name) else condition.what
            cases.append(Case(what, condition.test, condition.value, reader.to(exit_)))
        else:
            reader.report.lose(name, "exit-unknown", str(exit_.get("test", "")))
    if not cases:
        return answered
    branch = f"{name}_ways"
    reader.more[branch] = Branch(branch, tuple(cases), answered)
    return branch


def _case(reader: Reader, block: Raw, name: str) -> Node:
    cases = []
    for exit_, condition in reader.tested(block):
        if condition is None:
            reader.report.lose(name, "test-unknown", str(exit_.get("test", "")))
            continue
        cases.append(Case(condition.what, condition.test, condition.value, reader.to(exit_)))
    return Branch(name, tuple(cases), reader.default(block))


def _run_flow(reader: Reader, block: Raw, name: str) -> Node:
    wanted = str((block.get("config") or {}).get("flow_id", ""))
    if wanted not in reader.slugs:
        reader.report.lose(name, "flow-missing", wanted)
    return SubFlow(name, reader.slugs.get(wanted, wanted), reader.default(block))


def _set(reader: Reader, block: Raw, name: str) -> Node:
    values = dict(properties(block))
    return Set(name, _constants(reader, name, values), reader.default(block))


def _output(reader: Reader, block: Raw, name: str) -> Node:
    value = str((block.get("config") or {}).get("value", ""))
    return Set(name, _constants(reader, name, {name: value}), reader.default(block))


def _constants(reader: Reader, name: str, values: Mapping[str, str]) -> dict[str, str]:
    for value in values.values():
        if value.startswith("@") and not value.startswith("@@"):
            reader.report.lose(name, "property-expression", value)
    languages = {key: tongues.two(value) for key, value in values.items() if key == "language"}
    return {**values, **languages}


def _kept(reader: Reader, block: Raw, name: str) -> Node:
    reader.report.note(name, "block-kept", str(block["type"]))
    return Set(name, {}, reader.default(block))


def _unknown(reader: Reader, block: Raw, name: str) -> Node:
    reader.report.lose(name, "block-unknown", str(block["type"]))
    return Set(name, {}, reader.default(block))


_READERS: Mapping[str, Callable[[Reader, Raw, str], Node]] = {
    "Core.Log": _kept,
    "Core.Case": _case,
    "Core.RunFlow": _run_flow,
    "Core.Output": _output,
    "Core.SetContactProperty": _set,
    "Core.SetGroupMembership": _kept,
    "Core.Webhook": _kept,
    "MobilePrimitives.Message": _message,
    "MobilePrimitives.SelectOneResponse": _select_one,
    "MobilePrimitives.SelectManyResponses": _select_many,
    "MobilePrimitives.NumericResponse": _numeric,
    "MobilePrimitives.OpenResponse": _open,
    "SmartDevices.LocationResponse": _location,
    "SmartDevices.PhotoResponse": _photo,
}
BLOCKS = frozenset(_READERS)
