"""A call is over, once, for whatever reason; and everything that hung on it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from aidline.calls import legs, offering, telling
from aidline.calls.control import HANG_UP, REMOVE, ask
from aidline.calls.lines import line_of
from aidline.calls.models import Call, Callback, Leg, Offer, Recording
from aidline.calls.moving import move_from
from aidline.calls.states import CallbackState, Doing, Ending, Stage
from aidline.centres.timetables import promised
from aidline.channels.contract.voice import Part, Way
from aidline.conversations import services as conversations
from aidline.conversations.live import Hint, tell
from aidline.conversations.models import Conversation
from aidline.conversations.states import ConversationState, Outcome
from aidline.kernel.clock import now
from aidline.routing.services import distribute

LIVE = (Stage.FLOW, Stage.QUEUED, Stage.CONNECTED, Stage.DIALLING, Stage.LEFT)
SPACING = (timedelta(minutes=15), timedelta(hours=2))  # between the attempts to call somebody back
ATTEMPTS = 3
_GAVE_UP = (Ending.ABANDONED, Ending.CLOSED)
_ANSWERED_FROM = (Stage.CONNECTED, Stage.LEFT)


@transaction.atomic
def end(call: Call, ending: Ending | None = None, *, seconds: int | None = None, rings: bool = False) -> bool:
    """Without an ending the stage tells it. `rings`: the line itself is still open and is to be hung up."""
    at = now()
    call.refresh_from_db()
    if call.stage == Stage.OVER:
        return False
    was, found = Stage(call.stage), ending or usual(call)
    lasted = seconds if seconds is not None else max(0, round((at - call.began_at).total_seconds()))
    if not move_from(call, LIVE, Stage.OVER, doing=Doing.BYE, ending=found, ended_at=at, seconds=lasted):
        return False
    offering.withdraw(Offer.objects.filter(call=call))
    _part(call, at)
    if rings:
        ask(HANG_UP, call)
    _tell(call, was)
    if call.callback:
        _of_callback(call, call.callback, at)
    settle(call)
    return True


def goes_on(call: Call) -> bool:
    """Also without whoever has just left it."""
    return call.stage != Stage.OVER


def usual(call: Call) -> Ending:
    if call.ending:  # told when the goodbye was said
        return Ending(call.ending)
    if call.stage == Stage.DIALLING:
        return Ending.NOT_REACHED
    if call.stage in _ANSWERED_FROM:
        return Ending.ANSWERED
    if call.recordings.exclude(use=Recording.Use.CALL).exists():
        return Ending.MESSAGE_LEFT
    return Ending.SELF_SERVED if (call.flow or {}).get("read") else Ending.ABANDONED


def _part(call: Call, at: datetime) -> None:
    """Whoever is left in the room is let go."""
    for leg in legs.live(call):
        legs.leave(leg, at)
        if leg.part != Part.CALLER and leg.external_index:
            ask(REMOVE, call, leg)


def _tell(call: Call, was: Stage) -> None:
    missed = was in (Stage.QUEUED, Stage.LEFT) and call.ending == Ending.ABANDONED
    telling.line(
        call, "call_missed" if missed else "call_ended", ending=call.ending, seconds=str(call.seconds or "")
    )
    telling.hint(call)


# --- what becomes of its conversation --------------------------------------------------------------------


def settle(call: Call) -> None:
    """Who hung up while waiting stays in the queue, where the centre wants it; a call that left nothing to do
    closes the conversation that it alone had opened."""
    conversation = Conversation.objects.select_related("centre").get(pk=call.conversation_id)
    if _is_missed(call, conversation):
        wait(conversation, call.wait_since or now(), channel_id=call.channel_id, risk=call.risk)
    elif (call.flow or {}).get("opened") and _nothing_left(conversation, call):
        conversations.close(
            by=None, conversation=conversation, topic=conversation.topic, outcome=_outcome(call)
        )


def _is_missed(call: Call, conversation: Conversation) -> bool:
    waited = call.wait_since is not None and (call.way == Way.IN or call.answered_at is not None)
    gave_up = waited and call.ending in _GAVE_UP
    return gave_up and conversation.address_id is not None and line_of(call.channel).missed_calls_wait


def wait(conversation: Conversation, since: datetime, *, channel_id: UUID, risk: str = "") -> None:
    """It is somebody's turn to answer or call back, by the promise of the centre and the risk that was told.

    No flow can.
    """
    conversation = _living(conversation)
    conversations.leave_flow(conversation, "called")
    due_at = promised(conversation.centre, channel_id, since)
    rows = Conversation.objects.filter(pk=conversation.pk)
    rows.filter(waiting_since=None).update(waiting_since=since, last_in_at=since)
    rows.filter(due_at=None).update(due_at=due_at)
    rows.filter(queued_since=None, assignee=None).update(queued_since=since)
    rows.exclude(state=ConversationState.OPEN).update(
        state=ConversationState.OPEN, closed_at=None, closed_by=None, snoozed_until=None, outcome=""
    )
    conversations.raise_urgency(conversation, risk)
    tell([Hint(conversation.centre_id, "state", conversation.pk), Hint(conversation.centre_id, "queue")])
    distribute([conversation.centre_id])


def _living(conversation: Conversation) -> Conversation:
    """The one in which they go on meanwhile: of two of one number only one is open."""
    same = Conversation.objects.filter(address=conversation.address_id, channel=conversation.channel_id)
    newer = same.exclude(state=ConversationState.CLOSED).exclude(pk=conversation.pk)
    is_over = conversation.state == ConversationState.CLOSED and conversation.address_id
    return (newer.select_related("centre").first() if is_over else None) or conversation


def _nothing_left(conversation: Conversation, call: Call) -> bool:
    open_ones = Q(state__in=[CallbackState.WAITING, CallbackState.DIALLING])
    return (
        conversation.state == ConversationState.OPEN
        and conversation.waiting_since is None
        and conversation.assignee_id is None
        and call.ending not in (Ending.MESSAGE_LEFT, Ending.CALLBACK)
        and not Callback.objects.filter(open_ones, conversation=conversation).exists()
        and not call.recordings.exists()
    )


def _outcome(call: Call) -> Outcome:
    return Outcome.ANSWERED if call.ending == Ending.SELF_SERVED else Outcome.NO_REPLY


# --- a call back -----------------------------------------------------------------------------------------


def _of_callback(call: Call, callback: Callback, at: datetime) -> None:
    """Reached, or another time, or not at all. A call that was never dialled is no attempt."""
    ringing = Callback.objects.filter(pk=callback.pk, state=CallbackState.DIALLING)
    if call.ending == Ending.ANSWERED:
        ringing.update(state=CallbackState.DONE)
    elif not call.dialled_at:
        ringing.update(state=CallbackState.WAITING)
    elif callback.attempts + 1 < ATTEMPTS:
        made = callback.attempts + 1
        ringing.update(state=CallbackState.WAITING, attempts=made, next_at=at + SPACING[made - 1])
    elif ringing.update(state=CallbackState.GIVEN_UP, attempts=ATTEMPTS):
        telling.line(call, "call_gaveup")
        _wait_after(callback)


def _wait_after(callback: Callback) -> None:
    conversation = Conversation.objects.select_related("centre").get(pk=callback.conversation_id)
    wait(conversation, callback.asked_at, channel_id=callback.channel_id, risk=callback.risk)


@transaction.atomic
def cannot_call_back(callback: Callback) -> bool:
    """Its line cannot call anybody, or not any more: a promise that nobody can keep becomes a person's turn."""
    waiting = Callback.objects.filter(pk=callback.pk, state=CallbackState.WAITING)
    if not waiting.update(state=CallbackState.GIVEN_UP):
        return False
    offering.withdraw(Offer.objects.filter(callback=callback))
    telling.note(callback, "call_cannot")
    _wait_after(callback)
    return True


def lose(leg: Leg) -> None:
    """Somebody is not in the room any more, and did not say so."""
    if not legs.leave(leg):
        return
    call = leg.call
    telling.hint(call)
    if leg.part == Part.CALLER:
        end(call)
    elif leg.part == Part.AGENT or nobody_answers(call):
        without_agent(call)


def nobody_answers(call: Call) -> bool:
    """Whoever else is in the room: nobody of them has taken the call upon themselves."""
    call.refresh_from_db()
    return call.stage == Stage.CONNECTED and legs.owner(call) is None


def without_agent(call: Call) -> None:
    """The caller is alone, for a moment: the agent may be hanging up, or coming back."""
    if call.stage == Stage.DIALLING or (call.way == Way.OUT and not call.answered_at):
        end(call, rings=bool(call.dialled_at))
    else:
        move_from(call, (Stage.CONNECTED,), Stage.LEFT, turn_at=now())
