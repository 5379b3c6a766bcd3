"""The picture of a voucher as the file of a message: drawn when the message leaves, and kept nowhere."""

from uuid import UUID

from aidline.channels.contract import File, GiveUp
from aidline.conversations.models import Message
from aidline.gateway.outfiles import public_url
from aidline.vouchers.delivery.faces import picture_of

NAME, MIME = "voucher.png", "image/png"
GONE = "voucher-gone"  # used up, blocked or replaced since the message was written


def drawn_file(message: Message) -> File | None:
    """None for a message that carries no voucher."""
    voucher = (message.extra or {}).get("voucher")
    if not voucher:
        return None
    picture = picture_of(UUID(voucher))
    if picture is None:
        raise GiveUp(GONE)
    return File(NAME, MIME, len(picture), lambda: picture, public_url(message.pk, NAME))


def drawn(message_id: UUID) -> bytes | None:
    """For a provider that fetches by itself."""
    message = Message.objects.filter(pk=message_id).first()
    voucher = (message.extra or {}).get("voucher") if message else None
    return picture_of(UUID(voucher)) if voucher else None
