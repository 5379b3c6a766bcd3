"""A supervisor listens, whispers, speaks up, takes over. Each of it is written down, with who and when."""

from django.db import transaction

from aidline.calls import connecting, legs, telling
from aidline.calls.control import COACH, ask
from aidline.calls.models import Call, Leg
from aidline.calls.states import LegState, Stage
from aidline.centres.models import Membership, Staff
from aidline.channels.contract.voice import Part


@transaction.atomic
def supervise(*, by: Staff, call: Call, membership: Membership, part: Part) -> Leg | None:
    """None when the call is over, or the supervisor is in another one."""
    assert part in legs.SUPERVISING
    call.refresh_from_db()
    if call.stage != Stage.CONNECTED:
        return None
    leg = legs.invite(call, part, membership)
    if leg:
        telling.audit(call, str(part), by=by)
        telling.hint(call)
    return leg


@transaction.atomic
def change_part(*, by: Staff, call: Call, leg: Leg, part: Part) -> bool:
    """From listening to whispering, and so on, without leaving."""
    if leg.part not in legs.SUPERVISING or part not in legs.SUPERVISING or leg.state == LegState.LEFT:
        return False
    legs.become(leg, part)
    ask(COACH, call, leg)
    telling.audit(call, str(part), by=by)
    telling.hint(call)
    return True


@transaction.atomic
def take_over(*, by: Staff, call: Call, membership: Membership) -> Leg | None:
    """The call is the supervisor's from now on; the agent's part of it ends."""
    call.refresh_from_db()
    if call.stage not in (Stage.CONNECTED, Stage.LEFT):
        return None
    before = legs.owner(call)
    mine = next((leg for leg in legs.live(call) if leg.membership_id == membership.pk), None)
    if before and before == mine:
        return None
    leg = mine or legs.invite(call, Part.AGENT, membership)
    if leg is None:
        return None
    if before:
        connecting.part_from(call, before)
    if mine:
        legs.become(leg, Part.AGENT)
        ask(COACH, call, leg)
    connecting.hand_to(by=by, call=call, leg=leg)
    telling.audit(call, "take_over", by=by)
    return leg
