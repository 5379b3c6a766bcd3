"""The doors to flows, and what runs: a published version, read once."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from uuid import UUID

from django.http import Http404

from aidline.centres.models import Centre
from aidline.centres.queries import Seat
from aidline.centres.states import Can
from aidline.channels.models import Channel
from aidline.channels.queries import channels_of
from aidline.flows.language import Flow
from aidline.flows.media import takes_calls
from aidline.flows.models import Entrance, Run, Version
from aidline.flows.models import Flow as Row
from aidline.flows.text import read

KEPT = 256  # published versions in memory, over all centres


# --- what runs -------------------------------------------------------------------------------------------


def entrance(channel_id: UUID, kind: Literal["messages", "calls"]) -> tuple[UUID, Flow] | None:
    """The version a channel begins with now, and its flow."""
    rows = Entrance.objects.filter(channel=channel_id)
    version = rows.values_list(f"{kind}__published", flat=True).first()
    return (version, load(version)) if version else None


def published_flow(centre_id: UUID, slug: str) -> Flow | None:
    version = Row.objects.filter(centre=centre_id, slug=slug).values_list("published", flat=True).first()
    return load(version) if version else None


@lru_cache(KEPT)
def load(version_id: UUID) -> Flow:
    """A version never changes, so it is read once. `Version.DoesNotExist` or `FlowError` where it cannot be."""
    return read(Version.objects.values_list("source", flat=True).get(pk=version_id))


def live_run(conversation_id: UUID) -> Run | None:
    return Run.objects.filter(conversation=conversation_id, ended_at=None).first()


# --- for who sets them up --------------------------------------------------------------------------------


def access_flow(seat: Seat, flow_id: UUID) -> Row:
    rows = Row.objects.filter(centre=seat.centre).select_related("centre", "published", "changed_by")
    row = rows.filter(pk=flow_id).first() if seat.can(Can.SET_UP) else None
    if row is None:
        raise Http404
    return row


def access_version(flow: Row, number: int) -> Version:
    row = flow.versions.filter(number=number).select_related("published_by").first()
    if row is None:
        raise Http404
    return row


def flows_of(centre: Centre) -> list[Row]:
    return list(Row.objects.filter(centre=centre).select_related("published").order_by("title", "slug"))


@dataclass(frozen=True, slots=True)
class Door:
    """What a channel begins with."""

    channel: Channel
    messages: Row | None
    calls: Row | None
    takes_calls: bool


def doors_of(centre: Centre) -> list[Door]:
    rows = Entrance.objects.filter(channel__centre=centre).select_related("messages", "calls")
    known = {row.channel_id: row for row in rows}
    doors = []
    for channel in channels_of(centre):
        row = known.get(channel.pk)
        begins = (row.messages, row.calls) if row else (None, None)
        doors.append(Door(channel, *begins, takes_calls=takes_calls(channel)))
    return doors


def is_changed(flow: Row) -> bool:
    """The draft is not what runs."""
    return flow.published is None or flow.published.source != flow.draft


def running(flow: Row) -> int:
    """How many people are in it at this moment, in any version."""
    return Run.objects.filter(version__flow=flow, ended_at=None).count()
