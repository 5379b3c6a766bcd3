"""Reading flows of RapidPro, definitions 13.x and 14.x: what people see and are asked, and what they answer.

Source: the published format of RapidPro's engine (spec 14.4: nodes, actions, routers, cases, localization), read
2026-11-24. It is much larger than ours; what is left out is told (`docs/flows-exchange.md` lists it).
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from aidline.flows.exchange import tongues
from aidline.flows.exchange.floip_in import Imported, targets
from aidline.flows.exchange.losses import NotReadable, Report
from aidline.flows.exchange.rapidpro_answers import Answers, answers_of
from aidline.flows.language import (
    Ask,
    Branch,
    Choice,
    End,
    Flow,
    HandOver,
    Medium,
    Menu,
    Message,
    Node,
    Set,
    SubFlow,
    Text,
    Topic,
    Wanted,
    Words,
)

Raw = Mapping[str, Any]
GOODBYE = "goodbye"
_VERSIONS = re.compile(r"1[34]\.\d")
_PLACEHOLDER = re.compile(r"(?<!@)@(?:\(|[a-z])")
_HINTS: Mapping[str, Wanted] = {
    "image": Wanted.PHOTO,
    "audio": Wanted.VOICE,
    "location": Wanted.LOCATION,
    "digits": Wanted.NUMBER,
}


def read(source: bytes | str) -> Imported:
    """An export file, or one definition. Raises `NotReadable`."""
    try:
        raw = json.loads(source)
    except (ValueError, RecursionError):
        raise NotReadable(_("This file is not JSON.")) from None
    flows = _definitions(raw)
    if not flows:
        raise NotReadable(_("There is no flow of RapidPro 13 or 14 in this file."))
    report = Report()
    try:
        slugs = {str(one["uuid"]): slugify(str(one["name"]))[:36] or "flow" for one in flows}
        return Imported(tuple(_Reader(one, slugs, report).flow() for one in flows), report)
    except (TypeError, AttributeError, LookupError, ValueError, StopIteration, RecursionError):
        raise NotReadable(_("A part of this file is not as RapidPro writes it.")) from None


def _definitions(raw: Any) -> list[Raw]:
    found = raw.get("flows", [raw]) if isinstance(raw, dict) else []
    return [
        one
        for one in found
        if isinstance(one, dict) and _VERSIONS.match(str(one.get("spec_version"))) and one.get("nodes")
        if "uuid" in one and "name" in one
    ]


@dataclass(slots=True)
class _Reader:
    raw: Raw
    slugs: Mapping[str, str]
    report: Report
    nodes: dict[str, Node] = field(default_factory=dict)
    begins: dict[str, str] = field(default_factory=dict)  # our first node by theirs
    asked: dict[str, Text] = field(default_factory=dict)  # the question of a waiting node, by theirs

    def flow(self) -> Flow:
        for place, node in enumerate(self.raw["nodes"], 1):
            self.begins[str(node["uuid"])] = f"step_{place}"
        self._questions()
        for node in self.raw["nodes"]:
            self._read(node)
        self._drop_empty()
        if any(GOODBYE in targets(node) for node in self.nodes.values()):
            self.nodes[GOODBYE] = End(GOODBYE, {})
            self.report.lose("", "no-goodbye")
        return Flow(
            slug=self.slugs[str(self.raw["uuid"])],
            title=str(self.raw["name"]),
            languages=self._languages(),
            media=(Medium.PHONE,) if self.raw.get("type") == "voice" else (Medium.CHAT, Medium.SMS),
            start=next(iter(self.nodes)),
            nodes=self.nodes,
        )

    def _languages(self) -> tuple[str, ...]:
        first = str(self.raw.get("language") or "eng")
        codes = [first if len(first) == 3 else "eng", *(self.raw.get("localization") or {})]
        return tuple(dict.fromkeys(tongues.two(str(code)) for code in codes))

    # --- what is asked where -----------------------------------------------------------------------------

    def _questions(self) -> None:
        """A question is usually sent by one step and waited for by the next: here it is one."""
        for node in self.raw["nodes"]:
            if not _waits(node):
                continue
            before = [one for one in self.raw["nodes"] if _leads_only_to(one, str(node["uuid"]))]
            others = [
                one for one in self.raw["nodes"] if one not in before and _leads_to(one, str(node["uuid"]))
            ]
            if len(before) == 1 and not others and not _sends(node):
                self.asked[str(node["uuid"])] = self._text(_sends(before[0])[-1])

    def _is_moved(self, node: Raw, action: Raw) -> bool:
        """It is the question of the step that follows."""
        exits: list[Raw] = list(node.get("exits") or ())
        to = str(exits[0].get("destination_uuid")) if len(exits) == 1 else ""
        return to in self.asked and bool(_sends(node)) and _sends(node)[-1] is action

    # --- one of their nodes is a chain of ours -----------------------------------------------------------

    def _read(self, node: Raw) -> None:
        name, uuid = self.begins[str(node["uuid"])], str(node["uuid"])
        actions = [one for one in node.get("actions") or () if not self._is_moved(node, one)]
        question = self.asked.get(uuid)
        if question is None and _waits(node) and _sends(node):
            last = _sends(node)[-1]
            question, actions = self._text(last), [one for one in actions if one is not last]
        names = [name, *(f"{name}_{place}" for place in range(2, len(actions) + 2))]
        for place, action in enumerate(actions):
            self.nodes[names[place]] = self._action(names[place], names[place + 1], action)
        self._end(names[len(actions)], node, question)

    def _end(self, name: str, node: Raw, question: Text | None) -> None:
        router = node.get("router")
        if not router:
            exits = node.get("exits") or ()
            self.nodes[name] = Set(name, {}, self._to(exits[0].get("destination_uuid") if exits else None))
        elif router.get("wait"):
            self._wait(name, node, router, question)
        else:
            self._decide(name, node, router)

    def _to(self, uuid: Any) -> str:
        return self.begins.get(str(uuid), GOODBYE) if uuid else GOODBYE

    def _answers(self, name: str, node: Raw, router: Raw) -> Answers:
        exits = {str(one["uuid"]): self._to(one.get("destination_uuid")) for one in node.get("exits") or ()}
        return answers_of(router, exits, self.raw.get("localization") or {}, name, self.report)

    def _wait(self, name: str, node: Raw, router: Raw, question: Text | None) -> None:
        text = question or {}
        if not text:
            self.report.lose(name, "text-missing")
        answers = self._answers(name, node, router)
        keeps = slugify(str(router.get("result_name") or name)).replace("-", "_")
        hint = str((router["wait"].get("hint") or {}).get("type", ""))
        wants = _HINTS.get(hint, Wanted.NUMBER if answers.numeric else Wanted.TEXT)
        if wants is Wanted.TEXT and answers.choices and not answers.others:
            choices = tuple(self._choice(one) for one in answers.choices)
            self.nodes[name] = Menu(name, text, choices, answers.otherwise, keeps=keeps)
            return
        self._ask(name, text, wants, answers, keeps)

    def _choice(self, choice: Choice) -> Choice:
        first = self._languages()[0]
        others = {code: words for code, words in choice.text.items() if code}
        also = {first: choice.also.get("", ())}
        return replace(choice, text={first: choice.text[""], **others}, also=also)

    def _ask(self, name: str, text: Text, wants: Wanted, answers: Answers, keeps: str) -> None:
        cases = answers.cases(keeps)
        to = f"{name}_ways" if cases else answers.otherwise
        self.nodes[name] = Ask(name, text, wants, to, answers.otherwise, keeps=keeps)
        if cases:
            self.nodes[to] = Branch(to, cases, answers.otherwise)

    def _decide(self, name: str, node: Raw, router: Raw) -> None:
        operand = str(router.get("operand", ""))
        answers = self._answers(name, node, router)
        if router.get("type") != "switch":
            self.report.lose(name, "router-dropped", str(router.get("type")))
        elif operand.startswith(("@child", "@locals", "@results._new_ticket", "@webhook", "@(")):
            self.report.lose(name, "router-dropped", operand)
            self.nodes[name] = Set(name, {}, answers.first or answers.otherwise)
            return
        cases = answers.cases(_kept(operand)) if router.get("type") == "switch" else ()
        self.nodes[name] = Branch(name, cases, answers.otherwise)

    def _drop_empty(self) -> None:
        """Steps that only lead on."""
        silent = {
            name: node.to for name, node in self.nodes.items() if isinstance(node, Set) and not node.values
        }
        start = next(iter(self.nodes))
        kept = {name: node for name, node in self.nodes.items() if name not in silent or name == start}
        self.nodes = {
            name: _redirected(node, lambda to: _followed(to, silent, start)) for name, node in kept.items()
        }

    # --- actions -----------------------------------------------------------------------------------------

    def _action(self, name: str, to: str, action: Raw) -> Node:
        kind = str(action.get("type"))
        maker = _ACTIONS.get(kind)
        if maker is None:
            self.report.lose(name, "action-dropped", kind)
            return Set(name, {}, to)
        return maker(self, name, to, action)

    def _text(self, action: Raw) -> Text:
        first = self._languages()[0]
        others = {
            tongues.two(code): parts.get(str(action.get("uuid")), {}) for code, parts in self._localised()
        }
        texts = {
            first: str(action.get("text", "")),
            **{code: _one(parts, "text") for code, parts in others.items()},
        }
        sounds = {
            first: action.get("audio_url"),
            **{code: _one(parts, "audio_url") for code, parts in others.items()},
        }
        found = {
            code: Words(text, recording=_file_name(sounds.get(code))) for code, text in texts.items() if text
        }
        for code, words in found.items():
            if _PLACEHOLDER.search(words.text):
                self.report.lose("", "expression-in-text", f"{code}: {words.text}")
        if action.get("attachments"):
            self.report.lose("", "media-dropped", str(action.get("text", "")))
        return found

    def _localised(self) -> Sequence[tuple[str, Raw]]:
        return list((self.raw.get("localization") or {}).items())


def _one(parts: Raw, key: str) -> str:
    values = parts.get(key) or ()
    return str(values if isinstance(values, str) else next(iter(values), ""))


def _file_name(url: Any) -> str:
    return slugify(str(url).rsplit("/", 1)[-1].rsplit(".", 1)[0])[:60] if url else ""


def _waits(node: Raw) -> bool:
    return bool((node.get("router") or {}).get("wait"))


def _sends(node: Raw) -> list[Raw]:
    return [one for one in node.get("actions") or () if one.get("type") in ("send_msg", "say_msg")]


def _leads_to(node: Raw, uuid: str) -> bool:
    return any(str(one.get("destination_uuid")) == uuid for one in node.get("exits") or ())


def _leads_only_to(node: Raw, uuid: str) -> bool:
    return not node.get("router") and _leads_to(node, uuid) and bool(_sends(node))


def _followed(to: str, silent: Mapping[str, str], start: str) -> str:
    seen: set[str] = set()
    while to in silent and to != start and to not in seen:
        seen.add(to)
        to = silent[to]
    return to


def _redirected(node: Node, follow: Callable[[str], str]) -> Node:
    match node:
        case Menu():
            choices = tuple(replace(choice, to=follow(choice.to)) for choice in node.choices)
            return replace(node, choices=choices, otherwise=follow(node.otherwise))
        case Branch():
            cases = tuple(replace(case, to=follow(case.to)) for case in node.cases)
            return replace(node, cases=cases, otherwise=follow(node.otherwise))
        case Ask():
            return replace(node, to=follow(node.to), otherwise=follow(node.otherwise))
        case HandOver():
            return replace(node, otherwise=follow(node.otherwise))
        case Message() | Set() | SubFlow() | Topic():
            return replace(node, to=follow(node.to))
    return node


def _kept(operand: str) -> str:
    """ "@results.age" → "age"; "@contact.language" → "language"."""
    path = [part for part in operand.lstrip("@").split(".") if part not in ("value", "category", "text")]
    return path[-1].replace("-", "_") if path else ""


# --- one maker for each kind of action -------------------------------------------------------------------


def _send(reader: _Reader, name: str, to: str, action: Raw) -> Node:
    return Message(name, reader._text(action), to)  # noqa: SLF001 (one module)


def _play(reader: _Reader, name: str, to: str, action: Raw) -> Node:
    code = reader._languages()[0]  # noqa: SLF001 (one module)
    return Message(name, {code: Words("", recording=_file_name(action.get("audio_url")))}, to)


def _result(reader: _Reader, name: str, to: str, action: Raw) -> Node:
    return _setting(reader, name, to, str(action.get("name", "")), str(action.get("value", "")))


def _field(reader: _Reader, name: str, to: str, action: Raw) -> Node:
    return _setting(
        reader, name, to, str((action.get("field") or {}).get("key", "")), str(action.get("value", ""))
    )


def _setting(reader: _Reader, name: str, to: str, key: str, value: str) -> Node:
    if _PLACEHOLDER.search(value):
        reader.report.lose(name, "property-expression", value)
    return Set(name, {slugify(key).replace("-", "_"): value}, to)


def _language(_reader: _Reader, name: str, to: str, action: Raw) -> Node:
    return Set(name, {"language": tongues.two(str(action.get("language", "")))}, to)


def _enter(reader: _Reader, name: str, to: str, action: Raw) -> Node:
    flow = action.get("flow") or {}
    if str(flow.get("uuid")) not in reader.slugs:
        reader.report.lose(name, "flow-missing", str(flow.get("name", "")))
    return SubFlow(name, reader.slugs.get(str(flow.get("uuid")), slugify(str(flow.get("name", "")))), to)


def _person(reader: _Reader, name: str, to: str, action: Raw) -> Node:
    if action.get("assignee"):
        reader.report.lose(name, "assignee-dropped")
    return HandOver(name, {}, otherwise=to)


def _labels(reader: _Reader, name: str, to: str, action: Raw) -> Node:
    labels = [str(one.get("name", "")) for one in action.get("labels") or ()]
    if len(labels) > 1:
        reader.report.lose(name, "action-dropped", ", ".join(labels[1:]))
    return Topic(name, slugify(labels[0])[:40], to) if labels else Set(name, {}, to)


_ACTIONS: Mapping[str, Callable[[_Reader, str, str, Raw], Node]] = {
    "send_msg": _send,
    "say_msg": _send,
    "play_audio": _play,
    "set_run_result": _result,
    "set_contact_field": _field,
    "set_contact_language": _language,
    "enter_flow": _enter,
    "open_ticket": _person,
    "add_input_labels": _labels,
}
