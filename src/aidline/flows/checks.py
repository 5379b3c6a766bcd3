"""What must be right before a flow is published: in each of its languages, in each medium, on each channel.

A warning is told and does not hinder. What a check cannot know (`Known` leaves it open) it leaves out.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator

from aidline.conversations.choosing import plain
from aidline.flows import answers, ways
from aidline.flows.always import Wish, wish
from aidline.flows.known import Known, Limits
from aidline.flows.language import (
    Ask,
    Branch,
    Choice,
    End,
    Flow,
    HandOver,
    Information,
    Medium,
    Menu,
    Node,
    Set,
    SubFlow,
    Test,
    Text,
    Topic,
    Words,
)
from aidline.flows.nodes import LANGUAGE
from aidline.flows.phrases import PHRASES, line
from aidline.flows.problems import Level, Problem
from aidline.flows.routes import leads_to_person
from aidline.flows.run import KEYS
from aidline.kernel import languages
from aidline.kernel.text import segments

WRITTEN = 12  # choices in one message, as `conversations.sending` has it
SMS, MOST_SMS = 3, 10  # parts of one text: more are told, more are refused

Found = Iterator[Problem]


def check(flow: Flow, known: Known = Known()) -> list[Problem]:  # noqa: B008 (frozen)
    """Errors first; within them as the flow is written."""
    places = {name: place for place, name in enumerate(flow.nodes)}
    found = [problem for one in (*_FLOW, ways.check) for problem in one(flow, known)]
    for node in flow.nodes.values():
        found += [problem for one in _NODE for problem in one(flow, node, known)]
    return sorted(found, key=lambda one: (one.level != Level.ERROR, places.get(one.node, -1)))


def refused(problems: list[Problem]) -> bool:
    return any(problem.level is Level.ERROR for problem in problems)


def _warning(code: str, node: str = "", **details: str | int) -> Problem:
    return Problem(code, node, level=Level.WARNING, details=details)


def _error(code: str, node: str = "", **details: str | int) -> Problem:
    return Problem(code, node, details=details)


# --- the flow as a whole ---------------------------------------------------------------------------------


def _languages(flow: Flow, _known: Known) -> Found:
    if not flow.languages:
        yield _error("no_languages")
    for code in flow.languages:
        if code not in languages.ALL:
            yield _error("unknown_language", what=code)
    for code, count in Counter(flow.languages).items():
        if count > 1:
            yield _error("doubled", what=code)
    if not flow.media:
        yield _error("no_media")


def _danger(flow: Flow, _known: Known) -> Found:
    if flow.danger_key not in {"*", "#"}:
        yield _error("danger_key")
    if not flow.danger:
        yield _warning("no_danger")
    elif flow.danger in flow.nodes and not isinstance(flow.nodes[flow.danger], HandOver):
        yield _error("danger_no_person", flow.danger)


def _phrases(flow: Flow, _known: Known) -> Found:
    """In a language of ours there is always one; in others the flow has to bring them."""
    for name in flow.phrases:
        if name not in PHRASES:
            yield _error("unknown_phrase", what=name, known=", ".join(PHRASES))
    for code in flow.languages:
        lacking = [name for name in PHRASES if code not in {*PHRASES[name], *flow.phrases.get(name, {})}]
        if lacking:
            yield _warning("no_phrases", languages=languages.name(code), what=", ".join(lacking))
    for name in flow.also:
        if name not in set(Wish):
            yield _error("not_one_of", what=name, known=", ".join(Wish))


_FLOW: tuple[Callable[[Flow, Known], Found], ...] = (_languages, _danger, _phrases)

# --- words ----------------------------------------------------------------------------------------------


def _text_of(node: Node) -> Text | None:
    text: Text | None = getattr(node, "text", None)
    return text


def _choices_of(node: Node) -> tuple[Choice, ...]:
    """Those that have words of their own; a language is called by its name."""
    return node.choices if isinstance(node, Menu) and node.keeps != LANGUAGE else ()


def _names(codes: list[str]) -> str:
    return ", ".join(languages.name(code) for code in codes)


def _translations(flow: Flow, node: Node, _known: Known) -> Found:
    text = _text_of(node)
    if isinstance(node, End) and not text:
        yield _warning("says_nothing", node.name)
    elif text is not None and (lacking := _lacking(flow, text)):
        yield _error("untranslated", node.name, languages=_names(lacking))
    for choice in _choices_of(node):
        if lacking := _lacking(flow, choice.text):
            yield _error("choice_untranslated", node.name, what=choice.id, languages=_names(lacking))


def _lacking(flow: Flow, text: Text) -> list[str]:
    return [code for code in flow.languages if code not in text or not text[code].text.strip()]


def _recordings(flow: Flow, node: Node, known: Known) -> Found:
    if Medium.PHONE not in flow.media:
        return
    for text in _texts(node):
        lacking = [code for code in flow.languages if code in text and not text[code].recording]
        if flow.recorded and lacking:
            yield _error("unspoken", node.name, languages=_names(lacking))
        for code, words in text.items():
            if words.recording and known.prompts is not None and (words.recording, code) not in known.prompts:
                yield _error("unknown_recording", node.name, what=words.recording, languages=_names([code]))


def _texts(node: Node) -> list[Text]:
    """Of a choice of language, the name in that language."""
    text = _text_of(node)
    names = [
        {choice.id: choice.text.get(choice.id, Words(choice.id))}
        for choice in (node.choices if isinstance(node, Menu) and node.keeps == LANGUAGE else ())
    ]
    return [*([text] if text else []), *(choice.text for choice in _choices_of(node)), *names]


def _parts(flow: Flow, node: Node, _known: Known) -> Found:
    """What is sent by SMS in one piece, a question with its numbered choices."""
    if Medium.SMS not in flow.media:
        return
    counts = {code: segments(_written(flow, node, code, Medium.SMS)).count for code in flow.languages}
    worst = max(counts, key=lambda code: counts[code], default="")
    details: dict[str, str | int] = {"languages": _names([worst]), "count": counts.get(worst, 0)}
    if counts.get(worst, 0) > MOST_SMS:
        yield _error("too_many_sms", node.name, most=MOST_SMS, **details)
    elif counts.get(worst, 0) > SMS:
        yield _warning("many_sms", node.name, **details)


def _written(flow: Flow, node: Node, code: str, medium: Medium) -> str:
    """As one message; a question for the language is put in all."""
    text = _text_of(node) or {}
    asked = flow.languages if isinstance(node, Menu) and node.keeps == LANGUAGE else (code,)
    lines = [line(text[one], one, medium).text for one in asked if one in text]
    titles = [_title(node, choice, code, medium) for choice in node.choices] if isinstance(node, Menu) else []
    return "\n".join([*lines, *(f"{place}. {title}" for place, title in enumerate(titles, 1))])


def _title(node: Menu, choice: Choice, code: str, medium: Medium) -> str:
    if node.keeps == LANGUAGE:
        return languages.name(choice.id)
    return line(choice.text[code], code, medium).text if code in choice.text else ""


# --- questions ------------------------------------------------------------------------------------------


def _menu(flow: Flow, node: Node, _known: Known) -> Found:
    if not isinstance(node, Menu):
        return
    if not node.choices:
        yield _error("no_choices", node.name)
    for id, count in Counter(choice.id for choice in node.choices).items():
        if count > 1:
            yield _error("doubled_choice", node.name, what=id)
        if node.keeps == LANGUAGE and id not in flow.languages:
            yield _error("language_choice", node.name, what=id)
    alike = [code for code in flow.languages if _alike(node, code)]
    if alike and node.keeps != LANGUAGE:
        yield _error("choices_alike", node.name, languages=_names(alike))


def _alike(node: Menu, code: str) -> bool:
    titles = [plain(choice.text[code].text) for choice in node.choices if code in choice.text]
    return len(set(titles)) < len(titles)


def _keys(flow: Flow, node: Node, _known: Known) -> Found:
    if not isinstance(node, Menu) or Medium.PHONE not in flow.media:
        return
    if len(node.choices) > KEYS:
        yield _error("too_many_keys", node.name, most=KEYS)
    for key, count in Counter(choice.key for choice in node.choices if choice.key).items():
        if key > KEYS:
            yield _error("reserved_key", node.name, what=key)
        if count > 1:
            yield _error("doubled_key", node.name, what=key)


def _channels(flow: Flow, node: Node, known: Known) -> Found:
    if not isinstance(node, Menu) or set(flow.media) <= {Medium.PHONE}:
        return
    if len(node.choices) > WRITTEN:
        yield _error("too_many_choices", node.name, channel="chat", most=WRITTEN)
    for limits in known.limits:
        yield from _on_channel(flow, node, limits)


def _on_channel(flow: Flow, node: Menu, limits: Limits) -> Found:
    where = limits.channel
    if limits.choices and len(node.choices) > limits.choices:
        yield _error("too_many_choices", node.name, channel=where, most=limits.choices)
    titles = [_title(node, choice, code, Medium.CHAT) for choice in node.choices for code in flow.languages]
    long = max(titles, key=len, default="")
    if limits.title and len(long) > limits.title:
        yield _warning("long_choice", node.name, channel=where, what=long, most=limits.title)
    long_in = [
        code
        for code in flow.languages
        if limits.text and len(_written(flow, node, code, Medium.CHAT)) > limits.text
    ]
    if long_in:
        details: dict[str, str | int] = {"channel": where, "languages": _names(long_in), "most": limits.text}
        yield _error("too_long_for_channel", node.name, **details)


def _always(flow: Flow, node: Node, _known: Known) -> Found:
    """A choice called "Help" can be pressed, but who writes it comes to a person; not told where it leads to one."""
    for choice in _choices_of(node):
        for word in answers.other_words(choice):
            wanted = wish(word, flow, Medium.CHAT)
            if wanted and not (wanted is Wish.PERSON and leads_to_person(flow, choice.to)):
                yield _warning("always_word", node.name, what=word)


def _kept(flow: Flow, node: Node, _known: Known) -> Found:
    name = getattr(node, "keeps", "")
    if name in {"medium", "channel"} or (name == LANGUAGE and isinstance(node, Ask)):
        yield _error("reserved_name", node.name, what=name)
    if isinstance(node, Set):
        for key, value in node.values.items():
            if key in {"medium", "channel"}:
                yield _error("reserved_name", node.name, what=key)
            if key == LANGUAGE and value not in flow.languages:
                yield _error("language_choice", node.name, what=value)


def _numbers(_flow: Flow, node: Node, _known: Known) -> Found:
    if isinstance(node, Ask) and node.least is not None and node.most is not None and node.least > node.most:
        yield _error("bounds", node.name)
    for case in node.cases if isinstance(node, Branch) else ():
        if case.test in {Test.ABOVE, Test.BELOW} and answers.number(case.value) is None:
            yield _error("number_needed", node.name, what=case.value)


def _asked_before(flow: Flow, node: Node, _known: Known) -> Found:
    """Flows inside flows share what was kept, so this is no more than a hint."""
    if not isinstance(node, Branch):
        return
    kept = {getattr(one, "keeps", "") for one in flow.nodes.values()}
    kept |= {name for one in flow.nodes.values() if isinstance(one, Set) for name in one.values}
    for case in node.cases:
        if case.what not in kept | {LANGUAGE, "medium", "channel"}:
            yield _warning("never_kept", node.name, what=case.what)


# --- the centre around it -------------------------------------------------------------------------------


def _centre(_flow: Flow, node: Node, known: Known) -> Found:
    if isinstance(node, Topic) and _lacks(known.topics, node.code):
        yield _error("unknown_topic", node.name, what=node.code)
    if isinstance(node, HandOver) and node.skill and _lacks(known.skills, node.skill.casefold()):
        yield _warning("unknown_skill", node.name, what=node.skill)
    if isinstance(node, Information) and node.category and _lacks(known.categories, node.category):
        yield _error("unknown_category", node.name, what=node.category)


def _lacks(known: Collection[str] | None, code: str) -> bool:
    return known is not None and code not in known


def _sub_flow(flow: Flow, node: Node, known: Known) -> Found:
    if not isinstance(node, SubFlow):
        return
    if node.flow == flow.slug:
        yield _error("flow_in_itself", node.name, what=node.flow)
    if known.flows is None or node.flow == flow.slug:
        return
    inner = known.flows.get(node.flow)
    if inner is None:
        yield _error("unknown_flow", node.name, what=node.flow)
        return
    yield from ways.check_depth(flow, node, known.flows)
    if lacking := [code for code in flow.languages if code not in inner.languages]:
        yield _error("flow_language", node.name, what=node.flow, languages=_names(lacking))
    if missing := [str(one) for one in flow.media if one not in inner.media]:
        yield _error("flow_medium", node.name, what=node.flow, media=", ".join(missing))


_NODE: tuple[Callable[[Flow, Node, Known], Found], ...] = (
    _translations,
    _recordings,
    _parts,
    _menu,
    _keys,
    _channels,
    _always,
    _kept,
    _numbers,
    _asked_before,
    _centre,
    _sub_flow,
)
