"""The doors to broadcasts."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from aidline.centres.queries import Seat
from aidline.centres.states import Can
from aidline.outreach.models import Broadcast

_WHO = ("created_by", "changed_by", "approved_by", "started_by", "stopped_by")


def broadcasts_of(seat: Seat) -> QuerySet[Broadcast]:
    rows = Broadcast.objects.filter(centre=seat.centre).select_related("centre", *_WHO)
    return rows.order_by("-created_at")


def access_broadcast(seat: Seat, broadcast_id: UUID) -> Broadcast:
    row = broadcasts_of(seat).filter(pk=broadcast_id).first()
    if row is None or not seat.can(Can.OUTREACH):
        raise Http404
    return row
