"""Messages by what their provider calls them: the name they came with, or one that an edit gave them later."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from aidline.conversations.models import LaterName, Message
from aidline.conversations.states import Direction


def named(channel_id: UUID, index: bytes, direction: Direction | None = None) -> Message | None:
    """Where both directions have a message of that name, people speak of ours: that one, unless told otherwise."""
    either = Q(direction=direction) if direction else Q()
    rows = Message.objects.filter(either, channel_id=channel_id, external_index=index)
    message = rows.order_by("-direction").first()
    if message or direction is Direction.OUT:  # later names are those of edits, and we edit nothing
        return message
    later = LaterName.objects.filter(channel_id=channel_id, external_index=index).select_related("message")
    return next((row.message for row in later), None)


def named_all(channel_ids: Collection[UUID], indexes: Collection[bytes]) -> dict[bytes, UUID]:
    """For many at once, the ids alone."""
    rows = Message.objects.filter(channel_id__in=channel_ids, external_index__in=indexes)
    known = rows.order_by("direction").values_list("external_index", "pk")  # ours last, as in `named`
    found = {bytes(index or b""): pk for index, pk in known}
    missing = set(indexes) - found.keys()
    if missing:
        later = LaterName.objects.filter(channel_id__in=channel_ids, external_index__in=missing)
        found |= {bytes(index): pk for index, pk in later.values_list("external_index", "message_id")}
    return found


def name_later(channel_id: UUID, message: Message, index: bytes) -> None:
    """From now on it is called that too. The same edit twice changes nothing."""
    row = LaterName(message=message, channel_id=channel_id, external_index=index)
    LaterName.objects.bulk_create([row], ignore_conflicts=True)
