"""As fast as the provider wants to be called, counted in the channel's row so that all workers keep one pace.

`next_out_at` is where the next message stands in line (GCRA: it may stand up to a second ahead of the clock,
which is the burst). A message that would stand further out waits for its turn, and nothing is lost. A broadcast
may stand only half as far ahead: where a reply waits as well, the reply is first to see the line open.
"""

from datetime import datetime, timedelta
from uuid import UUID

from aidline.channels.contract import Pace
from aidline.channels.models import Channel
from aidline.conversations.models import Message
from aidline.conversations.states import Direction
from aidline.kernel.clock import now
from aidline.people.states import Purpose

BURST = timedelta(seconds=1)
BURST_OF_BROADCASTS = BURST / 2
UNNOTICED = 100.0  # messages a second: faster than we send, so not worth a row
TRIES = 5


def burst_of(purpose: str) -> timedelta:
    return BURST_OF_BROADCASTS if purpose == Purpose.OUTREACH else BURST


def turn(message: Message, pace: Pace) -> bool:
    """Whether it may go now, and then its place is taken. A no costs one read and takes nothing."""
    if message.channel_id is None or pace.per_second >= UNNOTICED:
        return True
    return _take(message.channel_id, timedelta(seconds=1 / pace.per_second), burst_of(message.purpose))


def own_turn(message: Message, pace: Pace) -> datetime | None:
    """One person is not written to faster than the provider lets one: when to try again, or None for now."""
    if not pace.each:
        return None
    rows = Message.objects.filter(
        conversation_id=message.conversation_id, direction=Direction.OUT, seq__lt=message.seq
    )
    last = rows.order_by("-seq").values_list("sent_at", flat=True).first()
    return last + pace.each if last and last + pace.each > now() else None


def pause(channel_id: UUID, wait: timedelta) -> None:
    """The provider asks for a pause: the line moves back, never forward."""
    until = now() + wait + BURST
    Channel.objects.filter(pk=channel_id).exclude(next_out_at__gt=until).update(next_out_at=until)


def _take(channel_id: UUID, step: timedelta, burst: timedelta) -> bool:
    for _try in range(TRIES):
        at = now()
        stood = Channel.objects.filter(pk=channel_id).values_list("next_out_at", flat=True).first()
        line = max(stood or at, at)
        if line > at + burst:
            return False
        mine = Channel.objects.filter(pk=channel_id, next_out_at=stood)
        if mine.update(next_out_at=line + max(step, timedelta(microseconds=1))):
            return True
    return False
