"""What each kind of node does: when a run comes to it, when it asks again, and when it was answered."""

from collections.abc import Callable, Mapping
from typing import Any

from aidline.flows import answers, information
from aidline.flows.always import language_named
from aidline.flows.language import (
    Ask,
    Branch,
    Case,
    Choice,
    End,
    HandOver,
    Hours,
    Information,
    Line,
    Mark,
    Medium,
    Menu,
    Message,
    Option,
    Said,
    Set,
    SubFlow,
    Topic,
    Vouchers,
    Wanted,
)
from aidline.flows.leaving import hand_over, to_person
from aidline.flows.phrases import line
from aidline.flows.run import MORE, Missed, Next, Run
from aidline.kernel import languages

DEPTH = 5  # flows inside flows
LANGUAGE = "language"

# --- menus -----------------------------------------------------------------------------------------------


def _menu(run: Run, node: Menu) -> Next:
    question = _in_every_language(run, node) if node.keeps == LANGUAGE else run.words(node.text)
    run.offer(question, _menu_options(run, node), paged=False)
    return None


def _in_every_language(run: Run, node: Menu) -> Line:
    """Who is asked for their language may not know ours. Each is spoken by its own voice; written it is one text."""
    lines = [line(node.text[code], code, run.medium) for code in run.flow.languages if code in node.text] or [
        run.words(node.text)
    ]
    if run.medium is not Medium.PHONE:
        return Line("\n".join(dict.fromkeys(one.text for one in lines)), lines[0].language)
    for said in lines[:-1]:
        run.tell(said)
    return lines[-1]


def _menu_options(run: Run, node: Menu) -> list[Option]:
    title = _language_title if node.keeps == LANGUAGE else _choice_title
    return [Option(one.id, title(run, one), _key(run, one)) for one in node.choices]


def _choice_title(run: Run, choice: Choice) -> Line:
    return run.words(choice.text)


def _language_title(run: Run, choice: Choice) -> Line:
    own = choice.text.get(choice.id)
    return line(own, choice.id, run.medium) if own else Line(languages.name(choice.id), choice.id)


def _key(run: Run, choice: Choice) -> str:
    return str(choice.key) if choice.key and run.medium is Medium.PHONE else ""


def _heard_menu(run: Run, node: Menu, said: Said) -> Next:
    also = {one.id: answers.other_words(one) for one in node.choices}
    picked = run.picked(said, _menu_options(run, node), also)
    if picked == MORE:
        run.page += 1
        return _menu(run, node)
    to = {one.id: one.to for one in node.choices}
    if picked is None or picked not in to:
        return Missed(node.tries, node.otherwise)
    _keep(run, node.keeps, picked)
    return to[picked]


def _keep(run: Run, name: str, value: str) -> None:
    if name == LANGUAGE:
        run.speak(value)
    elif name:
        run.kept[name] = value


# --- open questions --------------------------------------------------------------------------------------


def _enter_ask(run: Run, node: Ask) -> Next:
    return _ask(run, node) if answers.possible(node.wants, run.medium) else node.otherwise


def _ask(run: Run, node: Ask) -> Next:
    wants = answers.asked_for(node.wants, run.medium)
    run.want(run.words(node.text), wants, digits=_digits(node), seconds=node.seconds)
    return None


def _digits(node: Ask) -> int:
    """One more than 0 to 9 needs, where 0 is an answer and 00 a person."""
    if node.wants is not Wanted.NUMBER or node.most is None:
        return 0
    return max(len(str(abs(node.most))), 2 if answers.within(node, 0) else 1)


def _heard_ask(run: Run, node: Ask, said: Said) -> Next:
    named = language_named(said.text, run.flow) if node.wants is not Wanted.NUMBER else ""
    value = answers.answer(node, said, run.medium) if named in {"", run.language} else None
    if value is None:
        return Missed(node.tries, node.otherwise)
    _keep(run, node.keeps if node.keeps != LANGUAGE else "", value)
    return node.to


# --- vouchers --------------------------------------------------------------------------------------------

RECEIPT = 14  # digits


def _enter_vouchers(run: Run, node: Vouchers) -> Next:
    known = run.world.vouchers(run.language)
    for text in known:
        run.tell(Line(text, run.language))
    return node.to if known else _ask_receipt(run, node)


def _ask_receipt(run: Run, node: Vouchers) -> Next:
    run.want(run.words(node.text), Wanted.NUMBER, digits=RECEIPT)
    return None


def _heard_receipt(run: Run, node: Vouchers, said: Said) -> Next:
    text = run.world.registration(said.text, run.language)
    if text is None:
        return Missed(node.tries, node.none)
    run.tell(Line(text, run.language))
    return node.to


# --- without a question ----------------------------------------------------------------------------------


def _message(run: Run, node: Message) -> Next:
    run.tell(run.words(node.text))
    run.told.append(node.name)
    return node.to


def _branch(run: Run, node: Branch) -> Next:
    return next((case.to for case in node.cases if _holds(run, case)), node.otherwise)


def _holds(run: Run, case: Case) -> bool:
    known = {LANGUAGE: run.language, "medium": str(run.medium), "channel": run.channel}
    found = known.get(case.what, run.kept.get(case.what, ""))
    return answers.holds(case.test, found, case.value)


def _set(run: Run, node: Set) -> Next:
    for name, value in node.values.items():
        if name != LANGUAGE or value in run.flow.languages:
            _keep(run, name, value)
    return node.to


def _topic(run: Run, node: Topic) -> Next:
    run.acts.append(Mark(node.code))
    return node.to


def _hours(run: Run, node: Hours) -> Next:
    return node.open if run.world.is_open() else node.closed


def _hand_over(run: Run, node: HandOver) -> Next:
    hand_over(run, node)
    return None


def _sub_flow(run: Run, node: SubFlow) -> Next:
    flow = None if run.is_in(node.flow) or len(run.frames) >= DEPTH else run.world.flow(node.flow)
    if flow is None:
        to_person(run)
        return None
    run.go_into(flow, node.to)
    return flow.start


def _end(run: Run, node: End) -> Next:
    run.tell(run.words(node.text))
    if not run.frames:
        run.finish()
        return None
    name = run.come_back()
    if name is None:
        to_person(run)
    return name


_Coming = Mapping[str, Callable[[Run, Any], Next]]

ENTER: _Coming = {
    Message.kind: _message,
    Menu.kind: _menu,
    Ask.kind: _enter_ask,
    Branch.kind: _branch,
    Set.kind: _set,
    Topic.kind: _topic,
    Information.kind: information.enter,
    Vouchers.kind: _enter_vouchers,
    Hours.kind: _hours,
    HandOver.kind: _hand_over,
    SubFlow.kind: _sub_flow,
    End.kind: _end,
}
ASK: _Coming = {
    Menu.kind: _menu,
    Ask.kind: _ask,
    Information.kind: information.ask,
    Vouchers.kind: _ask_receipt,
}
OPTIONS: Mapping[str, Callable[[Run, Any], list[Option]]] = {
    Menu.kind: _menu_options,
    Information.kind: information.options,
}
HEARD: Mapping[str, Callable[[Run, Any, Said], Next]] = {
    Menu.kind: _heard_menu,
    Ask.kind: _heard_ask,
    Information.kind: information.heard,
    Vouchers.kind: _heard_receipt,
}
