"""A flow comes back from us as it came, whatever kind its blocks are; what cannot be carried is said."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from aidline.flows import language
from aidline.flows.exchange import floip_in, floip_out
from aidline.flows.exchange.losses import WORDS, NotReadable, Weight
from aidline.flows.language import (
    Ask,
    Branch,
    Case,
    Choice,
    End,
    Flow,
    HandOver,
    Hours,
    Information,
    Medium,
    Menu,
    Message,
    Set,
    SubFlow,
    Topic,
    Vouchers,
    Wanted,
    Words,
)

from . import floip_files as files

AT = datetime(2026, 11, 24, 10, tzinfo=UTC)
KEPT_ONLY = {  # nothing of ours is like them: what they were is kept, and given back
    "Core.Log",
    "Core.Output",
    "Core.SetGroupMembership",
    "Core.Webhook",
    "MobilePrimitives.SelectManyResponses",
}


def read(container: Any) -> floip_in.Imported:
    return floip_in.read(json.dumps(container))


def again(container: Any, *, forget: bool = False) -> Any:
    flows = read(container).flows
    return floip_out.write(
        [floip_out.without_origin(flow) for flow in flows] if forget else flows, AT
    ).container


def alone(kind: str) -> Any:
    """One block, and an end for each of its ways out."""
    ends = [
        {**files.BYE, "uuid": uuid, "name": f"end_{place}"}
        for place, uuid in enumerate(
            dict.fromkeys(
                one["destination_block"] for one in files.BLOCKS[kind]["exits"] if "destination_block" in one
            )
        )
    ]
    inner = files.flow(files.BYE, uuid=files.OTHER, name="Inner", label="Inner")
    return files.container(files.flow(files.BLOCKS[kind], *ends), inner)


def test_all_fourteen_kinds_are_there() -> None:
    assert set(files.BLOCKS) == floip_in.BLOCKS
    assert len(files.BLOCKS) == 14


@pytest.mark.parametrize("kind", sorted(files.BLOCKS))
def test_every_kind_comes_back_the_same(kind: str) -> None:
    assert files.meaning(again(alone(kind))) == files.meaning(alone(kind))


@pytest.mark.parametrize("kind", sorted(set(files.BLOCKS) - KEPT_ONLY))
def test_what_we_write_ourselves_says_the_same(kind: str) -> None:
    """Without what was kept of the file: the block is made anew from our node alone. Its ids are then ours."""
    wanted, found = _shape(alone(kind), kind), _shape(again(alone(kind), forget=True), kind)
    assert found == wanted


def _shape(container: Any, kind: str) -> Any:
    flow = container["flows"][0]
    names = {one["uuid"]: one["name"] for one in flow["blocks"]} | {files.OTHER: "other"}
    said = next(iter(files.meaning({"flows": [flow]}).values()))
    block = next(one for one in said["blocks"].values() if one["type"] == kind)
    exits = [(test, default, names.get(to or "")) for test, default, to in block["exits"]]
    config = {key: value for key, value in block["config"].items() if key not in ("digit_prompts", "flow_id")}
    return {**block, "config": config, "exits": exits, "languages": said["languages"]}


def test_the_whole_comes_back_the_same_and_twice() -> None:
    once = again(files.whole())
    assert files.meaning(once) == files.meaning(files.whole())
    assert again(once) == once


def test_a_changed_text_changes_that_block_only() -> None:
    flow, other = read(files.whole()).flows
    hello = flow.nodes["hello"]
    assert isinstance(hello, Message)
    changed = replace(hello, text={**hello.text, "en": Words("Good day.")})
    edited = replace(flow, nodes={**flow.nodes, "hello": changed})
    before = files.meaning(files.whole())[files.uid("flow")]["blocks"]
    written = floip_out.write([edited, other], AT).container
    after = files.meaning(written)[files.uid("flow")]["blocks"]
    different = [uuid for uuid in before if before[uuid] != after[uuid]]
    assert different == [files.uid("hello")]
    greeting = next(one for one in written["flows"][0]["blocks"] if one["name"] == "hello")
    assert greeting["label"] == "Greeting"
    assert greeting["tags"] == ["start"]
    assert ("eng", "TEXT", "SMS", "Good day.") in after[files.uid("hello")]["config"]["prompt"]


def test_the_comparison_sees_a_changed_way_out_and_changed_words() -> None:
    """The measure itself: without this, two empty meanings would be equal."""
    other = files.whole()
    other["flows"][0]["blocks"][0]["exits"][0]["destination_block"] = files.uid("bye")
    assert files.meaning(other) != files.meaning(files.whole())
    words = json.loads(json.dumps(files.whole()))
    words["flows"][0]["resources"][0]["values"][0]["value"] = "Hi."
    assert files.meaning(words) != files.meaning(files.whole())


def test_what_runs_here_is_what_was_meant() -> None:
    flow = read(files.whole()).flows[0]
    need, age, adult = flow.nodes["need"], flow.nodes["age"], flow.nodes["adult"]
    assert isinstance(need, Menu)
    assert [(one.id, one.key, one.to) for one in need.choices] == [
        ("water", 1, "age"),
        ("shelter", 2, "place"),
    ]
    assert need.choices[0].also == {"en": ("water",)}
    assert need.tries == 1
    assert isinstance(age, Ask)
    assert (age.wants, age.least, age.most) == (Wanted.NUMBER, 0, 120)
    assert isinstance(adult, Branch)
    assert adult.cases == (
        Case("age", language.Test.BELOW, "18", "photo"),
        Case("language", language.Test.IS, "ar", "story"),
    )
    assert isinstance(flow.nodes["bye"], End)
    assert flow.languages == ("en", "ar")
    assert set(flow.media) == {Medium.SMS, Medium.PHONE, Medium.CHAT}
    hello = flow.nodes["hello"]
    assert isinstance(hello, Message)
    assert hello.text["ar"].recording == "hello-ara.wav"


def test_losses_are_told_in_words() -> None:
    report = read(files.whole()).report
    told = {(loss.where, loss.code) for loss in report.losses}
    assert {
        ("log", "block-kept"),
        ("group", "block-kept"),
        ("tell", "block-kept"),
        ("several", "many-as-text"),
    } <= told
    assert all(str(WORDS[loss.code]) for loss in report.losses)


def test_what_cannot_be_read_is_told_and_never_guessed() -> None:
    case = files.block(
        "Core.Case",
        "hard",
        {},
        files.exit_("odd", "bye", "AND(flow.age < 18, OR(flow.x = 1, flow.y = 2))"),
        files.exit_("Default", "bye"),
    )
    strange = files.block("Vendor.Magic", "magic", {}, files.exit_("Default", "bye"))
    imported = read(files.container(files.flow(case, strange, files.BYE)))
    told = {(loss.where, loss.code, loss.weight) for loss in imported.report.losses}
    assert ("hard", "test-unknown", Weight.LOSS) in told
    assert ("magic", "block-unknown", Weight.LOSS) in told
    hard = imported.flows[0].nodes["hard"]
    assert isinstance(hard, Branch)
    assert hard.cases == ()


NOT_FLOIP = [
    b"",
    b"{",
    b"[]",
    b"{}",
    b'{"specification_version": "2.0"}',
    b'{"specification_version": "1.0.0-rc4"}',
    json.dumps(files.container({**files.flow(files.BYE), "blocks": [7]})).encode(),
    json.dumps(files.container({**files.flow(files.BYE), "blocks": [{"uuid": "x"}]})).encode(),
    b"[" * 100_000,
]


@pytest.mark.parametrize("source", NOT_FLOIP, ids=range(len(NOT_FLOIP)))
def test_other_files_are_refused_in_words(source: bytes) -> None:
    with pytest.raises(NotReadable) as refused:
        floip_in.read(source)
    assert str(refused.value.words)


# --- our own flows, out and in again ---------------------------------------------------------------------

TEXT = {"en": Words("Hello", short="Hi", recording="hello"), "ar": Words("مرحبا")}
OWN = Flow(
    slug="help",
    title="Help",
    languages=("en", "ar"),
    media=(Medium.CHAT, Medium.SMS, Medium.PHONE),
    start="language",
    nodes={
        "language": Menu(
            "language",
            TEXT,
            (Choice("en", TEXT, "open"), Choice("ar", TEXT, "open", key=2)),
            "open",
            keeps="language",
        ),
        "open": Hours("open", "greet", "closed"),
        "greet": Message("greet", TEXT, "mark"),
        "mark": Topic("mark", "shelter", "keep"),
        "keep": Set("keep", {"seen": "yes"}, "age"),
        "age": Ask("age", TEXT, Wanted.NUMBER, "which", "closed", keeps="years", least=1, most=99),
        "which": Branch("which", (Case("years", language.Test.ABOVE, "17", "inner"),), "read"),
        "inner": SubFlow("inner", "more", "read"),
        "vouchers": Vouchers("vouchers", TEXT, "person", "person"),
        "read": Information("read", TEXT, "health", "vouchers", "person"),
        "person": HandOver("person", TEXT, otherwise="speak", risk="high"),
        "speak": Ask("speak", TEXT, Wanted.VOICE, "bye", "bye", seconds=60, tries=2),
        "closed": End("closed", TEXT),
        "bye": End("bye", TEXT),
    },
    danger="person",
)
MORE = Flow("more", "More", ("en", "ar"), (Medium.CHAT,), "bye", {"bye": End("bye", TEXT)})


def test_our_own_flows_come_back_equal() -> None:
    exported = floip_out.write([OWN, MORE], AT)
    back = floip_in.read(exported.text()).flows
    assert [floip_out.without_origin(flow) for flow in back] == [OWN, MORE]
    assert {(loss.where, loss.code) for loss in exported.report.losses} == {
        (name, "not-native") for name in ("open", "mark", "read", "vouchers", "person")
    }
