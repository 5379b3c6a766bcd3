"""A release costs the same in a channel with a year of messages as in a new one."""

from uuid import UUID

import pytest
from django.db import connection

from aidline.conversations.models import Message
from aidline.kernel.clock import now
from aidline.outreach.release import tend, waiting_in
from outreach.stage import build

pytestmark = pytest.mark.django_db(transaction=True)
OLD = 3000


def grow(one: Message) -> None:
    """A channel in which much was said before."""
    Message.objects.bulk_create(
        Message(
            centre_id=one.centre_id,
            conversation_id=one.conversation_id,
            channel_id=one.channel_id,
            key_id=one.key_id,
            seq=100 + place,
            direction="i",
            kind="text",
            state="re",
            at=now(),
        )
        for place in range(OLD)
    )


def plan_of(channel: UUID) -> str:
    return str(waiting_in([channel]).explain())


def test_what_waits_in_a_channel_is_counted_without_reading_what_was_said_there() -> None:
    stage = build()
    stage.people(3)
    stage.started()
    tend()
    grow(Message.objects.all()[0])
    if connection.vendor == "postgresql":  # which plans by what it counted last
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    plan = plan_of(stage.channel.pk)
    assert "message_queued" in plan or "message_due" in plan, plan
    assert list(waiting_in([stage.channel.pk]).values_list("count", flat=True)) == [3]
