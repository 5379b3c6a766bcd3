"""Faults put into the engine on purpose. Each must be found, by its own kind of complaint."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from aidline.flows import always, engine, leaving, nodes
from aidline.flows.language import Flow, HandOver, Medium, Said
from aidline.flows.run import Missed, Run
from aidline.flows.state import State, Waits

from .fuzz import Report, fuzz

RUNS = 12_000

Planting = Callable[[], Any]


def _tries_not_counted() -> Any:
    counted = engine._missed

    def missed(run: Run, said: Said, found: Missed) -> None:
        run.tries = -1
        counted(run, said, found)

    return patch.object(engine, "_missed", missed)


def _steps_not_counted() -> Any:
    return patch.object(engine, "STEPS", 1_000)


def _turns_not_counted() -> Any:
    return patch.object(engine, "INPUTS", 10**9)


def _sub_flow_lost_at_hand_over() -> Any:
    whole = leaving.hand_over

    def hand_over(run: Run, node: HandOver | None, *, risk: str = "") -> None:
        whole(run, node, risk=risk)
        run.frames, run.inside = [], ""

    return _everywhere("hand_over", hand_over)


def _risk_falls() -> Any:
    return patch.object(Run, "raise_risk", lambda run, risk: setattr(run, "risk", risk))


def _person_not_heard() -> Any:
    whole = always.wish

    def wish(text: str, flow: Flow, medium: Medium) -> always.Wish | None:
        found = whole(text, flow, medium)
        return None if found is always.Wish.PERSON and text != "0" else found

    return patch.object(engine, "wish", wish)


def _state_not_whole() -> Any:
    whole = State.packed
    return patch.object(State, "packed", lambda state: {**whole(state), "frames": []})


def _answers_no_last_act() -> Any:
    return patch.object(Run, "finish", lambda run: run.wait_for(Waits.NOTHING))


def _everywhere(name: str, function: Any) -> Any:
    @contextmanager
    def in_each() -> Iterator[None]:
        with patch.object(leaving, name, function), patch.object(nodes, name, function):
            yield

    return in_each()


MUTANTS: Mapping[str, tuple[Planting, str]] = {
    "tries are not counted": (_tries_not_counted, "silence does not end"),
    "steps are not counted": (_steps_not_counted, "too much in one turn"),
    "turns are not counted": (_turns_not_counted, "does not end"),
    "a sub-flow is lost at a hand-over": (
        _sub_flow_lost_at_hand_over,
        "waits where no hand-over is",
    ),
    "a risk falls": (_risk_falls, "risk never falls"),
    "who asks for a person is not heard": (_person_not_heard, "a person is one word away"),
    "the state is not kept whole": (_state_not_whole, "the state is not what was packed"),
    "an end is not told": (_answers_no_last_act, "waits on the last act and only there"),
}


def planted(name: str) -> Report:
    planting, kind = MUTANTS[name]
    with planting():
        return fuzz(RUNS, until=kind)
