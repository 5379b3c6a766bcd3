"""As fast as the provider wants to be called, counted in the channel's row so that all workers keep one pace.

`next_out_at` is where the next message stands in line (GCRA: it may stand up to a second ahead of the clock,
which is the burst). A message that would stand further out waits for its turn, and nothing is lost.
"""

from datetime import datetime, timedelta
from uuid import UUID

from aidline.channels.contract import Pace
from aidline.channels.models import Channel
from aidline.conversations.models import Message
from aidline.conversations.states import Direction
from aidline.kernel.clock import now

BURST = timedelta(seconds=1)
UNNOTICED = 100.0  # messages a second: faster than we send, so not worth a row
TRIES = 5


def turn(message: Message, pace: Pace) -> datetime | None:
    """None: now. Otherwise when to try again; nothing is taken from the pace then."""
    own = _own_turn(message, pace.each)
    if own or message.channel_id is None:
        return own
    return _take(message.channel_id, pace.per_second)


def pause(channel_id: UUID, wait: timedelta) -> None:
    """The provider asks for a pause: the line moves back, never forward."""
    until = now() + wait + BURST
    Channel.objects.filter(pk=channel_id).exclude(next_out_at__gt=until).update(next_out_at=until)


def _own_turn(message: Message, each: timedelta) -> datetime | None:
    """One person is not written to faster than the provider lets one."""
    if not each:
        return None
    rows = Message.objects.filter(
        conversation_id=message.conversation_id, direction=Direction.OUT, seq__lt=message.seq
    )
    last = rows.order_by("-seq").values_list("sent_at", flat=True).first()
    return last + each if last and last + each > now() else None


def _take(channel_id: UUID, per_second: float) -> datetime | None:
    if per_second >= UNNOTICED:
        return None
    step = timedelta(seconds=1 / per_second)
    for _try in range(TRIES):
        at = now()
        stood = Channel.objects.filter(pk=channel_id).values_list("next_out_at", flat=True).first()
        line = max(stood or at, at)
        if line > at + BURST:
            return line - BURST
        mine = Channel.objects.filter(pk=channel_id, next_out_at=stood)
        if mine.update(next_out_at=line + max(step, timedelta(microseconds=1))):
            return None
    return now() + step
