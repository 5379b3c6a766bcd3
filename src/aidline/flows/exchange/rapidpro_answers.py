"""What a router of RapidPro makes of an answer: choices, comparisons, and where the rest goes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aidline.flows.exchange import tongues
from aidline.flows.exchange.losses import Report
from aidline.flows.language import Case, Choice, Test, Words

Raw = Mapping[str, Any]
_BY_WORDS = {
    "has_any_word",
    "has_only_phrase",
    "has_only_text",
    "has_phrase",
    "has_all_words",
    "has_beginning",
}
_NUMBERS: Mapping[str, Test] = {
    "has_number_gt": Test.ABOVE,
    "has_number_lt": Test.BELOW,
    "has_number_eq": Test.IS,
}
_KNOWN = {"has_text", "has_number", "has_category", "has_value"}


@dataclass(frozen=True, slots=True)
class Answers:
    """`choices` have their title under "" in place of the flow's first language. `others`: comparisons besides."""

    choices: tuple[Choice, ...]
    others: tuple[tuple[Test, str, str], ...]  # test, value, to
    otherwise: str
    numeric: bool
    first: str = ""

    def cases(self, what: str) -> tuple[Case, ...]:
        chosen = [
            Case(what, Test.HAS, word, choice.to)
            for choice in self.choices
            for word in choice.also.get("", (choice.id,))
        ]
        return (*chosen, *(Case(what, test, value, to) for test, value, to in self.others))


@dataclass(slots=True)
class _Heard:
    choices: dict[str, Choice] = field(default_factory=dict)
    others: list[tuple[Test, str, str]] = field(default_factory=list)


def answers_of(router: Raw, exits: Mapping[str, str], localised: Raw, where: str, report: Report) -> Answers:
    """`exits`: our node by the id of an exit."""
    categories = {str(one["uuid"]): one for one in router.get("categories") or ()}
    ways = {uuid: exits.get(str(one.get("exit_uuid")), "") for uuid, one in categories.items()}
    heard = _Heard()
    for case in router.get("cases") or ():
        _hear(heard, case, categories, ways, localised, where, report)
    if (router.get("wait") or {}).get("timeout"):
        report.note(where, "timeout-kept")
    default = ways.get(str(router.get("default_category_uuid")), next(iter(ways.values()), ""))
    kinds = [str(case.get("type", "")) for case in router.get("cases") or ()]
    numeric = bool(kinds) and all(kind.startswith("has_number") for kind in kinds)
    first = next(iter(ways.values()), "")
    return Answers(tuple(heard.choices.values()), tuple(heard.others), default, numeric, first)


def _hear(
    heard: _Heard,
    case: Raw,
    categories: Raw,
    ways: Mapping[str, str],
    localised: Raw,
    where: str,
    report: Report,
) -> None:
    kind, category = str(case.get("type", "")), str(case.get("category_uuid", ""))
    arguments = [str(one) for one in case.get("arguments") or ()]
    to = ways.get(category, "")
    if kind in _BY_WORDS and arguments:
        known = heard.choices.get(category) or _choice(category, categories, to, localised)
        heard.choices[category] = _with_words(known, case, arguments[0], localised)
    elif kind in _NUMBERS and arguments:
        heard.others.append((_NUMBERS[kind], arguments[0], to))
    elif kind == "has_number_between" and len(arguments) == 2:
        report.lose(where, "test-unknown", f"{kind} {' '.join(arguments)}")
    elif kind in _KNOWN:
        heard.others.append((Test.KNOWN, "", to))
    else:
        report.lose(where, "test-unknown", f"{kind} {' '.join(arguments)}".strip())


def _choice(category: str, categories: Raw, to: str, localised: Raw) -> Choice:
    name = str(categories.get(category, {}).get("name", ""))
    titles = {tongues.two(str(code)): _names(parts, category) for code, parts in localised.items()}
    text = {"": Words(name), **{code: Words(title) for code, title in titles.items() if title}}
    return Choice(id=name.lower()[:40] or "answer", text=text, to=to)


def _names(parts: Raw, category: str) -> str:
    return str(next(iter((parts.get(category) or {}).get("name") or ()), ""))


def _with_words(choice: Choice, case: Raw, argument: str, localised: Raw) -> Choice:
    """All languages' words under one list: a person may answer in any."""
    words = argument.split() if case.get("type") == "has_any_word" else [argument]
    for parts in localised.values():
        words += [str(one) for one in (parts.get(str(case.get("uuid"))) or {}).get("arguments") or ()]
    also = tuple(dict.fromkeys((*choice.also.get("", ()), *words)))
    return Choice(choice.id, choice.text, choice.to, choice.key, {"": also})
