"""Each check sees its own fault in a record that is otherwise well."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from .checks import Evidence, faults
from .plan import Said

AT = datetime(2026, 11, 1, tzinfo=UTC)


def said(name: str, order: int) -> Said:
    return Said("twilio", name, "+33639980001", f"text {name}", AT, order)


def row(name: str, seq: int, **more: Any) -> dict[str, Any]:
    base = {
        "is": "message",
        "id": f"id-{name}",
        "provider": "twilio",
        "conversation": "c1",
        "seq": seq,
        "direction": "i",
        "state": "rc",
        "at": float(seq),
        "external_id": name,
        "text": f"text {name}",
    }
    return {**base, **more}


def reply(state: str, seq: int = 3) -> dict[str, Any]:
    return row("r", seq, direction="o", state=state, external_id="x", text="hello")


def thread(last_seq: int, name: str = "c1") -> dict[str, Any]:
    return {
        "is": "conversation",
        "id": name,
        "provider": "twilio",
        "address": "+33639980001",
        "last_seq": last_seq,
    }


def change(old: str, new: str) -> dict[str, Any]:
    return {"is": "change", "message": "id-r", "old": old, "new": new}


WELL = Evidence(
    said={("twilio", "a"): said("a", 1), ("twilio", "b"): said("b", 2)},
    acked=frozenset({("twilio", "a"), ("twilio", "b")}),
    rows=[row("a", 1), row("b", 2), reply("dl"), thread(3), change("qu", "sg"), change("sg", "dl")],
    taken={"id-r": 1},
    told={"id-r": ["delivered", "sent", "delivered"]},
    counts={"pending": 0},
)


def rows(*changed: dict[str, Any]) -> Evidence:
    return replace(WELL, rows=list(changed))


def test_a_run_without_faults_has_none() -> None:
    assert faults(WELL) == []


@pytest.mark.parametrize(
    ("evidence", "found"),
    [
        (rows(row("a", 1), reply("dl", 2), thread(2)), "lost"),
        (rows(row("a", 1), row("b", 2), row("b", 3, id="again"), reply("dl", 4), thread(4)), "doubled"),
        (rows(row("a", 1), row("b", 2), row("ghost", 3), reply("dl", 4), thread(4)), "invented"),
        (rows(row("a", 1), row("b", 2, text="else"), reply("dl"), thread(3)), "changed"),
        (rows(row("a", 1, at=5.0), row("b", 2), reply("dl"), thread(3)), "out of order"),
        (rows(row("a", 1), row("b", 2), reply("dl"), thread(3), thread(0, "c2")), "split"),
        (rows(row("a", 1), row("b", 2), reply("dl", 4), thread(4)), "gap"),
        (replace(WELL, counts={"quarantined": 1}), "unfinished"),
        (replace(WELL, refused=[401]), "turned away"),
        (replace(WELL, rows=[*WELL.rows, change("dl", "st")]), "backwards"),
        (rows(row("a", 1), row("b", 2), reply("st"), thread(3)), "wrong end"),
        (replace(WELL, taken={"id-r": 2}), "sent twice"),
        (replace(WELL, taken={}, told={}), "dropped"),
        (replace(WELL, rows=[row("a", 1), row("b", 2), reply("qu"), thread(3)], told={}), "dropped"),
    ],
)
def test_one_fault_is_found_and_no_other(evidence: Evidence, found: str) -> None:
    assert {fault.partition(":")[0] for fault in faults(evidence)} == {found}
