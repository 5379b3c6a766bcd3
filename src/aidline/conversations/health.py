"""What waits to be sent."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min

from aidline.centres.models import Centre
from aidline.conversations.models import Message
from aidline.conversations.states import MessageState


@dataclass(frozen=True, slots=True)
class Waiting:
    count: int
    since: datetime


def unsent(centre: Centre) -> dict[UUID, Waiting]:
    """By channel. Reads only the rows of the outbox, which are few unless something is wrong."""
    rows = (
        Message.objects.filter(centre_id=centre.pk, state__in=[MessageState.QUEUED, MessageState.SENDING])
        .values("channel_id")
        .annotate(count=Count("pk"), since=Min("created_at"))
    )
    return {row["channel_id"]: Waiting(row["count"], row["since"]) for row in rows if row["channel_id"]}
