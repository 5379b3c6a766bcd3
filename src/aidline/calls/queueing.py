"""Waiting for an agent: who is before whom, and for how long."""

from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from aidline.calls.models import Call, Callback
from aidline.calls.rules import RISK_RANK
from aidline.calls.states import CallbackState, Stage
from aidline.conversations.states import RISKS
from aidline.kernel.clock import now

RECENT = timedelta(hours=2)
ENOUGH = 3  # waits from which something can be said at all
SILENT = timedelta(seconds=90)  # a waiting caller asks us every few seconds; this one is gone


def waiting_calls(centre_id: UUID) -> QuerySet[Call]:
    """In the order in which they are taken: risk, who lost their agent, wait, id."""
    rows = Call.objects.filter(centre_id=centre_id, stage=Stage.QUEUED)
    return rows.annotate(rank=RISK_RANK).order_by("-rank", "-front", "wait_since", "pk")


def waiting_callbacks(centre_id: UUID, at: datetime) -> QuerySet[Callback]:
    """Due, and nobody whose line is busy with us just now."""
    here = Call.objects.filter(conversation=OuterRef("conversation")).exclude(stage=Stage.OVER)
    rows = Callback.objects.filter(centre_id=centre_id, state=CallbackState.WAITING, next_at__lte=at)
    return rows.filter(~Exists(here)).annotate(rank=RISK_RANK).order_by("-rank", "wait_since", "pk")


def position(call: Call) -> int:
    """From one. Callbacks hold their places too: nobody is told a better one than they have."""
    rank, since = RISKS.index(call.risk), call.wait_since or now()
    better = RISKS[rank + 1 :]
    before = Q(risk__in=better) | Q(risk=call.risk, wait_since__lt=since)
    ahead = before if call.front else before | Q(risk=call.risk, front=True)
    mine = Call.objects.filter(centre_id=call.centre_id, stage=Stage.QUEUED).exclude(pk=call.pk)
    if call.front:
        ahead = Q(risk__in=better) | Q(risk=call.risk, front=True, wait_since__lt=since)
    waiting = Callback.objects.filter(
        centre_id=call.centre_id, state=CallbackState.WAITING, next_at__lte=now()
    )
    return 1 + mine.filter(ahead).count() + waiting.filter(before).count()


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
