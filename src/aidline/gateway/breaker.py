"""The circuit breaker of a channel: after failures in a row it is left alone for a while, longer each time.

A channel that its provider refuses altogether (token dead, account suspended) is left alone at once, and
the health page says what to do.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet

from aidline.channels.models import Channel
from aidline.kernel.clock import now
from aidline.kernel.text import without_numbers

OPENS_AFTER = 5
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=10)
PAUSE_WHEN_REFUSED = timedelta(minutes=5)


def heard(
    channel_id: UUID | None, *, ok: bool, answer_code: str, down: bool, retried: bool, words: str = ""
) -> None:
    """`retried`: the failure says something of the channel; one of the message alone does not."""
    if channel_id is None:
        return
    rows = Channel.objects.filter(pk=channel_id)
    at = now()
    if ok:
        rows.filter(failures__gt=0).update(
            failures=0, open_until=None, error_code="", error_words="", error_at=None
        )
        rows.update(last_out_at=at)
    elif down:
        rows.update(
            failures=F("failures") + 1,
            error_code=answer_code,
            error_words=without_numbers(words)[:200],
            error_at=at,
            open_until=at + PAUSE_WHEN_REFUSED,
        )
    elif retried and _shut(rows, at).update(failures=F("failures") + 1, error_code=answer_code, error_at=at):
        _open_if_failing(channel_id)


def _shut(rows: QuerySet[Channel], at: datetime) -> QuerySet[Channel]:
    """Calls that were on their way when the breaker opened say nothing new: each pause counts one failure."""
    return rows.filter(Q(open_until=None) | Q(open_until__lte=at))


def _open_if_failing(channel_id: UUID) -> None:
    failures = Channel.objects.filter(pk=channel_id).values_list("failures", flat=True)[0]
    if failures >= OPENS_AFTER:
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(failures - OPENS_AFTER, 10))
        Channel.objects.filter(pk=channel_id).update(open_until=now() + pause)
