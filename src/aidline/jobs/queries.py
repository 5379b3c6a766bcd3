"""What is stuck, and who lives."""

from datetime import timedelta

from django.db.models import QuerySet

from aidline.jobs.models import Heartbeat, Job
from aidline.jobs.states import State
from aidline.kernel.clock import now

ALIVE = timedelta(minutes=1)


def dead_jobs() -> QuerySet[Job]:
    return Job.objects.filter(state=State.DEAD).order_by("-created_at")


def somebody_works() -> bool:
    """Whether any process that does background work was heard of lately."""
    return Heartbeat.objects.filter(at__gt=now() - ALIVE).exists()
