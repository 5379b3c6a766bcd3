"""A flow as text: what is read is what is written, and whatever is wrong is told with its place."""

from contextlib import suppress
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as any_of

from aidline.flows.language import Choice, End, Flow, Medium, Menu, Words
from aidline.flows.problems import FlowError
from aidline.flows.text import read, write
from aidline.kernel.text import clean

from .examples import example, source

SMALL = """flow: small
languages: [en]
media: [chat]
start: bye
nodes:
  bye:
    kind: end
    text: {en: Bye}
"""


def wrong(text: str) -> list[tuple[str, str, int]]:
    with pytest.raises(FlowError) as caught:
        read(text)
    assert all(problem.words for problem in caught.value.problems)
    return [(problem.code, problem.node, problem.line) for problem in caught.value.problems]


def test_what_is_written_is_read_again() -> None:
    written = write(example())
    assert read(written) == example()
    assert write(read(written)) == written
    assert list(read(written).nodes) == list(example().nodes)


def test_a_small_flow() -> None:
    bye = End("bye", {"en": Words("Bye")})
    assert read(SMALL) == Flow("small", "", ("en",), (Medium.CHAT,), "bye", {"bye": bye})


def test_words_stay_words() -> None:
    """`no` is Norwegian, 08 and 12:30 are no numbers, and a colon in a sentence needs quotes."""
    bye = {"no": Words("no"), "en": Words("08"), "fr": Words("à 12:30: oui # non"), "ar": Words("- \n* نعم")}
    flow = replace(read(SMALL), nodes={"bye": End("bye", bye)})
    assert read(write(flow)) == flow
    assert read(SMALL.replace("en: Bye", "no: no, en: 012")).nodes["bye"] == End(
        "bye", {"no": Words("no"), "en": Words("012")}
    )


@pytest.mark.parametrize("key", [0, 3])
def test_choices_keep_what_they_have(key: int) -> None:
    choice = Choice(
        "a", {"en": Words("A", short="a", recording="prompt-a")}, "bye", key, {"en": ("x", "y: z")}
    )
    nodes = {"m": Menu("m", {"en": Words("?")}, (choice,), "bye", tries=2), **read(SMALL).nodes}
    flow = replace(read(SMALL), nodes=nodes, recorded=True, also={"person": {"ti": ("ሰብ",)}}, danger_key="#")
    flow = replace(flow, phrases={"more": {"ti": Words("ተወሳኺ")}}, extra={"uuid": "7"})
    assert read(write(flow)) == flow


@pytest.mark.parametrize(
    ("old", "new", "problems"),
    [
        ("kind: end", "kind: ende", [("not_one_of", "bye", 7)]),
        ("kind: end", "", [("missing", "bye", 8)]),
        ("text: {en: Bye}", "texts: {en: Bye}", [("unknown_key", "bye", 8), ("missing", "bye", 7)]),
        ("text: {en: Bye}", "text: Bye", [("not_a_mapping", "bye", 8)]),
        ("text: {en: Bye}", "text: {en: [Bye]}", [("not_a_mapping", "bye", 8)]),
        ("text: {en: Bye}", "text: {en: Bye, en: Ciao}", [("doubled", "", 8)]),
        ("text: {en: Bye}", "text: &a {en: *a}", [("alias", "", 8)]),
        ("text: {en: Bye}", "text: {en: Bye", [("not_yaml", "", 9)]),
        ("text: {en: Bye}", "text: " + "[" * 40, [("too_deep", "", 8)]),
        ("media: [chat]", "media: [fax, pigeon]", [("not_one_of", "", 3), ("not_one_of", "", 3)]),
        ("media: [chat]", "media: chat", [("not_a_list", "", 3)]),
        ("flow: small", "flow: a small one", [("not_a_name", "", 1)]),
        ("flow: small", "", [("missing", "", 2)]),
        ("start: bye", "start: {a: b}", [("not_words", "", 4)]),
        (SMALL, "", [("empty", "", 0)]),
        (SMALL, "a\n---\nb", [("not_yaml", "", 0)]),
        (SMALL, "- a", [("not_a_mapping", "", 1)]),
        (SMALL, "\x00", [("not_yaml", "", 0)]),
        (SMALL, "a: " + "x" * 500_000, [("too_long", "", 0)]),
        (SMALL, "? [a]\n: b", [("not_yaml", "", 1)]),
        (SMALL, "flow: !!python/object:os.system {a: b}", [("not_words", "", 1)]),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    old: str, new: str, problems: list[tuple[str, str, int]]
) -> None:
    found = wrong(SMALL.replace(old, new))
    assert found[: len(problems)] == problems


def test_all_problems_are_told_at_once() -> None:
    text = source().replace("kind: hours", "kind: ours").replace("risk: imminent", "risk: huge")
    assert [code for code, _, _ in wrong(text)] == ["not_one_of", "not_one_of"]


def test_a_number_is_bounded() -> None:
    menu = "  m: {kind: menu, text: {en: A}, choices: [], otherwise: bye, tries: 99}\n"
    assert wrong(SMALL + menu) == [("not_a_number", "m", 9)]


@given(any_of.text(max_size=60).map(lambda said: clean(said).strip()))
@settings(max_examples=150, deadline=None)
def test_all_words_come_back(said: str) -> None:
    flow = replace(read(SMALL), title=said, nodes={"bye": End("bye", {"en": Words(said, said)})})
    assert read(write(flow)) == flow


def test_torn_text_is_refused_and_never_an_accident() -> None:
    random, whole = Random(4), source()
    for _ in range(300):
        at, length = random.randrange(len(whole)), random.randrange(9)
        torn = (
            whole[:at]
            + random.choice(["", ":", "- ", "{", "&a ", "\t", "'", "\ud800", "? ", "|"])
            + whole[at + length :]
        )
        with suppress(FlowError):
            read(torn)
