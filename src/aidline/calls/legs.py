"""Who is in a call: asked in, there, gone. Told by providers late, twice and in any order."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from aidline.calls.lines import line_of
from aidline.calls.models import Call, Leg
from aidline.calls.states import LegState
from aidline.centres.models import Membership
from aidline.channels.contract.voice import Part
from aidline.kernel.clock import now

HERE = (LegState.JOINED, LegState.HELD)
SUPERVISING = (Part.LISTENER, Part.WHISPERER, Part.BARGER)
_WRAPS_UP = (Part.AGENT, Part.CONSULT)


def invite(call: Call, part: Part, membership: Membership | None = None, number: str = "") -> Leg | None:
    """None when the member is in a call already."""
    leg = Leg(call=call, centre_id=call.centre_id, key_id=call.key_id, part=part, membership=membership)
    if number:
        leg.number = number
    try:
        with transaction.atomic():
            leg.save(force_insert=True)
    except IntegrityError:
        return None
    return leg


def live(call: Call) -> list[Leg]:
    rows = Leg.objects.filter(call=call).exclude(state=LegState.LEFT)
    return list(rows.select_related("membership__staff").order_by("pk"))


def owner(call: Call) -> Leg | None:
    """The agent who answers for the call."""
    return next((leg for leg in live(call) if leg.part == Part.AGENT), None)


def of_part(call: Call, *parts: Part) -> Leg | None:
    return next((leg for leg in live(call) if leg.part in parts), None)


def caller(call: Call) -> Leg:
    """The leg of the person; made when the call becomes a room."""
    found = of_part(call, Part.CALLER)
    if found is None:
        found = Leg(call=call, centre_id=call.centre_id, key_id=call.key_id, part=Part.CALLER)
        if call.external_index:
            found.external_index, found.external_id = call.external_index, call.external_id
        found.save(force_insert=True)
    return found


def join(leg: Leg, place: int | None = None) -> bool:
    """From being asked to being there. An older word of the provider never takes a newer one back."""
    at = now()
    rows = Leg.objects.filter(pk=leg.pk, state=LegState.INVITED)
    return bool(rows.update(state=LegState.JOINED, joined_at=at, since=at, place=place or leg.place))


def hold(leg: Leg, held: bool, place: int | None = None) -> bool:
    """`place`: of the provider's word; without one it is ours, and counts at once."""
    rows = Leg.objects.filter(pk=leg.pk, state__in=HERE)
    state = LegState.HELD if held else LegState.JOINED
    if place is None:
        return bool(rows.update(state=state, since=now()))
    return bool(rows.filter(place__lt=place).update(state=state, since=now(), place=place))


def leave(leg: Leg, at: datetime | None = None) -> bool:
    """Once. An agent who talked has time to write it up."""
    at = at or now()
    leg.refresh_from_db()
    wraps = leg.part in _WRAPS_UP and leg.joined_at is not None
    seconds = line_of(leg.call.channel).wrap_up_seconds if wraps else 0
    until = at + timedelta(seconds=seconds) if wraps else None
    rows = Leg.objects.filter(pk=leg.pk).exclude(state=LegState.LEFT)
    done = rows.update(state=LegState.LEFT, left_at=at, wrap_until=until)
    leg.state = LegState.LEFT
    return bool(done)


def become(leg: Leg, part: Part) -> None:
    Leg.objects.filter(pk=leg.pk).update(part=part)
    leg.part = part
