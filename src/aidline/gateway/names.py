"""Messages by what their provider calls them: the name they came with, or one that an edit gave them later."""

from collections.abc import Collection
from uuid import UUID

from aidline.conversations.models import LaterName, Message


def named(channel_id: UUID, index: bytes) -> Message | None:
    message = Message.objects.filter(channel_id=channel_id, external_index=index).first()
    if message:
        return message
    later = LaterName.objects.filter(channel_id=channel_id, external_index=index).select_related("message")
    return next((row.message for row in later), None)


def named_all(channel_ids: Collection[UUID], indexes: Collection[bytes]) -> dict[bytes, UUID]:
    """For many at once, the ids alone."""
    rows = Message.objects.filter(channel_id__in=channel_ids, external_index__in=indexes)
    found = {bytes(index or b""): pk for index, pk in rows.values_list("external_index", "pk")}
    missing = set(indexes) - found.keys()
    if missing:
        later = LaterName.objects.filter(channel_id__in=channel_ids, external_index__in=missing)
        found |= {bytes(index): pk for index, pk in later.values_list("external_index", "message_id")}
    return found


def name_later(message: Message, index: bytes) -> None:
    """From now on it is called that too. The same edit twice changes nothing."""
    assert message.channel_id
    row = LaterName(message=message, channel_id=message.channel_id, external_index=index)
    LaterName.objects.bulk_create([row], ignore_conflicts=True)
