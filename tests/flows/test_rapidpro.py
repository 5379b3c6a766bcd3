"""A flow of RapidPro asks here what it asked there; what it cannot do here is told."""

import json
from pathlib import Path
from typing import Any

import pytest

from aidline.flows import language
from aidline.flows.exchange import rapidpro
from aidline.flows.exchange.floip_in import Imported
from aidline.flows.exchange.losses import WORDS, NotReadable
from aidline.flows.language import Ask, Branch, Case, HandOver, Medium, Menu, Message, SubFlow, Wanted

from . import rapidpro_files as files

DOCUMENTED = Path(__file__).parents[2] / "docs" / "flows-exchange.md"


def read(*flows: Any) -> Imported:
    return rapidpro.read(json.dumps(files.export(*flows)))


@pytest.fixture
def imported() -> Imported:
    return read(files.flow())


def test_the_question_is_where_the_answer_is_waited_for(imported: Imported) -> None:
    flow = imported.flows[0]
    first = flow.nodes[flow.start]
    assert isinstance(first, Message)
    assert {code: words.text for code, words in first.text.items()} == {"en": "Welcome.", "ar": "أهلا بك."}
    menu = flow.nodes[first.to]
    assert isinstance(menu, Menu)
    assert menu.text["en"].text == "What do you need?"
    assert [choice.text["en"].text for choice in menu.choices] == ["Water", "A person"]
    assert menu.choices[0].text["ar"].text == "ماء"
    assert menu.choices[0].also == {"en": ("water", "1", "ماء")}
    assert menu.keeps == "need"


def test_numbers_photos_flows_and_people(imported: Imported) -> None:
    nodes = imported.flows[0].nodes.values()
    asks = [node for node in nodes if isinstance(node, Ask)]
    assert [ask.wants for ask in asks] == [Wanted.NUMBER, Wanted.PHOTO]
    ways = imported.flows[0].nodes[asks[0].to]
    assert isinstance(ways, Branch)
    assert [(case.what, case.test, case.value) for case in ways.cases] == [
        ("age", language.Test.BELOW, "18"),
        ("age", language.Test.ABOVE, "17"),
    ]
    assert [node.flow for node in nodes if isinstance(node, SubFlow)] == ["inner"]
    assert any(isinstance(node, HandOver) for node in nodes)
    by_language = [
        node for node in nodes if isinstance(node, Branch) and node.cases and node.cases[0].value == "ara"
    ]
    assert [node.cases[0].what for node in by_language] == ["language"]


def test_no_way_leads_nowhere(imported: Imported) -> None:
    flow = imported.flows[0]
    assert all(to in flow.nodes for node in flow.nodes.values() for to in rapidpro.targets(node))


def test_the_loss_report(imported: Imported) -> None:
    told = {loss.code for loss in imported.report.losses}
    assert told == {
        "action-dropped",  # the webhook
        "assignee-dropped",
        "expression-in-text",
        "flow-missing",
        "no-goodbye",
        "router-dropped",  # random
        "timeout-kept",
    }


def test_every_loss_is_documented() -> None:
    page = DOCUMENTED.read_text()
    assert [code for code in WORDS if f"`{code}`" not in page] == []


def test_a_voice_flow_runs_on_the_phone() -> None:
    said = files.node(
        "n1", files.action("say_msg", "a", text="Hello", audio_url="https://example.org/hello.wav")
    )
    flow = read(files.flow(type="voice", spec_version="14.4.2", nodes=[said])).flows[0]
    first = flow.nodes[flow.start]
    assert flow.media == (Medium.PHONE,)
    assert isinstance(first, Message)
    assert first.text["en"].recording == "hello"


NOT_RAPIDPRO = [b"", b"[]", b"{}", b"7", json.dumps(files.export()).encode()] + [
    json.dumps(files.export(files.flow(**change))).encode()
    for change in ({"spec_version": "11.3"}, {"nodes": [7]}, {"nodes": []}, {"localization": [1]})
]


@pytest.mark.parametrize("source", NOT_RAPIDPRO, ids=range(len(NOT_RAPIDPRO)))
def test_other_files_are_refused_in_words(source: bytes) -> None:
    with pytest.raises(NotReadable) as refused:
        rapidpro.read(source)
    assert str(refused.value.words)


def test_a_case_without_an_equal_is_never_true() -> None:
    odd = {**files.AGE, "cases": [files.case("k", "has_district", "c-child", "Somewhere")]}
    node = files.node("n", files.action("send_msg", "a", text="Where?"), router=odd, to={"e-none": ""})
    imported = read(files.flow(nodes=[node]))
    assert "test-unknown" in {loss.code for loss in imported.report.losses}
    assert not [case for one in imported.flows[0].nodes.values() for case in _cases(one)]


def _cases(node: language.Node) -> tuple[Case, ...]:
    return node.cases if isinstance(node, Branch) else ()
