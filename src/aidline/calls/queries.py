"""The doors to calls: for members who answer; and what open screens show of them."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from aidline.calls import legs
from aidline.calls.models import Call, Callback, Leg, Offer, Recording
from aidline.calls.offering import present
from aidline.calls.queueing import waiting_calls
from aidline.calls.states import CallbackState, LegState, OfferState, Stage
from aidline.centres.models import Centre, Membership
from aidline.centres.queries import Seat
from aidline.centres.states import RIGHTS, Can
from aidline.channels.contract.voice import Part
from aidline.kernel.clock import now

RECENT = timedelta(days=7)
MOST = 100
_TALKING = (Stage.CONNECTED, Stage.LEFT, Stage.DIALLING)


def access_call(seat: Seat, call_id: UUID) -> Call:
    """404 for whoever does not answer in this centre."""
    row = _calls(seat).filter(pk=call_id).first() if seat.can(Can.ANSWER) else None
    if row is None:
        raise Http404
    return row


def access_offer(seat: Seat, offer_id: UUID) -> Offer:
    """One's own, whatever became of it."""
    row = _offers(seat).filter(pk=offer_id).first() if seat.can(Can.ANSWER) else None
    if row is None:
        raise Http404
    return row


def access_callback(seat: Seat, callback_id: UUID) -> Callback:
    rows = Callback.objects.filter(centre=seat.centre).select_related("conversation__person", "channel")
    row = rows.filter(pk=callback_id).first() if seat.can(Can.ANSWER) else None
    if row is None:
        raise Http404
    return row


def _calls(seat: Seat) -> QuerySet[Call]:
    rows = Call.objects.filter(centre=seat.centre)
    return rows.select_related("conversation__person", "channel", "answered_by__staff", "callback")


def _offers(seat: Seat) -> QuerySet[Offer]:
    rows = Offer.objects.filter(membership=seat.membership, membership__isnull=False)
    return rows.select_related(
        "call__conversation__person",
        "call__channel",
        "callback__conversation__person",
        "membership__staff",
        "by",
    )


def offer_of(seat: Seat) -> Offer | None:
    """What rings at this member's now."""
    return _offers(seat).filter(state=OfferState.PENDING, deadline__gt=now()).first()


def leg_of(seat: Seat) -> Leg | None:
    rows = Leg.objects.filter(membership=seat.membership, membership__isnull=False)
    rows = rows.exclude(state=LegState.LEFT)
    return rows.select_related("call__conversation__person", "call__channel", "membership__staff").first()


def leg_in(seat: Seat, call: Call) -> Leg | None:
    leg = leg_of(seat)
    return leg if leg and leg.call_id == call.pk else None


def call_of(seat: Seat) -> Call | None:
    """The call this member is in, in whatever part."""
    leg = leg_of(seat)
    return leg.call if leg else None


def wraps_up_until(seat: Seat) -> datetime | None:
    rows = Leg.objects.filter(membership=seat.membership, wrap_until__gt=now(), membership__isnull=False)
    return rows.order_by("-wrap_until").values_list("wrap_until", flat=True).first()


def in_room(call: Call) -> list[Leg]:
    return legs.live(call)


def waiting(seat: Seat) -> list[Call]:
    """In the order in which they are taken."""
    rows = waiting_calls(seat.centre.pk) if seat.can(Can.ANSWER) else Call.objects.none()
    return list(rows.select_related("conversation__person", "channel")[:MOST])


def callbacks(seat: Seat) -> list[Callback]:
    open_ones = (CallbackState.WAITING, CallbackState.DIALLING)
    rows = Callback.objects.filter(centre=seat.centre, state__in=open_ones)
    return list(rows.select_related("conversation__person", "channel").order_by("wait_since", "pk")[:MOST])


def going_on(seat: Seat) -> list[Call]:
    """Calls that are talked in now, for whoever may listen in."""
    if not seat.can(Can.SUPERVISE_CALLS):
        return []
    return list(_calls(seat).filter(stage__in=_TALKING).order_by("began_at")[:MOST])


def recent(seat: Seat) -> list[Call]:
    if not seat.can(Can.ANSWER):
        return []
    rows = _calls(seat).filter(stage=Stage.OVER, began_at__gte=now() - RECENT)
    return list(rows.order_by("-began_at")[:MOST])


def calls_of(conversation_id: UUID) -> list[Call]:
    return list(Call.objects.filter(conversation=conversation_id).order_by("-began_at")[:MOST])


def supervisors(centre: Centre) -> list[str]:
    """Names of who may take a call over; those who are there first."""
    roles = [role for role, rights in RIGHTS.items() if Can.SUPERVISE_CALLS in rights]
    rows = Membership.objects.filter(centre=centre, is_active=True, staff__is_active=True, role__in=roles)
    there = set(present(centre.pk).values_list("membership_id", flat=True))
    found = sorted(rows.select_related("staff"), key=lambda row: (row.pk not in there, row.staff.name))
    return [row.staff.name for row in found[:3]]


def agent_of(call: Call) -> Leg | None:
    return next((leg for leg in legs.live(call) if leg.part == Part.AGENT), None)


def not_deleted(centre: Centre, older_than: timedelta = timedelta(hours=1)) -> int:
    """Recordings that still lie at a provider although they should be gone; for the page of the state of things."""
    left = (Recording.State.TOLD, Recording.State.FETCHED)
    rows = Recording.objects.filter(centre_id=centre.pk, state__in=left)
    return rows.filter(made_at__lt=now() - older_than).count()
