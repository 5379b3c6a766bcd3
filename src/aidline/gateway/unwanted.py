"""What may not leave although it is queued: messages that answer nothing, to people who do not want them (any more).

The UPDATE that claims a message for sending asks, at that moment; what is turned away there is marked.
"""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from aidline.conversations.live import Hint, tell
from aidline.conversations.models import Message
from aidline.conversations.states import MessageState
from aidline.people.rules import refusal


def allowed(messages: QuerySet[Message]) -> QuerySet[Message]:
    """What its address agrees to now. The conditions of `messages` stay beside it, outside the subquery."""
    same = _judged(Message.objects.filter(pk__in=messages.values("pk")))
    return messages.filter(pk__in=same.filter(refused="").values("pk"))


def refuse(only: UUID | None = None) -> int:
    """Marks what waits and is not wanted. Where nothing waits this is one read of an index."""
    waiting = Message.objects.filter(state=MessageState.QUEUED).exclude(purpose="")
    if only:
        waiting = waiting.filter(pk=only)
    unwanted = _judged(waiting).exclude(refused="")
    found = list(unwanted.values_list("pk", "refused", "centre_id", "conversation_id")[:500])
    if not found:
        return 0
    with transaction.atomic():
        for code in {code for _, code, _, _ in found}:
            ids = [pk for pk, why, _, _ in found if why == code]
            rows = Message.objects.filter(pk__in=ids, state=MessageState.QUEUED)
            rows.update(state=MessageState.FAILED, error_code=code, due_at=None)
        tell(Hint(centre, "state", conversation) for _, _, centre, conversation in found)
    return len(found)


def _judged(messages: QuerySet[Message]) -> Any:
    return messages.annotate(
        refused=refusal(address="conversation__address", channel="conversation__channel", purpose="purpose")
    )
