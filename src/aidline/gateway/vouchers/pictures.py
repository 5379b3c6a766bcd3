"""What a message about a voucher holds when it leaves: the picture, or the link. Neither is kept anywhere."""

from uuid import UUID

from aidline.channels.contract import File, GiveUp, Kind
from aidline.conversations.models import Message
from aidline.gateway.outfiles import public_url
from aidline.vouchers.delivery.composing import with_link
from aidline.vouchers.delivery.faces import picture_of, spendable
from aidline.vouchers.models import Voucher

NAME, MIME = "voucher.png", "image/png"
GONE = "voucher-gone"  # used up, blocked, replaced, or somebody else's number since the message was written


def filled(message: Message) -> tuple[str, File | None]:
    """The words and the file of a message without attachments."""
    voucher_id = (message.extra or {}).get("voucher")
    if not voucher_id:
        return message.text, None
    voucher = _theirs(message, UUID(voucher_id))
    if voucher is None:
        raise GiveUp(GONE)
    return with_link(message.text, voucher), _file(message, voucher)


def drawn(message_id: UUID) -> bytes | None:
    """For a provider that fetches the picture by itself."""
    message = (
        Message.objects.filter(pk=message_id, kind=Kind.IMAGE.value).select_related("conversation").first()
    )
    voucher_id = (message.extra or {}).get("voucher") if message else None
    voucher = _theirs(message, UUID(voucher_id)) if message and voucher_id else None
    return picture_of(voucher) if voucher else None


def _theirs(message: Message, voucher_id: UUID) -> Voucher | None:
    """What can be spent, while the address that is written to is still its holder's."""
    voucher = spendable(voucher_id)
    same = voucher is not None and voucher.registration.address_id == message.conversation.address_id
    return voucher if same else None


def _file(message: Message, voucher: Voucher) -> File | None:
    if message.kind != Kind.IMAGE:
        return None
    picture = picture_of(voucher)
    return File(NAME, MIME, len(picture), lambda: picture, public_url(message.pk, NAME))
