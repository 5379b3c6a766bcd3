"""Each check sees its own fault in a flow that is otherwise sound."""

from dataclasses import replace
from typing import Any

import pytest

from aidline.conversations.sending import MOST_CHOICES
from aidline.flows.checks import WRITTEN, check, refused
from aidline.flows.known import Known, Limits
from aidline.flows.language import (
    Ask,
    Branch,
    Case,
    Choice,
    End,
    Flow,
    HandOver,
    Information,
    Medium,
    Menu,
    Message,
    Node,
    Set,
    SubFlow,
    Topic,
    Wanted,
    Words,
)
from aidline.flows.language import Test as Holds
from aidline.flows.problems import Level

from .examples import example
from .test_engine import text

KNOWN = Known(
    flows={},
    topics={"food", "papers"},
    categories={"food", "papers"},
    skills={"legal"},
    prompts={("hello", "en")},
    limits=(Limits("WhatsApp", 10, 24, 4096), Limits("SMS", 0, 0, 1600)),
)


def told(flow: Flow, known: Known = KNOWN) -> list[tuple[str, str]]:
    problems = check(flow, known)
    assert all(problem.words for problem in problems)
    return [(problem.code, problem.node) for problem in problems]


def test_the_example_is_sound() -> None:
    assert told(example()) == []


def test_the_limit_of_choices_is_that_of_sending() -> None:
    assert WRITTEN == MOST_CHOICES


def with_node(node: Node, **more: Any) -> Flow:
    return replace(example(), nodes={**example().nodes, node.name: node}, **more)


def changed(name: str, **more: Any) -> Flow:
    return with_node(replace(example().nodes[name], **more))


def choices(count: int, **more: Any) -> tuple[Choice, ...]:
    return tuple(
        Choice(f"c{place}", text(en=f"Choice {place}", ar=f"خيار {place}"), "hours", **more)
        for place in range(count)
    )


def entered(node: Node, **more: Any) -> Flow:
    """The node stands between the language and the topic."""
    flow = changed("language", choices=tuple(Choice(code, {}, node.name) for code in ("en", "ar")))
    return replace(flow, nodes={**flow.nodes, node.name: node}, **more)


BOTH = text(en="Words", ar="كلمات")


@pytest.mark.parametrize(
    ("flow", "problems"),
    [
        (replace(example(), start="nowhere"), [("unknown_target", "")]),
        (replace(example(), danger="nowhere"), [("unknown_target", "")]),
        (changed("closed", to="nowhere"), [("unknown_target", "closed")]),
        (changed("closed", to=""), [("missing", "closed")]),
        (changed("topic", otherwise=""), [("missing", "topic")]),
        (with_node(End("island", BOTH)), [("unreachable", "island")]),
        (replace(example(), danger=""), [("unreachable", "danger"), ("no_danger", "")]),
        (replace(example(), danger="goodbye"), [("danger_no_person", "goodbye"), ("unreachable", "danger")]),
        (replace(example(), danger_key="7"), [("danger_key", "")]),
        (replace(example(), languages=()),
         [("no_languages", ""), ("language_choice", "language"), ("language_choice", "language")]),
        (replace(example(), media=()), [("no_media", "")]),
        (changed("closed", text=text(en="Closed")), [("untranslated", "closed")]),
        (changed("closed", text=text(en="Closed", ar=" ")), [("untranslated", "closed")]),
        (changed("goodbye", text={}), [("says_nothing", "goodbye")]),
        (changed("topic", choices=(Choice("a", text(en="A"), "about_food"), *example().nodes["topic"].choices[1:])),
         [("choice_untranslated", "topic")]),
        (entered(Message("loud", {**BOTH, "en": Words("Hi", recording="nope")}, "topic")),
         [("unknown_recording", "loud")]),
        (entered(Message("loud", {**BOTH, "en": Words("Hi", recording="hello")}, "topic")), []),
        (entered(Message("long", text(en="x" * 460, ar="x"), "topic")), [("many_sms", "long")]),
        (entered(Message("long", text(en="x", ar="ا" * 700), "topic")), [("too_many_sms", "long")]),
        (entered(Menu("m", BOTH, (), "topic")), [("no_choices", "m")]),
        (entered(Menu("m", BOTH, choices(9), "topic")), [("too_many_keys", "m")]),
        (entered(Menu("m", BOTH, choices(1, key=9), "topic")), [("reserved_key", "m")]),
        (entered(Menu("m", BOTH, choices(2, key=1), "topic")), [("doubled_key", "m")]),
        (entered(Menu("m", BOTH, (*choices(1), *choices(1)), "topic")),
         [("doubled_choice", "m"), ("choices_alike", "m")]),
        (entered(Menu("m", BOTH, (Choice("help", text(en="Help", ar="عون"), "topic"),), "topic")),
         [("always_word", "m")]),
        (entered(Menu("m", BOTH, (Choice("help", text(en="Help", ar="عون"), "hours"), *choices(1)), "topic")), []),
        (entered(Menu("m", BOTH, (Choice("a", text(en="A" * 25, ar="ا"), "topic"),), "topic")),
         [("long_choice", "m")]),
        (entered(Menu("m", text(en="x" * 1599, ar="x"), choices(1), "topic")),
         [("too_many_sms", "m"), ("too_long_for_channel", "m")]),
        (changed("language", choices=(Choice("fr", {}, "topic"),)), [("language_choice", "language")]),
        (entered(Ask("a", BOTH, Wanted.TEXT, "topic", "topic", "channel")), [("reserved_name", "a")]),
        (entered(Ask("a", BOTH, Wanted.NUMBER, "topic", "topic", "n", 3, 2)), [("bounds", "a")]),
        (entered(Set("s", {"language": "nl", "medium": "x"}, "topic")),
         [("language_choice", "s"), ("reserved_name", "s")]),
        (entered(Branch("b", (Case("language", Holds.ABOVE, "many", "topic"),), "topic")), [("number_needed", "b")]),
        (entered(Branch("b", (Case("age", Holds.ABOVE, "10", "topic"),), "topic")), [("never_kept", "b")]),
        (entered(Topic("t", "snow", "topic")), [("unknown_topic", "t")]),
        (changed("read_food", category="snow"), [("unknown_category", "read_food")]),
        (changed("person", skill="juggling"), [("unknown_skill", "person")]),
        (changed("person", skill="legal"), []),
        (entered(SubFlow("f", "other", "topic")), [("unknown_flow", "f")]),
        (entered(SubFlow("f", "welcome", "topic")), [("flow_in_itself", "f")]),
        (entered(Message("m", BOTH, "m")), [("circle", "m"), ("dead_end", "m")]),
        (replace(example(), phrases={"hm": BOTH}), [("unknown_phrase", "")]),
        (replace(example(), also={"hm": {}}), [("not_one_of", "")]),
    ],
)  # fmt: skip
def test_each_fault_is_found(flow: Flow, problems: list[tuple[str, str]]) -> None:
    assert sorted(told(flow)) == sorted(problems)


def test_warnings_do_not_refuse() -> None:
    assert not refused(check(replace(changed("danger", risk=""), danger="danger"), KNOWN))
    assert {problem.level for problem in check(changed("goodbye", text={}), KNOWN)} == {Level.WARNING}
    assert {problem.level for problem in check(changed("person", skill="juggling"), KNOWN)} == {Level.WARNING}


def test_a_language_we_do_not_speak_needs_words_of_its_own() -> None:
    flow = replace(example(), languages=("en", "ti"))
    assert ("no_phrases", "") in told(flow)
    assert ("no_phrases", "") not in told(replace(example(), languages=("en", "ar", "uk")))


def test_with_recordings_everything_must_be_recorded() -> None:
    problems = told(replace(example(), recorded=True))
    assert ("unspoken", "topic") in problems
    assert ("unspoken", "hours") not in problems
    assert not any(
        code == "unspoken" for code, _ in told(replace(example(), recorded=True, media=(Medium.CHAT,)))
    )


def test_without_the_phone_its_keys_do_not_count() -> None:
    flow = replace(entered(Menu("m", BOTH, choices(10), "topic")), media=(Medium.CHAT,))
    assert "too_many_keys" not in [code for code, _ in told(flow)]
    assert ("too_many_choices", "m") in told(
        replace(entered(Menu("m", BOTH, choices(11), "topic")), media=(Medium.CHAT,))
    )


def test_a_circle_only_on_the_phone_is_found() -> None:
    """A photo cannot be asked for there, so nothing stops the run."""
    ask = Ask("photo", BOTH, Wanted.PHOTO, "topic", "sorry")
    flow = entered(ask)
    flow = replace(flow, nodes={**flow.nodes, "sorry": Message("sorry", BOTH, "photo")})
    assert ("circle", "photo") in told(flow)
    assert "circle" not in [code for code, _ in told(replace(flow, media=(Medium.CHAT,)))]


def test_a_flow_that_asks_nothing_does_not_stop_a_circle() -> None:
    silent = replace(example(), slug="silent", start="bye", nodes={"bye": End("bye", BOTH)}, danger="")
    asking = replace(example(), slug="asking", danger="")
    around = entered(SubFlow("f", "silent", "f"))
    assert ("circle", "f") in told(around, replace(KNOWN, flows={"silent": silent}))
    again = entered(SubFlow("f", "asking", "f"))
    assert ("circle", "f") not in told(again, replace(KNOWN, flows={"asking": asking}))


def test_a_flow_inside_must_speak_and_run_as_this_one_does() -> None:
    inner = replace(example(), slug="inner", languages=("en",), media=(Medium.CHAT,))
    problems = told(entered(SubFlow("f", "inner", "topic")), replace(KNOWN, flows={"inner": inner}))
    assert {("flow_language", "f"), ("flow_medium", "f")} <= set(problems)


def test_flows_that_go_into_each_other_are_found() -> None:
    back = entered(SubFlow("f", "welcome", "topic"), slug="back")
    there = entered(SubFlow("f", "back", "topic"))
    assert ("flow_in_itself", "f") in told(there, replace(KNOWN, flows={"back": back}))
    deep = {f"d{n}": entered(SubFlow("f", f"d{n + 1}", "topic"), slug=f"d{n}") for n in range(9)}
    assert ("flow_too_deep", "f") in told(entered(SubFlow("f", "d0", "topic")), replace(KNOWN, flows=deep))


def test_a_dead_end_is_found() -> None:
    loop = Menu("loop", BOTH, (Choice("x", BOTH, "loop"),), "loop")
    flow = changed("topic", choices=(*example().nodes["topic"].choices, Choice("loop", BOTH, "loop")))
    assert ("dead_end", "loop") in told(replace(flow, nodes={**flow.nodes, "loop": loop}))


def test_a_read_only_category_may_be_left_open() -> None:
    assert told(changed("read_food", category="")) == []
    assert isinstance(example().nodes["read_food"], Information)
    assert isinstance(example().nodes["person"], HandOver)
