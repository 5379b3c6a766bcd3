"""What an e-mail hangs on to: the subject of what is answered, and the ids of what was said before it."""

from aidline.channels.contract import Scheme
from aidline.conversations.models import Message
from aidline.conversations.states import Direction

LOOKED_AT = 20  # messages before it


def thread_of(message: Message, scheme: Scheme) -> tuple[str, tuple[str, ...]]:
    """(subject, external ids, oldest first) of the conversation up to `message`; nothing where nothing threads."""
    if scheme is not Scheme.EMAIL:
        return "", ()
    rows = Message.objects.filter(
        conversation=message.conversation_id,
        channel_id=message.channel_id,
        seq__lt=message.seq,
        external_sealed__isnull=False,
    )
    earlier = list(rows.order_by("-seq")[:LOOKED_AT])
    return _subject(earlier), tuple(row.external_id for row in reversed(earlier))


def _subject(newest_first: list[Message]) -> str:
    said = (row for row in newest_first if row.direction == Direction.IN)
    subjects = (str((row.extra or {}).get("subject", "")) for row in said)
    return next((subject for subject in subjects if subject), "")
