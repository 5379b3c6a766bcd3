from django.db import models
from django.db.models import Q

from aidline.jobs.states import OPEN, State
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id


class Job(models.Model):
    """One piece of work. `payload` names rows by id and holds nothing personal."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    unique_key = models.CharField(max_length=120, null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.READY)
    run_at = models.DateTimeField(default=now)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unique_key"], condition=Q(state__in=OPEN), name="job_once_while_open"
            ),
        ]
        indexes = [
            models.Index(fields=["run_at", "id"], condition=Q(state=State.READY), name="job_ready"),
            models.Index(fields=["lease_until"], condition=Q(state=State.RUNNING), name="job_running"),
            models.Index(
                fields=["created_at"], condition=Q(state__in=(State.DONE, State.DEAD)), name="job_ended"
            ),
        ]


class Schedule(models.Model):
    """When a repeated piece of work is due next."""

    name = models.CharField(max_length=40, primary_key=True)
    next_at = models.DateTimeField()


class Heartbeat(models.Model):
    """That a process lives. `doctor` and the health address look at the age of `at`."""

    name = models.CharField(max_length=80, primary_key=True)
    at = models.DateTimeField()
    pid = models.PositiveIntegerField()
