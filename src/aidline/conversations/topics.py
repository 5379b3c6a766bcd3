"""Topics, for who sets up a centre: what a conversation can be finished with."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.http import Http404

from aidline.audit.services import record
from aidline.centres.models import Centre, Staff
from aidline.centres.queries import Seat
from aidline.centres.states import Can
from aidline.conversations.models import Topic
from aidline.kernel.ids import new_id


def access_topic_to_change(seat: Seat, topic_id: UUID) -> Topic:
    row = Topic.objects.filter(pk=topic_id, centre=seat.centre).first()
    if row is None or not seat.can(Can.SET_UP):
        raise Http404
    return row


@transaction.atomic
def save_topic(
    *,
    by: Staff | None,
    centre: Centre,
    code: str,
    labels: Mapping[str, str],
    place: int = 0,
    topic: Topic | None = None,
) -> Topic:
    row = topic or Topic(id=new_id(), centre=centre)
    row.code, row.place = code, place
    row.labels = {language: label.strip() for language, label in labels.items() if label.strip()}
    row.save()
    _record(by, row, "topic.save")
    return row


@transaction.atomic
def remove_topic(*, by: Staff, topic: Topic) -> None:
    """Conversations that were finished with it keep everything else."""
    _record(by, topic, "topic.remove")
    topic.delete()


def _record(by: Staff | None, topic: Topic, action: str) -> None:
    record(by=by, action=action, object_type="topic", object_id=topic.pk, centre=topic.centre_id)
