"""Putting work into the queue, and taking it out again."""

import random
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from aidline.jobs.models import Heartbeat, Job, Schedule
from aidline.jobs.states import OPEN, State
from aidline.kernel.clock import now

LEASE = timedelta(seconds=60)
ATTEMPTS = 8
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 15 * 60.0
KEEP_DONE = timedelta(days=2)
KEEP_DEAD = timedelta(days=30)


def enqueue(
    kind: str,
    payload: Mapping[str, Any] | None = None,
    *,
    unique_key: str | None = None,
    run_at: datetime | None = None,
) -> Job | None:
    """In the caller's transaction. None when an open job with this key exists already."""
    if unique_key and Job.objects.filter(unique_key=unique_key, state__in=OPEN).exists():
        return None
    try:
        with transaction.atomic():
            return Job.objects.create(
                kind=kind, payload=dict(payload or {}), unique_key=unique_key, run_at=run_at or now()
            )
    except IntegrityError:  # another process was quicker with the same key
        return None


def claim(limit: int, *, only: Collection[str] = (), but: Collection[str] = ()) -> list[Job]:
    """Jobs that are due and jobs whose worker died, each won by one conditional UPDATE; of some kinds, or of all."""
    at = now()
    left = Q(state=State.RUNNING, lease_until__lt=at, attempts__lt=ATTEMPTS)
    due = Job.objects.filter(Q(state=State.READY, run_at__lte=at) | left)
    due = due.filter(kind__in=only) if only else due
    due = due.exclude(kind__in=but) if but else due
    return [job for job in due.order_by("run_at", "id")[:limit] if _won(job, at)]


def _won(job: Job, at: datetime) -> bool:
    seen = Job.objects.filter(pk=job.pk, state=job.state, lease_until=job.lease_until, attempts=job.attempts)
    job.state, job.lease_until, job.attempts = State.RUNNING, at + LEASE, job.attempts + 1
    return bool(seen.update(state=State.RUNNING, lease_until=job.lease_until, attempts=F("attempts") + 1))


def bury() -> list[Job]:
    """Jobs that took their worker down with them every time; they are not given another one."""
    fatal = Q(state=State.RUNNING, lease_until__lt=now(), attempts__gte=ATTEMPTS)
    return [job for job in Job.objects.filter(fatal) if _buried(job)]


def _buried(job: Job) -> bool:
    held = Job.objects.filter(pk=job.pk, state=State.RUNNING, lease_until=job.lease_until)
    return bool(held.update(state=State.DEAD, lease_until=None, error_code="WorkerDied"))


def renew(job: Job) -> bool:
    """False when the lease ran out and somebody else holds the job."""
    until = now() + LEASE
    held = _mine(job).update(lease_until=until)
    job.lease_until = until
    return bool(held)


def finish(job: Job) -> None:
    _mine(job).update(state=State.DONE, lease_until=None, error_code="")


def fail(job: Job, error_code: str) -> bool:
    """Tried again after a random pause below a doubling limit; True when that was the last attempt."""
    dead = job.attempts >= ATTEMPTS
    _mine(job).update(
        state=State.DEAD if dead else State.READY,
        run_at=now() + timedelta(seconds=pause(job.attempts)),
        lease_until=None,
        error_code=error_code[:80],
    )
    return dead


def pause(attempts: int) -> float:
    """Full jitter: a thousand jobs that failed together do not come back together."""
    return random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempts))  # noqa: S311 (not a secret)


def retry_dead(job_id: UUID) -> bool:
    return bool(
        Job.objects.filter(pk=job_id, state=State.DEAD).update(state=State.READY, attempts=0, run_at=now())
    )


def prune() -> int:
    at = now()
    old = Q(state=State.DONE, created_at__lt=at - KEEP_DONE) | Q(
        state=State.DEAD, created_at__lt=at - KEEP_DEAD
    )
    Heartbeat.objects.filter(at__lt=at - KEEP_DONE).delete()
    return Job.objects.filter(old).delete()[0]


def next_turns() -> dict[str, datetime]:
    return dict(Schedule.objects.values_list("name", "next_at"))


def take_turn(name: str, every: timedelta) -> bool:
    """True for exactly one of all processes, once in each period."""
    at = now()
    Schedule.objects.bulk_create([Schedule(name=name, next_at=at)], ignore_conflicts=True)
    return bool(Schedule.objects.filter(name=name, next_at__lte=at).update(next_at=at + every))


def beat(name: str, pid: int) -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now(), "pid": pid})


def _mine(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts)
