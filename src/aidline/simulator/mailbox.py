"""The practice mailboxes: what people write lies here, sealed, until our side has looked, and afterwards too."""

from collections.abc import Sequence
from datetime import UTC
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from aidline.channels.models import Channel
from aidline.kernel.ids import new_id
from aidline.simulator.mailhouse.imap import Entry
from aidline.simulator.models import PracticeMail

VALIDITY = 1
_TRIES = 5


def put(channel_id: UUID, content: bytes) -> PracticeMail:
    """Numbers rise without a gap; who was slower takes the next one."""
    channel = Channel.objects.get(pk=channel_id)
    for _attempt in range(_TRIES):
        try:
            with transaction.atomic():
                return _put(channel, content)
        except IntegrityError:
            continue
    raise IntegrityError("mailbox")


def _put(channel: Channel, content: bytes) -> PracticeMail:
    last = PracticeMail.objects.filter(channel=channel).aggregate(last=Max("number"))["last"] or 0
    mail = PracticeMail(id=new_id(), centre_id=channel.centre_id, channel=channel, number=last + 1)
    mail.content = content
    mail.save(force_insert=True)
    return mail


def entries(channel_id: UUID) -> Sequence[Entry]:
    rows = PracticeMail.objects.filter(channel=channel_id).order_by("number")
    return [
        Entry(uid, at.astimezone(UTC).date(), size)
        for uid, at, size in rows.values_list("number", "at", "size")
    ]


def content(channel_id: UUID, uid: int) -> bytes | None:
    row = PracticeMail.objects.filter(channel=channel_id, number=uid).first()
    return row.content if row else None
