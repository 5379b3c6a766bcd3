"""Doing what is due."""

import logging
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from aidline.jobs.models import Job
from aidline.jobs.services import LEASE, bury, claim, fail, finish, next_turns, renew, take_turn
from aidline.kernel.clock import now

log = logging.getLogger(__name__)

Handler = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Periodic:
    """Something done every so often by one of all workers; short, or it enqueues a job."""

    name: str
    every: timedelta
    do: Callable[[], object]


def run_due(
    handlers: Mapping[str, Handler],
    after_death: Mapping[str, Handler] | None = None,
    *,
    limit: int = 10,
    only: Collection[str] = (),
    but: Collection[str] = (),
) -> int:
    """How many jobs were run, well or badly. Claimed one by one, so that no lease runs while waiting.

    `only` these kinds, or all `but` these: what may wait long for others needs no hand that is wanted elsewhere.
    """
    mourners = after_death or {}
    done = 0
    while done < limit and (jobs := claim(1, only=only, but=but)):
        _run(jobs[0], handlers, mourners)
        done += 1
    return done


def bury_fatal(after_death: Mapping[str, Handler]) -> int:
    """For a schedule: jobs that never came back from any worker."""
    buried = bury()
    for job in buried:
        _mourn(job, after_death)
    return len(buried)


def run_periodic(periodic: Sequence[Periodic]) -> int:
    """Idle, this is one read: only what is due is claimed."""
    turns = next_turns()
    at = now()
    due = [item for item in periodic if turns.get(item.name, at) <= at]
    return sum(_run_turn(item) for item in due if take_turn(item.name, item.every))


def _run_turn(item: Periodic) -> int:
    try:
        item.do()
    except Exception:
        log.exception("periodic work failed: %s", item.name)
    return 1


def _run(job: Job, handlers: Mapping[str, Handler], mourners: Mapping[str, Handler]) -> None:
    try:
        with _renewing(job):
            handlers[job.kind](job.payload)
    except Exception as error:
        dead = fail(job, type(error).__name__)
        log.log(logging.ERROR if dead else logging.WARNING, "job failed: %s", job.kind, exc_info=True)
        if dead:
            _mourn(job, mourners)
    else:
        finish(job)


def _mourn(job: Job, mourners: Mapping[str, Handler]) -> None:
    """What was waiting for the job is told that nothing will come."""
    try:
        if job.kind in mourners:
            mourners[job.kind](job.payload)
    except Exception:
        log.exception("what follows a dead job failed: %s", job.kind)


@contextmanager
def _renewing(job: Job) -> Iterator[None]:
    """A long job keeps its lease for as long as its process lives."""
    ended = threading.Event()
    keeper = threading.Thread(target=_keep, args=(job, ended), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()


def _keep(job: Job, ended: threading.Event) -> None:
    used = False
    while not ended.wait(LEASE.total_seconds() / 3):
        used = True
        if not renew(job):
            break
    if used:
        connection.close()
