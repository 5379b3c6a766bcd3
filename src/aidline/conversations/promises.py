"""By when a centre has promised to answer, and what a change of its hours does to what is still open."""

from uuid import UUID

from django.db import transaction

from aidline.centres.hours import Timetable
from aidline.centres.models import Centre
from aidline.centres.timetables import timetable
from aidline.conversations.models import Conversation
from aidline.conversations.states import ConversationState
from aidline.kernel.clock import now


@transaction.atomic
def recompute_due(centre: Centre) -> int:
    """After the hours, special days or the promise of a centre have changed: every promise still to be kept is made
    anew, from the moment since which the person waits. Returns how many have moved."""
    rows = Conversation.objects.filter(centre=centre, due_at__isnull=False, waiting_since__isnull=False)
    still = rows.exclude(state=ConversationState.CLOSED).values_list(
        "pk", "channel_id", "waiting_since", "due_at"
    )
    tables: dict[UUID | None, Timetable] = {}
    moved = 0
    for pk, channel_id, since, before in still:
        table = tables.get(channel_id) or timetable(centre, channel_id)
        tables[channel_id] = table
        due = table.due(since or now(), centre.answer_promise, centre.answer_hours)
        if due != before:
            moved += Conversation.objects.filter(pk=pk, due_at=before).update(due_at=due)
    return moved
