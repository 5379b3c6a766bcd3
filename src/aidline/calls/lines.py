"""How the calls of a channel are taken."""

from typing import Any

from django.db import transaction

from aidline.audit.services import record
from aidline.calls.models import PhoneLine
from aidline.centres.models import Staff
from aidline.channels.models import Channel


def line_of(channel: Channel) -> PhoneLine:
    """The settings of the channel; those of a new line where nobody has changed any."""
    return PhoneLine.objects.filter(channel=channel).first() or PhoneLine(channel=channel)


@transaction.atomic
def change_line(*, by: Staff, channel: Channel, changes: dict[str, Any]) -> PhoneLine:
    line, _ = PhoneLine.objects.update_or_create(channel=channel, defaults=changes)
    record(
        by=by,
        action="phone_line.change",
        object_type="channel",
        object_id=channel.pk,
        centre=channel.centre_id,
        fields=",".join(sorted(changes)),
    )
    return line
