"""What an agent does with a call: hold, consult, pass on, add somebody, pause the recording, leave."""

from datetime import timedelta

from django.db import transaction

from aidline.calls import connecting, ending, legs, offering, telling
from aidline.calls.control import FETCH, HOLD, INVITE, PAUSE, RESUME, UNHOLD, ask
from aidline.calls.lines import line_of
from aidline.calls.models import Call, Leg, Offer
from aidline.calls.moving import move_from
from aidline.calls.states import Doing, LegState, OfferKind, Stage
from aidline.centres.models import Membership, Staff
from aidline.channels.contract.voice import Part
from aidline.kernel.clock import now

_STAY = (Part.AGENT, Part.CONSULT, Part.THIRD, Part.BARGER)


@transaction.atomic
def hold(*, by: Staff, call: Call, on: bool) -> bool:
    caller = legs.of_part(call, Part.CALLER)
    done = bool(caller and legs.hold(caller, on))
    if done:
        ask(HOLD if on else UNHOLD, call, caller)
        telling.hint(call)
        telling.audit(call, "hold" if on else "unhold", by=by)
    return done


MOST_PASSED = 4  # then a supervisor decides who talks with this person


# --- passing on ------------------------------------------------------------------------------------------


@transaction.atomic
def consult(*, by: Staff, call: Call, to: Membership) -> bool:
    """A colleague is asked in while the person waits with music."""
    if not _offer(by, call, to, OfferKind.CONSULT):
        return False
    hold(by=by, call=call, on=True)
    telling.audit(call, "consult", by=by)
    return True


@transaction.atomic
def transfer(*, by: Staff, call: Call, to: Membership | None) -> bool:
    """To a colleague, who may say no; or back into the queue, where the person keeps their place."""
    if to is None:
        return _to_queue(by, call)
    done = _offer(by, call, to, OfferKind.TRANSFER)
    if done:
        telling.audit(call, "transfer", by=by)
    return done


def _offer(by: Staff, call: Call, to: Membership, kind: OfferKind) -> bool:
    at = now()
    call.refresh_from_db()
    if call.stage != Stage.CONNECTED or offering.in_call(to.staff):
        return False
    seconds = timedelta(seconds=line_of(call.channel).ring_seconds)
    offer = Offer(call=call, membership=to, kind=kind, by=by, made_at=at, deadline=at + seconds)
    return offering.make(offer)


def _to_queue(by: Staff, call: Call) -> bool:
    owner = legs.owner(call)
    since = call.wait_since or call.began_at
    changes = {"doing": Doing.QUEUE, "wait_since": since, "turn_at": now()}
    if not move_from(call, (Stage.CONNECTED,), Stage.QUEUED, **changes):
        return False
    offering.withdraw(connecting.pending(call))
    ask(FETCH, call)
    connecting.empty(call)
    connecting.passed_on(call)
    to = owner.membership if owner else None
    telling.line(call, "call_queued", by=by)
    telling.audit(call, "queue", by=by)
    telling.hint(call, *([to] if to else []))
    return True


@transaction.atomic
def finish_transfer(*, by: Staff, call: Call) -> bool:
    """The colleague keeps the call, whoever consulted leaves; the person is not held any longer."""
    colleague, before = legs.of_part(call, Part.CONSULT), legs.owner(call)
    if colleague is None or colleague.state == LegState.INVITED:
        return False
    if before:
        connecting.part_from(call, before)
    connecting.hand_to(by=by, call=call, leg=colleague)
    connecting.passed_on(call)
    telling.audit(call, "hand_over", by=by)
    return True


@transaction.atomic
def give_up_transfer(*, by: Staff, call: Call) -> bool:
    """Back to the person, alone."""
    offering.withdraw(connecting.pending(call))
    colleague = legs.of_part(call, Part.CONSULT)
    if colleague:
        connecting.part_from(call, colleague)
    connecting.unhold(call)
    telling.audit(call, "keep", by=by)
    telling.hint(call, *([colleague.membership] if colleague and colleague.membership else []))
    return True


@transaction.atomic
def add_third(*, by: Staff, call: Call, number: str) -> Leg | None:
    """`number` was checked: it may be dialled."""
    call.refresh_from_db()
    if call.stage != Stage.CONNECTED or legs.of_part(call, Part.THIRD):
        return None
    leg = legs.invite(call, Part.THIRD, number=number)
    if leg:
        ask(INVITE, call, leg)
        telling.line(call, "call_third", by=by)
        telling.audit(call, "add_third", by=by)
        telling.hint(call)
    return leg


@transaction.atomic
def drop_third(*, by: Staff, call: Call) -> bool:
    """Whether they are there, are still rung at, or nobody knows."""
    leg = legs.of_part(call, Part.THIRD)
    if leg is None:
        return False
    connecting.part_from(call, leg)
    telling.audit(call, "drop_third", by=by)
    telling.hint(call)
    return True


# --- recording -------------------------------------------------------------------------------------------


@transaction.atomic
def pause_recording(*, by: Staff, call: Call, paused: bool) -> bool:
    live = Call.objects.filter(pk=call.pk, recording_on=True, stage=Stage.CONNECTED)
    done = live.exclude(recording_paused=paused).update(recording_paused=paused)
    if done:
        ask(PAUSE if paused else RESUME, call)
        telling.audit(call, "pause_recording" if paused else "resume_recording", by=by)
        telling.hint(call)
    return bool(done)


# --- leaving ---------------------------------------------------------------------------------------------


@transaction.atomic
def leave(*, by: Staff, call: Call, leg: Leg) -> None:
    """Hanging up ends the call, unless a colleague or somebody else stays with the person."""
    call.refresh_from_db()
    if leg.part == Part.AGENT:
        _agent_leaves(by, call, leg)
    else:
        connecting.part_from(call, leg)
        if leg.part == Part.CONSULT:
            connecting.unhold(call)
    telling.audit(call, "leave", by=by, fields=leg.part)
    telling.hint(call)


def _agent_leaves(by: Staff, call: Call, leg: Leg) -> None:
    staying = [one for one in legs.live(call) if one.part in _STAY and one.pk != leg.pk]
    heir = next((one for one in staying if one.membership and one.state != LegState.INVITED), None)
    if heir:
        connecting.part_from(call, leg)
        connecting.hand_to(by=by, call=call, leg=heir)
    elif any(one.part == Part.THIRD and one.state != LegState.INVITED for one in staying):
        connecting.part_from(call, leg)
    else:
        legs.leave(leg)
        ending.end(call, rings=True)


@transaction.atomic
def more_time(*, by: Staff, membership: Membership, lasts: timedelta) -> None:
    """Not ready yet: nothing new until then. Not for whoever was ready already."""
    at = now()
    rows = Leg.objects.filter(membership=membership, wrap_until__gt=at)
    if rows.update(wrap_until=at + lasts):
        telling.tell_centre(membership)
        telling.audit_member(membership, by=by)


@transaction.atomic
def wrap_up(*, by: Staff, membership: Membership) -> None:
    """Done with writing up: ready for the next one."""
    Leg.objects.filter(membership=membership, wrap_until__gt=now()).update(wrap_until=now())
    telling.tell_centre(membership)
    telling.audit_member(membership, by=by)


@transaction.atomic
def hang_up(*, by: Staff, call: Call) -> None:
    """For an agent whose line is closed already."""
    if ending.end(call, rings=True):
        telling.audit(call, "leave", by=by, fields=Part.AGENT)
