"""Checks of telephone calls, about every provider that takes them."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from aidline.channels.contract import GiveUp, Malformed, RetryLater, SendError, Uncertain, Unknown
from aidline.channels.contract.voice import (
    CallRecording,
    CallStatus,
    ControlsCalls,
    Dialled,
    Records,
    Room,
    RoomChange,
    TakesCalls,
)
from channels.conformance.bench import Bench
from local_server import Answer
from voice.documents import complaints
from voice.scripts import HERE, ONE_OF_EACH, OUR_NUMBER, THEIR_NUMBER, THEN, TOLD

DIALLED = Dialled(THEIR_NUMBER, OUR_NUMBER, f"{HERE}/answer", f"{HERE}/fallback", TOLD)
ROOM = Room("room-1", "their-room")


def a_question_about_a_call_proves_itself_and_is_understood(bench: Bench) -> None:
    for body, expected in bench.kit.calls:
        request = bench.ask(body)
        assert bench.accepts(request)
        assert bench.phone.call_request(request) == expected


def a_question_that_names_no_call_is_malformed(bench: Bench) -> None:
    if not _takes(bench):
        return
    for body in (*bench.kit.malformed, *(body for body, _ in bench.kit.said.values())):
        with suppress(Malformed):
            assert bench.phone.call_request(bench.hook(bench.readable(body))).call_id


def every_script_becomes_a_whole_document(bench: Bench) -> None:
    """To its end, with absolute addresses, and with nothing that its own rules do not know."""
    if not _takes(bench):
        return
    for script in ONE_OF_EACH:
        answer = bench.phone.script(script)
        assert answer.status == 200
        assert complaints(bench.kit.provider, answer.body) == [], script


def what_became_of_calls_is_the_same_each_time_it_is_told(bench: Bench) -> None:
    """What names them is the provider's: a call, a recording, a room and a place in it."""
    for body, events in bench.kit.unsaid:
        for event in bench.parse(body):
            match event:
                case CallStatus(call_id):
                    assert call_id
                case CallRecording(recording_id, ref):
                    assert recording_id
                    assert ref
                case RoomChange(room, room_id):
                    assert room or room_id
            assert event in events


def who_takes_calls_brings_questions_and_news(bench: Bench) -> None:
    if not _takes(bench):
        return
    assert len(bench.kit.calls) > 5
    told = [event for body, _ in bench.kit.unsaid for event in bench.parse(body)]
    assert any(isinstance(event, CallStatus) for event in told)
    assert {type(event) for event in told} != {Unknown}


def a_ring_without_an_answer_is_uncertain_and_never_repeated(bench: Bench) -> None:
    if not isinstance(bench.provider(), ControlsCalls):
        return
    for lost in (Answer(0), Answer(200, b"<html>"), Answer(200, b"{}")):
        with pytest.raises(Uncertain):
            _does(bench, lost, lambda it, http: it.dial(http, DIALLED))
        assert len(bench.world.seen) == 1


def whatever_rings_nobody_may_be_repeated(bench: Bench) -> None:
    for does in _quiet(bench):
        with pytest.raises((RetryLater, GiveUp)):  # GiveUp: what the provider does not offer
            _does(bench, Answer(0), does)


def a_call_that_is_over_is_hung_up_without_an_error(bench: Bench) -> None:
    if isinstance(bench.provider(), ControlsCalls):
        _does(bench, Answer(404, b"{}"), lambda it, http: it.hang_up(http, "their-call"))


def a_recording_that_is_gone_is_deleted_without_an_error(bench: Bench) -> None:
    """Or the provider says that it has no way to delete one."""
    if not _takes(bench) or not isinstance(bench.provider(), Records):
        return
    try:
        _does(bench, Answer(404, b"{}"), lambda it, http: it.delete_recording(http, _recording(bench)))
    except GiveUp as refusal:
        if refusal.code != "not-offered":
            raise


def ids_of_calls_cannot_walk_about(bench: Bench) -> None:
    bad = Room("../../admin", "../../admin")
    for does in (
        lambda it, http: it.hang_up(http, "../../admin"),
        lambda it, http: it.redirect(http, "../../admin", THEN),
        lambda it, http: it.change(http, bad, "../../admin", muted=True),
        lambda it, http: it.remove(http, bad, "../../admin"),
        lambda it, http: it.fetch_recording(http, "../../admin"),
        lambda it, http: it.delete_recording(http, "../../admin"),
        lambda it, http: it.fetch_recording(http, "https://169.254.169.254/x"),
        lambda it, http: it.fetch_recording(http, "//evil.example/x"),
    ):
        if not isinstance(bench.provider(), ControlsCalls | Records):
            return
        with suppress(SendError, AttributeError):
            _does(bench, Answer(404), does)
        for seen in bench.world.seen:
            assert "/../" not in seen.path
            assert "/admin" not in seen.path.replace("%2F", "")


def _takes(bench: Bench) -> bool:
    provider: object = bench.provider()
    return isinstance(provider, TakesCalls) and provider.takes_calls


def _recording(bench: Bench) -> str:
    return bench.kit.recording(bench.world.url)


def _does(bench: Bench, answer: Answer, does: Callable[[Any, Any], object]) -> None:
    bench.world.seen.clear()
    bench.world.answer = lambda _: answer
    with bench.client() as client:
        try:
            does(bench.provider(), client)
        except SendError as error:
            bench.hear(error)
            raise


def _quiet(bench: Bench) -> list[Callable[[Any, Any], object]]:
    controls: list[Callable[[Any, Any], object]] = [
        lambda it, http: it.redirect(http, "their-call", THEN),
        lambda it, http: it.hang_up(http, "their-call"),
        lambda it, http: it.change(http, ROOM, "their-call", muted=True),
        lambda it, http: it.remove(http, ROOM, "their-call"),
    ]
    recordings: list[Callable[[Any, Any], object]] = [
        lambda it, http: it.fetch_recording(http, _recording(bench)),
        lambda it, http: it.delete_recording(http, _recording(bench)),
        lambda it, http: it.pause_recording(http, ROOM, paused=True),
    ]
    provider: object = bench.provider()
    return [
        *(controls if isinstance(provider, ControlsCalls) else ()),
        *(recordings if isinstance(provider, Records) else ()),
    ]
