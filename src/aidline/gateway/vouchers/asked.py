"""A receipt code in a message: answered at once, in the thread, with where the registration stands.

Inside the batch's transaction, after its messages. It is a reply, but no answer: who waited for one goes on waiting.
"""

from collections.abc import Iterable
from uuid import uuid5

from aidline.channels.contract import Kind
from aidline.conversations.models import Conversation, Message
from aidline.conversations.states import Direction, MessageState
from aidline.conversations.timeline import append
from aidline.gateway.opt_outs import Word
from aidline.kernel.clock import now
from aidline.vouchers.registering.receipts import code_in, state_of


def note(words: Iterable[Word]) -> None:
    """Costs a look at the text alone, unless there is a code in it."""
    for word in words:
        code = None if word.event.automatic or word.event.kind is not Kind.TEXT else code_in(word.event.text)
        if code:
            _answer(word, code)


def _answer(word: Word, code: str) -> None:
    """Once for each message, whatever is read twice."""
    conversation = Conversation.objects.select_related("channel").get(pk=word.conversation_id)
    key = uuid5(word.message_id, "receipt")
    if Message.objects.filter(conversation=conversation, client_key=key).exists():
        return
    language = conversation.language or word.centre.default_language
    append(
        conversation,
        direction=Direction.OUT,
        kind=Kind.TEXT.value,
        state=MessageState.QUEUED,
        text=state_of(code, language, who=f"chat {word.address_id}"),
        client_key=key,
        due_at=now(),
    )
