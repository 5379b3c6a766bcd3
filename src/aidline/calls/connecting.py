"""An agent says yes: the call is theirs, and both are brought into one room."""

from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from aidline.calls import legs, offering, telling
from aidline.calls.control import FETCH, REMOVE, UNHOLD, ask
from aidline.calls.models import Call, Callback, Leg, Offer
from aidline.calls.moving import move_from
from aidline.calls.states import CallbackState, Doing, LegState, OfferKind, OfferState, Stage
from aidline.centres.models import Membership, Staff
from aidline.channels.contract.voice import Part
from aidline.conversations.models import Conversation
from aidline.kernel.clock import now
from aidline.routing import services as routing

Accepted = tuple[Call, Leg]


class _TooLate(Exception):
    """The caller has hung up, or the agent is in another call: everything is rolled back but the end of the offer."""


def accept(*, by: Staff, offer: Offer) -> Accepted | None:
    """None when it is too late. One conditional UPDATE decides between two who press at once."""
    try:
        with transaction.atomic():
            return _accept(by, offer)
    except _TooLate:
        with transaction.atomic():
            offering.end(offer, OfferState.WITHDRAWN)
        return None


def _accept(by: Staff, offer: Offer) -> Accepted:
    at = now()
    pending = Offer.objects.filter(pk=offer.pk, state=OfferState.PENDING, deadline__gt=at)
    if not pending.update(state=OfferState.ACCEPTED, ended_at=at):
        raise _TooLate
    taken = _ACCEPT[OfferKind(offer.kind)](by, offer)
    telling.hint(taken[0], offer.membership)
    telling.audit(taken[0], "accept", by=by, fields=offer.kind)
    return taken


# --- a caller who waits ----------------------------------------------------------------------------------


def _ring(by: Staff, offer: Offer) -> Accepted:
    call = offer.call
    assert call
    changes = {"doing": Doing.ROOM, "answered_by": offer.membership, "front": False, "turn_at": now()}
    if not move_from(call, (Stage.QUEUED,), Stage.CONNECTED, **changes):
        raise _TooLate
    Call.objects.filter(pk=call.pk, answered_at=None).update(answered_at=now())
    Call.objects.filter(pk=call.pk, recording_consent=True).update(recording_on=True)
    leg = _seated(call, Part.AGENT, offer.membership)
    legs.caller(call)
    _take(by, call, offer.membership)
    _close_callbacks(call.conversation)
    ask(FETCH, call)
    return call, leg


def _seated(call: Call, part: Part, membership: Membership) -> Leg:
    leg = legs.invite(call, part, membership)
    if leg is None:
        raise _TooLate
    return leg


def _take(by: Staff, call: Call, membership: Membership) -> None:
    """Whoever talks with the person answers for the conversation."""
    telling.line(call, "call_taken", by=by)
    conversation = Conversation.objects.get(pk=call.conversation_id)
    Conversation.objects.filter(pk=conversation.pk).update(waiting_since=None, due_at=None)
    routing.assign(by=by, conversation=conversation, to=membership)


def _close_callbacks(conversation: Conversation) -> None:
    """They are on the line: nobody needs to call them back."""
    rows = Callback.objects.filter(conversation=conversation, state=CallbackState.WAITING)
    offering.withdraw(Offer.objects.filter(callback__in=rows))
    rows.update(state=CallbackState.DONE)


# --- somebody to call back -------------------------------------------------------------------------------


def _callback(by: Staff, offer: Offer) -> Accepted:
    callback = offer.callback
    assert callback
    waiting = Callback.objects.filter(pk=callback.pk, state=CallbackState.WAITING)
    if not waiting.update(state=CallbackState.DIALLING):
        raise _TooLate
    call = outgoing(by=by, conversation=callback.conversation, channel_id=callback.channel_id)
    call.callback, call.wait_since = callback, callback.wait_since
    call.save(update_fields=["callback", "wait_since"])
    leg = _seated(call, Part.AGENT, offer.membership)
    routing.assign(by=by, conversation=callback.conversation, to=offer.membership)
    return call, leg


def outgoing(*, by: Staff, conversation: Conversation, channel_id: UUID) -> Call:
    """A call of ours. It rings nowhere before its agent is on the line."""
    call = Call.objects.create(
        centre_id=conversation.centre_id,
        channel_id=channel_id,
        conversation=conversation,
        key_id=conversation.person_id,
        way="out",
        stage=Stage.DIALLING,
        doing=Doing.ROOM,
        language=conversation.language,
        begun_by=by,
    )
    telling.line(call, "call_out", by=by)
    return call


# --- a colleague asked in, a call passed on --------------------------------------------------------------


def _consult(by: Staff, offer: Offer) -> Accepted:  # noqa: ARG001 the same for all kinds of offers
    call = _connected(offer)
    return call, _seated(call, Part.CONSULT, offer.membership)


def _transfer(by: Staff, offer: Offer) -> Accepted:
    """Until this moment the one who passes it on answered for it."""
    call = _connected(offer)
    before = legs.owner(call)
    if before:
        part_from(call, before)
    leg = _seated(call, Part.AGENT, offer.membership)
    hand_to(by=by, call=call, leg=leg)
    passed_on(call)
    return call, leg


def _connected(offer: Offer) -> Call:
    call = offer.call
    assert call
    call.refresh_from_db()
    if call.stage != Stage.CONNECTED:
        raise _TooLate
    return call


def part_from(call: Call, leg: Leg) -> None:
    """Out of the room, which goes on."""
    if legs.leave(leg) and leg.external_index:
        ask(REMOVE, call, leg)


def empty(call: Call) -> None:
    """Nobody stays in a room without the person."""
    for leg in legs.live(call):
        if leg.part == Part.CALLER:
            legs.leave(leg)
        else:
            part_from(call, leg)


def hand_to(*, by: Staff, call: Call, leg: Leg) -> None:
    """This leg is the agent's from now on: call and conversation are theirs."""
    assert leg.membership
    if leg.part != Part.AGENT:
        legs.become(leg, Part.AGENT)
    Call.objects.filter(pk=call.pk).update(answered_by=leg.membership)
    call.answered_by = leg.membership
    unhold(call)
    telling.line(call, "call_passed", by=by, to=str(leg.membership.staff_id))
    routing.assign(by=by, conversation=call.conversation, to=leg.membership)
    telling.hint(call, leg.membership)


def passed_on(call: Call) -> None:
    Call.objects.filter(pk=call.pk).update(passed=F("passed") + 1)


def unhold(call: Call) -> None:
    held = legs.of_part(call, Part.CALLER)
    if held and held.state == LegState.HELD and legs.hold(held, False):
        ask(UNHOLD, call, held)


_ACCEPT = {
    OfferKind.RING: _ring,
    OfferKind.CALLBACK: _callback,
    OfferKind.CONSULT: _consult,
    OfferKind.TRANSFER: _transfer,
    OfferKind.HELP: _consult,
}


def pending(call: Call) -> QuerySet[Offer]:
    return Offer.objects.filter(call=call, state=OfferState.PENDING)
