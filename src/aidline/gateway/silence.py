"""An alarm when a channel that is usually busy has fallen silent: a webhook may point nowhere."""

from datetime import datetime, timedelta
from itertools import pairwise
from statistics import quantiles

from django.db import transaction

from aidline.centres.timetables import timetable
from aidline.channels.models import Channel, Delivery
from aidline.conversations.live import Hint, tell
from aidline.kernel.clock import now

LOOKED_AT = 200  # latest deliveries from which the usual gap is learnt
FEWEST = 20
TIMES_USUAL = 6  # of the longest usual gap (95th percentile)
AT_LEAST = timedelta(minutes=30)


def watch() -> int:
    """Marks silent channels; the mark goes with the next delivery. Returns how many are new."""
    at = now()
    channels = Channel.objects.filter(is_open=True, silent_since=None).select_related("centre")
    return sum(_mark(channel, at) for channel in channels)


def _mark(channel: Channel, at: datetime) -> bool:
    limit = _limit(channel)
    if limit is None or not _silent_for(channel, at, limit):
        return False
    with transaction.atomic():
        Channel.objects.filter(pk=channel.pk, silent_since=None).update(silent_since=channel.last_in_at)
        tell([Hint(channel.centre_id, "health")])
    return True


def _silent_for(channel: Channel, at: datetime, limit: timedelta) -> bool:
    """Only open time counts: that nobody writes at night is no sign of anything."""
    since = channel.last_in_at
    if since is None or at - since < limit:
        return False
    return timetable(channel.centre, channel.pk).open_between(since, at) >= limit


def _limit(channel: Channel) -> timedelta | None:
    """What the centre has set, else what this channel has taught us; nothing while it is young."""
    if channel.centre.silence_minutes:
        return timedelta(minutes=channel.centre.silence_minutes)
    times = list(
        Delivery.objects.filter(channel=channel)
        .order_by("-id")
        .values_list("received_at", flat=True)[:LOOKED_AT]
    )
    if len(times) < FEWEST:
        return None
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(times)]
    usual = quantiles(gaps, n=20)[-1]
    return max(AT_LEAST, timedelta(seconds=usual * TIMES_USUAL))
