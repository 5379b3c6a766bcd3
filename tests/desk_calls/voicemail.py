"""A voicemail as the gateway leaves it: a message with a sound and its shape."""

import io
import wave
from datetime import timedelta

from django.db import transaction

from aidline import vault
from aidline.calls.models import Call
from aidline.conversations.models import Attachment, Conversation
from aidline.conversations.states import Direction, MessageState
from aidline.conversations.timeline import append
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id

SECONDS, RATE = 2, 8000


def voicemail(call: Call) -> Conversation:
    with transaction.atomic():
        message = append(
            call.conversation,
            direction=Direction.IN,
            kind="voice",
            state=MessageState.RECEIVED,
            extra={"voicemail": True, "call": str(call.pk)},
        )
        media = new_id()
        vault.media.put(_silence(), key=message.key_id, scope=message.centre_id, media=media)
        Attachment.objects.create(
            message=message,
            centre_id=message.centre_id,
            key_id=message.key_id,
            kind="voice",
            state=Attachment.State.READY,
            media_id=media,
            mime="audio/wav",
            size=len(_silence()),
            seconds=SECONDS,
            peaks=[50] * 64,
        )
        waiting = Conversation.objects.filter(pk=message.conversation_id)
        waiting.update(waiting_since=now(), due_at=now() + timedelta(hours=1))
    return waiting.get()


def _silence() -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(bytes(2 * RATE * SECONDS))
    return content.getvalue()
