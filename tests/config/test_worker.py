"""The worker's loops: woken, patient with outages, and not held up by each other."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError

from aidline.config import worker
from aidline.config.worker import JOB_LOOPS, LOOKERS, Loop, Sender
from aidline.gateway.polling import POLL
from aidline.jobs.services import enqueue
from aidline.kernel.clock import now


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + 5
    while not what():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.01)


class Running:
    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self._ended = threading.Event()
        self._thread = threading.Thread(target=loop.run, args=(self._ended,))

    def __enter__(self) -> Loop:
        self._thread.start()
        return self.loop

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.loop.woken.set()
        self._thread.join(5)
        assert not self._thread.is_alive()


def test_a_loop_works_until_nothing_is_left_and_again_when_woken() -> None:
    waiting, done = [3], []

    def do() -> int:
        done.append(1)
        waiting[0] = max(0, waiting[0] - 1)
        return waiting[0]

    with Running(Loop("any", do, rest=0, at_least=60)) as loop:
        wait_for(lambda: len(done) == 3)
        time.sleep(0.05)
        assert len(done) == 3
        loop.woken.set()
        wait_for(lambda: len(done) == 4)


@pytest.mark.parametrize("error", [OperationalError("gone"), ValueError("a fault of ours")])
def test_a_loop_outlives_errors(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    monkeypatch.setattr(worker, "AFTER_OUTAGE", 0.01)
    done: list[int] = []

    def do() -> int:
        done.append(1)
        if len(done) < 3:
            raise error
        return 0

    with Running(Loop("any", do, rest=0, at_least=60)):
        wait_for(lambda: len(done) == 3)


class Provider:
    """Stands for `gateway.outbound`: messages that are due, and sends that may hang."""

    def __init__(self, count: int, monkeypatch: pytest.MonkeyPatch, *, broadcasts: int = 0) -> None:
        self.waiting = [uuid4() for _ in range(count)]
        self.broadcasts = [uuid4() for _ in range(broadcasts)]
        self.begun: list[UUID] = []
        self.sent: list[UUID] = []
        self.answers = threading.Event()
        monkeypatch.setattr(worker.outbound, "due", lambda limit: self.waiting[:limit])
        monkeypatch.setattr(worker.outbound, "due_broadcasts", lambda limit: self.broadcasts[:limit])
        monkeypatch.setattr(worker.outbound, "send", self.send)

    def send(self, message: UUID) -> bool:
        self.begun.append(message)
        self.answers.wait(5)
        self.sent.append(message)
        (self.waiting if message in self.waiting else self.broadcasts).remove(message)
        return True


def test_a_provider_that_hangs_holds_its_own_messages_and_nobody_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    provider = Provider(40, monkeypatch)
    sender = Sender(lambda: None)
    assert sender.hand_out() == 2 * worker.SENDERS
    assert sender.hand_out() == 0  # and returned at once
    provider.answers.set()
    wait_for(lambda: sender.hand_out() == 0 and not provider.waiting)
    sender.stop()
    assert len(provider.sent) == len(set(provider.sent)) == 40


def test_a_broadcast_leaves_hands_free_for_a_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = Provider(0, monkeypatch, broadcasts=100)
    sender = Sender(lambda: None)
    broadcaster = Sender(lambda: None, worker.outbound.due_broadcasts, hands=4, ahead=8)
    assert broadcaster.hand_out() == 12
    assert broadcaster.hand_out() == 0
    provider.waiting.append(reply := uuid4())
    assert sender.hand_out() == 1
    wait_for(lambda: reply in provider.begun)  # while all broadcasts hang
    assert provider.sent == []
    provider.answers.set()
    wait_for(lambda: broadcaster.hand_out() == 0 and not provider.broadcasts)
    sender.stop()
    broadcaster.stop()
    assert len(provider.sent) == len(set(provider.sent)) == 101


def test_a_failed_send_frees_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = Provider(1, monkeypatch)

    def fails(message: UUID) -> bool:
        raise ValueError

    monkeypatch.setattr(worker.outbound, "send", fails)
    finished = threading.Event()
    sender = Sender(finished.set)
    assert sender.hand_out() == 1
    assert finished.wait(5)
    monkeypatch.setattr(worker.outbound, "send", provider.send)
    provider.answers.set()
    wait_for(lambda: sender.hand_out() == 0 and provider.sent != [])
    sender.stop()


@pytest.mark.django_db(transaction=True)
def test_mailboxes_on_slow_lines_hold_up_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many looks as there are hands, and more: a file that somebody sent is fetched all the same."""
    done: list[str] = []
    kinds = {POLL: "look", "media.fetch": "fetch"}
    for kind in [POLL] * (JOB_LOOPS + LOOKERS) + ["media.fetch"]:
        enqueue(kind, run_at=now() - timedelta(seconds=1 if kind == POLL else 0))
    monkeypatch.setattr(
        worker, "JOBS", {kind: lambda _, name=name: done.append(name) for kind, name in kinds.items()}
    )
    assert worker._run_a_job() == 1
    assert (done, worker._run_a_job()) == (["fetch"], 0)
    while worker._look():
        pass
    assert done == ["fetch", *["look"] * (JOB_LOOPS + LOOKERS)]
