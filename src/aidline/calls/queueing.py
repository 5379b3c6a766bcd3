"""Waiting for an agent: who is before whom, and for how long."""

from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from aidline.calls.models import Call, Callback, PhoneLine
from aidline.calls.rules import rank_in_rows, rank_of
from aidline.calls.states import CallbackState, Stage
from aidline.kernel.clock import now

RECENT = timedelta(hours=2)
LONGEST = timedelta(minutes=PhoneLine().longest_wait_minutes)
ENOUGH = 3  # waits from which something can be said at all
SILENT = timedelta(seconds=90)  # a waiting caller asks us every few seconds; this one is gone


def waiting_calls(centre_id: UUID) -> QuerySet[Call]:
    """In the order in which they are taken: risk, who lost their agent, wait, id. A wait that is longer than the
    line's longest counts as the next higher risk, so that nobody waits for ever behind others."""
    rows = Call.objects.filter(centre_id=centre_id, stage=Stage.QUEUED)
    rank = rank_in_rows(_long(_longest(centre_id), now()))
    return rows.annotate(rank=rank).order_by("-rank", "-front", "wait_since", "pk")


def _longest(centre_id: UUID) -> dict[UUID, timedelta]:
    """By channel; a line whose settings nobody has changed is not in it."""
    rows = PhoneLine.objects.filter(channel__centre=centre_id)
    return {pk: timedelta(minutes=most) for pk, most in rows.values_list("channel", "longest_wait_minutes")}


def _long(longest: dict[UUID, timedelta], at: datetime) -> Q:
    long = Q(wait_since__lt=at - LONGEST) & ~Q(channel__in=list(longest))
    for channel_id, most in longest.items():
        long |= Q(channel=channel_id, wait_since__lt=at - most)
    return long


def waiting_callbacks(centre_id: UUID, at: datetime) -> QuerySet[Callback]:
    """Due, and nobody whose line is busy with us just now."""
    here = Call.objects.filter(conversation=OuterRef("conversation")).exclude(stage=Stage.OVER)
    rows = Callback.objects.filter(centre_id=centre_id, state=CallbackState.WAITING, next_at__lte=at)
    rank = rank_in_rows(_long(_longest(centre_id), at))
    return rows.filter(~Exists(here)).annotate(rank=rank).order_by("-rank", "wait_since", "pk")


def position(call: Call) -> int:
    """From one. Callbacks hold their places too: nobody is told a better one than they have."""
    at = now()
    longest = _longest(call.centre_id)
    since, ranks = call.wait_since or at, rank_in_rows(_long(longest, at))
    rank = rank_of(call.risk, waited_long=at - since > longest.get(call.channel_id, LONGEST))
    before = Q(rank__gt=rank) | Q(rank=rank, wait_since__lt=since)
    ahead = before | Q(rank=rank, front=True)
    if call.front:
        ahead = Q(rank__gt=rank) | Q(rank=rank, front=True, wait_since__lt=since)
    mine = Call.objects.filter(centre_id=call.centre_id, stage=Stage.QUEUED).exclude(pk=call.pk)
    waiting = Callback.objects.filter(centre_id=call.centre_id, state=CallbackState.WAITING, next_at__lte=at)
    return 1 + sum(
        rows.annotate(rank=ranks).filter(which).count() for rows, which in ((mine, ahead), (waiting, before))
    )


def queue_length(centre_id: UUID) -> int:
    return Call.objects.filter(centre_id=centre_id, stage=Stage.QUEUED).count()


def expected_minutes(centre_id: UUID, at: datetime) -> int | None:
    """The median of the waits that ended with an agent lately; None where there are too few to tell."""
    rows = Call.objects.filter(
        centre_id=centre_id, answered_at__gte=at - RECENT, wait_since__isnull=False
    ).order_by("-began_at")
    waits = [
        (answered - since).total_seconds()
        for since, answered in rows.values_list("wait_since", "answered_at")[:30]
        if since and answered
    ]
    return max(1, round(median(waits) / 60)) if len(waits) >= ENOUGH else None


def begin_waiting(call: Call, at: datetime) -> datetime:
    """Set once. Who has a callback keeps the place it holds."""
    if call.wait_since:
        return call.wait_since
    kept = Callback.objects.filter(conversation=call.conversation_id, state=CallbackState.WAITING).first()
    return min(at, kept.wait_since) if kept else at
