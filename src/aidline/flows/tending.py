"""What is done again and again: runs that fell silent are ended, and nobody is left waiting for a flow."""

from datetime import timedelta

from django.db import transaction

from aidline.conversations import services as conversations
from aidline.conversations.models import Conversation
from aidline.conversations.states import Outcome
from aidline.flows.acting import to_people
from aidline.flows.chat import IDLE, LOST, held
from aidline.flows.entrances import enqueue_turns
from aidline.flows.models import Run
from aidline.kernel.clock import now

REMIND = timedelta(minutes=1)  # without an answer: the job is given out once more
LOSE = timedelta(minutes=10)  # without an answer all the same: people
AT_ONCE = 200


def end_silent() -> int:
    """Where nobody answered for a day. Their next word begins anew."""
    rows = Run.objects.filter(ended_at=None, heard_at__lt=now() - IDLE)
    ended = [_end_silent(run) for run in rows[:AT_ONCE]]
    return sum(ended)


@transaction.atomic
def _end_silent(run: Run) -> bool:
    conversation = held(run.conversation_id)
    if conversation is None or not conversation.in_flow:
        return bool(Run.objects.filter(pk=run.pk, ended_at=None).update(ended_at=now(), ending="taken"))
    if conversation.waiting_since:
        return False  # they have just spoken
    conversations.leave_flow(conversation, "silence")
    return conversations.close(
        by=None, conversation=conversation, topic=conversation.topic, outcome=Outcome.NO_REPLY
    )


def find_lost() -> int:
    """Somebody spoke and no flow has heard it: the work is given out again, and then to people."""
    at = now()
    rows = Conversation.objects.filter(in_flow=True, waiting_since__lt=at - REMIND).order_by("waiting_since")
    enqueue_turns(rows.filter(waiting_since__gte=at - LOSE).values_list("pk", "last_seq")[:AT_ONCE])
    late = list(rows.filter(waiting_since__lt=at - LOSE).values_list("pk", flat=True)[:AT_ONCE])
    for pk in late:
        with transaction.atomic():
            conversation = held(pk)
            if conversation and conversation.in_flow and conversation.waiting_since:
                to_people(conversation, event=LOST, ending="lost")
    return len(late)
