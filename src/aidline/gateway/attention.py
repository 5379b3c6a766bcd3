"""Telling the provider that we read, and that somebody is writing, where it has a way for it."""

from uuid import UUID

from aidline.channels.contract import Attends, MarksRead, Scheme, Sender, SendError
from aidline.conversations.models import Conversation, Message
from aidline.conversations.states import Direction
from aidline.gateway.lines import http_for, provider_of
from aidline.jobs.services import enqueue

ATTEND = "channel.attend"


def show_attention(*, conversation: Conversation, typing: bool) -> None:
    """Puts the job in the queue; at most one a conversation waits."""
    if conversation.channel and provider_of(conversation.channel).capabilities.read_marks:
        enqueue(
            ATTEND,
            {"conversation": str(conversation.pk), "typing": typing},
            unique_key=f"{ATTEND}:{conversation.pk}",
        )


def attend(payload: dict[str, str]) -> None:
    """The job `channel.attend`. A courtesy: a failure is not tried again."""
    conversation = Conversation.objects.select_related("channel", "address").get(
        pk=UUID(payload["conversation"])
    )
    message = (
        Message.objects.filter(conversation=conversation, direction=Direction.IN).order_by("-seq").first()
    )
    if conversation.channel is None or message is None or not message.external_id:
        return
    provider, typing = provider_of(conversation.channel), bool(payload.get("typing"))
    try:
        with http_for(conversation.channel) as http:
            if isinstance(provider, MarksRead):
                provider.mark_read(http, message.external_id, typing=typing)
            elif isinstance(provider, Attends) and conversation.address:
                to = Sender(Scheme(conversation.address.scheme), conversation.address.value)
                provider.attend(http, to, typing=typing)
    except SendError:
        return
