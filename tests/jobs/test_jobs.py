"""Jobs: enqueued with their cause, done at least once, retried with pauses, buried when nothing helps."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from aidline.jobs import services
from aidline.jobs.models import Job, Schedule
from aidline.jobs.services import ATTEMPTS, LEASE, bury, claim, enqueue, finish, pause, renew, take_turn
from aidline.jobs.states import State
from aidline.jobs.work import Periodic, bury_fatal, run_due, run_periodic

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

DIES = """
import os, sys
import django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from aidline.jobs.work import run_due
def handler(payload):
    print("begun", flush=True)
    sys.stdin.read()
run_due({"slow": handler})
"""


class Handler:
    def __init__(self, *, failing: int = 0) -> None:
        self.seen: list[Mapping[str, Any]] = []
        self._failing = failing

    def __call__(self, payload: dict[str, Any]) -> None:
        self.seen.append(payload)
        if len(self.seen) <= self._failing:
            raise LookupError("a person's name")


def test_a_job_is_done_once_with_what_it_was_given() -> None:
    handler = Handler()
    enqueue("fetch", {"id": 7})
    assert run_due({"fetch": handler}) == 1
    assert run_due({"fetch": handler}) == 0
    assert handler.seen == [{"id": 7}]


@pytest.mark.django_db(transaction=True)
def test_a_job_is_gone_with_the_transaction_that_wanted_it() -> None:
    with transaction.atomic():
        enqueue("fetch")
        transaction.set_rollback(True)
    assert not Job.objects.exists()


def test_a_key_allows_one_open_job_and_a_new_one_after_that() -> None:
    assert enqueue("sync", unique_key="sync 1")
    assert enqueue("sync", unique_key="sync 1") is None
    run_due({"sync": Handler()})
    assert enqueue("sync", unique_key="sync 1")


def test_a_job_waits_for_its_time() -> None:
    with time_machine.travel(START, tick=False) as clock:
        enqueue("later", run_at=START + timedelta(minutes=5))
        assert run_due({"later": Handler()}) == 0
        clock.shift(301)
        assert run_due({"later": Handler()}) == 1


def test_a_failing_job_comes_back_after_a_pause_and_its_error_names_no_value() -> None:
    handler = Handler(failing=1)
    with time_machine.travel(START, tick=False) as clock:
        enqueue("fetch")
        run_due({"fetch": handler})
        job = Job.objects.get()
        assert (job.state, job.error_code) == (State.READY, "LookupError")
        clock.move_to(job.run_at)
        run_due({"fetch": handler})
    job.refresh_from_db()
    assert (job.state, job.attempts, len(handler.seen)) == (State.DONE, 2, 2)


def test_after_the_last_attempt_a_job_is_dead_and_mourned_once() -> None:
    handler, mourner = Handler(failing=99), Handler()
    with time_machine.travel(START, tick=False) as clock:
        enqueue("fetch", {"id": 1})
        for _ in range(ATTEMPTS + 3):
            run_due({"fetch": handler}, {"fetch": mourner})
            clock.shift(services.LONGEST_PAUSE)
    assert (Job.objects.get().state, len(handler.seen)) == (State.DEAD, ATTEMPTS)
    assert mourner.seen == [{"id": 1}]
    assert services.retry_dead(Job.objects.get().pk)
    assert Job.objects.get().state == State.READY


def test_pauses_are_spread_and_grow_to_a_quarter_of_an_hour() -> None:
    assert len({pause(3) for _ in range(50)}) > 40
    assert max(pause(1) for _ in range(200)) <= 2
    assert 600 < max(pause(30) for _ in range(500)) <= 900


def test_a_claimed_job_is_nobody_elses_until_its_lease_ends() -> None:
    with time_machine.travel(START, tick=False) as clock:
        enqueue("fetch")
        assert len(claim(5)) == 1
        assert claim(5) == []
        clock.shift(LEASE + timedelta(seconds=1))
        assert claim(5)[0].attempts == 2


@pytest.mark.parametrize("state", [State.READY, State.RUNNING])
def test_two_workers_that_saw_the_same_job_do_not_both_get_it(state: State) -> None:
    ended = datetime.now(UTC) - timedelta(seconds=1) if state == State.RUNNING else None
    row = Job.objects.create(kind="fetch", state=state, lease_until=ended)
    seen = [Job.objects.get(pk=row.pk) for _ in range(2)]
    assert [services._won(job, datetime.now(UTC)) for job in seen] == [True, False]


def test_a_renewed_lease_holds_and_a_lost_one_changes_nothing() -> None:
    with time_machine.travel(START, tick=False) as clock:
        enqueue("fetch")
        first = claim(1)[0]
        clock.shift(LEASE / 2)
        assert renew(first)
        clock.shift(LEASE * 0.75)
        assert claim(1) == []
        clock.shift(LEASE)
        second = claim(1)[0]
        assert not renew(first)
        finish(first)
        assert Job.objects.get().state == State.RUNNING
        finish(second)
        assert Job.objects.get().state == State.DONE


def test_a_job_that_kills_every_worker_is_buried() -> None:
    mourner = Handler()
    with time_machine.travel(START, tick=False) as clock:
        enqueue("bomb")
        for _ in range(ATTEMPTS):
            assert len(claim(1)) == 1
            assert bury() == []
            clock.shift(LEASE + timedelta(seconds=1))
        assert claim(1) == []
        assert bury_fatal({"bomb": mourner}) == 1
    assert Job.objects.get().error_code == "WorkerDied"
    assert mourner.seen == [{}]


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_worker_was_killed_runs_again() -> None:
    enqueue("slow", {"id": 3})
    command = [sys.executable, "-c", DIES, str(connection.settings_dict["NAME"])]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    worker = subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert worker.stdout
    assert worker.stdin
    assert worker.stdout.readline() == b"begun\n"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    worker.stdin.close()
    handler = Handler()
    assert run_due({"slow": handler}) == 0
    with time_machine.travel(datetime.now(UTC) + LEASE + timedelta(seconds=1)):
        assert run_due({"slow": handler}) == 1
    assert handler.seen == [{"id": 3}]


def test_old_jobs_are_forgotten_and_dead_ones_kept_longer() -> None:
    with time_machine.travel(START, tick=False):
        Job.objects.bulk_create([Job(kind=state, state=state) for state in State])
    with time_machine.travel(START + timedelta(days=3), tick=False):
        assert services.prune() == 1
    assert sorted(Job.objects.values_list("state", flat=True)) == ["dead", "ready", "running"]


def test_a_turn_is_taken_by_one_and_comes_again() -> None:
    with time_machine.travel(START, tick=False) as clock:
        minute = timedelta(minutes=1)
        assert [take_turn("sweep", minute) for _ in range(3)] == [True, False, False]
        clock.shift(minute)
        assert [take_turn("sweep", minute) for _ in range(2)] == [True, False]


def test_one_failing_duty_does_not_stop_the_others() -> None:
    done: list[str] = []
    duties = [
        Periodic("bad", timedelta(minutes=1), lambda: done[99]),
        Periodic("good", timedelta(minutes=1), lambda: done.append("good")),
    ]
    assert run_periodic(duties) == 2
    assert run_periodic(duties) == 0
    assert done == ["good"]
    assert Schedule.objects.count() == 2


def test_an_idle_look_at_the_schedule_is_one_read(django_assert_num_queries: Any) -> None:
    duties = [Periodic(f"duty {number}", timedelta(minutes=1), lambda: None) for number in range(20)]
    run_periodic(duties)
    with django_assert_num_queries(1):
        run_periodic(duties)
