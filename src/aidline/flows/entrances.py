"""Where flows begin, for a whole batch of messages: one look at the channels, and a job for each conversation."""

from collections.abc import Iterable
from uuid import UUID

from aidline.flows.models import Entrance
from aidline.jobs.models import Job

TURN = "flows.turn"


def beginning(channel_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of the channels whose messages begin with a flow that is published."""
    rows = Entrance.objects.filter(channel__in=set(channel_ids), messages__published__isnull=False)
    return frozenset(rows.values_list("channel_id", flat=True))


def enqueue_turns(heard: Iterable[tuple[UUID, int]]) -> None:
    """Conversations in a flow, each with the number of what was said last: a job that runs at this moment may have
    looked already, so each arrival has one of its own.
    """
    jobs = [
        Job(kind=TURN, payload={"conversation": str(pk)}, unique_key=f"{TURN}:{pk}:{seq}")
        for pk, seq in heard
    ]
    if jobs:
        Job.objects.bulk_create(jobs, ignore_conflicts=True)
