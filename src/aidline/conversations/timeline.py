"""Adding a line to a conversation: the one place that counts `seq`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from aidline.centres.models import Staff
from aidline.conversations.live import Hint, tell
from aidline.conversations.models import Conversation, Message
from aidline.conversations.states import Direction, MessageState
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id


def append(
    conversation: Conversation,
    *,
    direction: Direction,
    kind: str,
    state: MessageState,
    author: Staff | None = None,
    text: str = "",
    extra: dict[str, Any] | None = None,
    at: datetime | None = None,
    client_key: UUID | None = None,
    reply_to: Message | None = None,
    due_at: datetime | None = None,
    purpose: str = "",
) -> Message:
    """Must run inside a transaction; the counter's row is locked by its own UPDATE."""
    at = at or now()
    message = Message(
        id=new_id(),
        centre_id=conversation.centre_id,
        conversation=conversation,
        channel_id=conversation.channel_id,
        key_id=conversation.person_id,
        seq=_next_seq(conversation),
        direction=direction,
        kind=kind,
        state=state,
        author=author,
        at=at,
        client_key=client_key,
        reply_to=reply_to,
        due_at=due_at,
        purpose=purpose,
        language=conversation.language,
    )
    if text:
        message.text = text
    if extra:
        message.extra = extra
    message.save(force_insert=True)
    if direction is not Direction.EVENT:
        Conversation.objects.filter(pk=conversation.pk).update(last_message_id=message.pk, last_at=at)
    tell([Hint(conversation.centre_id, "message", conversation.pk)])
    return message


def note_event(conversation: Conversation, event: str, *, by: Staff | None = None, **facts: str) -> Message:
    """A line in between: who passed it on, who finished it. Words are chosen when it is shown."""
    return append(
        conversation,
        direction=Direction.EVENT,
        kind=event,
        state=MessageState.RECEIVED,
        author=by,
        extra=dict(facts) or None,
    )


def _next_seq(conversation: Conversation) -> int:
    row = Conversation.objects.filter(pk=conversation.pk)
    row.update(last_seq=F("last_seq") + 1)
    seq = int(row.values_list("last_seq", flat=True)[0])
    conversation.last_seq = seq
    return seq
