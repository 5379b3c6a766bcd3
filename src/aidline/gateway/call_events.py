"""What providers tell of calls: states, recordings, who is in a room. Late, twice, and in any order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl
from uuid import UUID

from aidline.calls import ending, legs, recordings, starting, telling
from aidline.calls.control import REMOVE, ask
from aidline.calls.models import Call, Leg, Recording
from aidline.calls.states import Ending, LegState, Stage
from aidline.centres.models import Centre
from aidline.channels.contract import QUERY, CallRecording, CallStatus, HookRequest, RoomChange
from aidline.channels.contract.voice import OVER, CallRequest, CallState, Moment, Part, TakesCalls
from aidline.channels.models import Channel
from aidline.conversations.live import Hint
from aidline.gateway import callers

VOICE = ":voice"  # beside a delivery that is a first request which only heard the apology
RECORDED_LATELY, AT_ONCE = timedelta(days=1), 500
CallEvent = CallStatus | CallRecording | RoomChange | CallRequest


@dataclass(frozen=True, slots=True)
class Told:
    channel_id: UUID
    centre_id: UUID
    event: CallEvent
    received_at: datetime


def apply(told: Sequence[Told]) -> list[Hint]:
    """Inside the batch's transaction, in the order in which they came."""
    hints = []
    for one in told:
        match one.event:
            case CallStatus():
                _status(one, one.event)
            case RoomChange():
                _room_change(one, one.event)
            case CallRequest():
                _unanswered(one, one.event)
            case CallRecording():
                hints += _recording(one, one.event)
    return hints


# --- who could not be answered ---------------------------------------------------------------------------


def first_request(provider: object, body: bytes, kept: Mapping[str, str]) -> list[CallRequest]:
    """The request as it was; what it cannot be read from is nobody's call."""
    assert isinstance(provider, TakesCalls)
    raw = kept.get(QUERY, "")
    query = dict(parse_qsl(raw, keep_blank_values=True))
    return [provider.call_request(HookRequest("POST", f"/?{raw}", query, dict(kept), body))]


def _unanswered(told: Told, request: CallRequest) -> None:
    """They rang and heard an apology. Whether they left a message is told by its recording; they wait either way."""
    known = starting.find(channel_id=told.channel_id, centre_id=told.centre_id, external_id=request.call_id)
    if known is None:
        _write_down(told, request.caller, request.call_id, Ending.ABANDONED)


# --- states ----------------------------------------------------------------------------------------------


def _status(told: Told, event: CallStatus) -> None:
    """Only its end is news: all else was told by who asked what to do."""
    if event.state not in OVER:
        return
    index = starting.call_index(told.channel_id, event.call_id, told.centre_id)
    call = Call.objects.filter(channel_id=told.channel_id, external_index=index).first()
    if call:
        never = call.stage == Stage.DIALLING and event.state is CallState.FAILED
        ending.end(call, Ending.FAILED if never else None, seconds=event.seconds)
        return
    for leg in Leg.objects.filter(external_index=index).exclude(state=LegState.LEFT).select_related("call"):
        ending.lose(leg)


# --- rooms -----------------------------------------------------------------------------------------------


def _room_change(told: Told, event: RoomChange) -> None:
    call = _call_of_room(told, event.room)
    if call is None:
        return
    if event.room_id and not call.room_sealed:
        call.room_id = event.room_id
        Call.objects.filter(pk=call.pk).update(room_sealed=call.room_sealed)
    leg = _leg(call, told, event)
    if leg is None or (event.place is not None and event.place < leg.place):
        return
    _of_leg(call, leg, event)


def _call_of_room(told: Told, room: str) -> Call | None:
    try:
        return Call.objects.filter(pk=UUID(room), channel_id=told.channel_id).first()
    except ValueError:
        return None


def _leg(call: Call, told: Told, event: RoomChange) -> Leg | None:
    rows = Leg.objects.filter(call=call).select_related("call", "membership")
    try:
        return rows.filter(pk=UUID(event.label)).first()
    except ValueError:
        if not event.call_id:
            return None
        return rows.filter(
            external_index=starting.call_index(told.channel_id, event.call_id, told.centre_id)
        ).first()


def _of_leg(call: Call, leg: Leg, event: RoomChange) -> None:
    match event.moment:
        case Moment.JOINED:
            _joined(call, leg, event)
        case Moment.LEFT:
            _left(leg, event)
        case Moment.HELD | Moment.UNHELD if event.place is not None:
            legs.hold(leg, event.moment is Moment.HELD, event.place)
        case Moment.MUTED | Moment.UNMUTED:
            Leg.objects.filter(pk=leg.pk).update(muted=event.moment is Moment.MUTED)
    telling.hint(call)


def _joined(call: Call, leg: Leg, event: RoomChange) -> None:
    if event.call_id and not leg.external_index:
        leg.external_index = starting.call_index(call.channel_id, event.call_id, call.centre_id)
        leg.external_id = event.call_id
        leg.save(update_fields=["external_index", "external_sealed"])
    if not legs.join(leg, event.place) and leg.state == LegState.LEFT and leg.part == Part.THIRD:
        ask(REMOVE, call, leg)  # who picked up after they had been let go is not left in the room


def _left(leg: Leg, event: RoomChange) -> None:
    """The person may only have been called out of the room: whether their call is over is told elsewhere."""
    Leg.objects.filter(pk=leg.pk).update(place=event.place or leg.place)
    if leg.part == Part.CALLER:
        legs.leave(leg)
    else:
        ending.lose(leg)


# --- recordings ------------------------------------------------------------------------------------------


def _recording(told: Told, event: CallRecording) -> list[Hint]:
    call = _recorded_call(told, event)
    recording = recordings.made(call, event.recording_id, _use(call, event), event.seconds)
    recording.call = call
    if not recordings.told(
        recording, ref=event.ref, seconds=event.seconds, failed=event.failed, at=told.received_at
    ):
        return []
    return [Hint(call.centre_id, "message", call.conversation_id)]


def _recorded_call(told: Told, event: CallRecording) -> Call:
    ours = event.room or event.our_call
    in_room = (_call_of_room(told, ours) if ours else None) or _in_their_room(told, event.room_id)
    known = in_room or starting.find(
        channel_id=told.channel_id, centre_id=told.centre_id, external_id=event.call_id
    )
    return known or _of_nobody(told, event)


def _in_their_room(told: Told, room_id: str) -> Call | None:
    """Their name of a room is sealed: it is looked for among the calls that were recorded of late."""
    lately = told.received_at - RECORDED_LATELY
    rows = Call.objects.filter(channel_id=told.channel_id, recording_on=True, began_at__gte=lately)
    named = rows.exclude(room_sealed=None).order_by("-began_at")[:AT_ONCE] if room_id else ()
    return next((call for call in named if call.room_id == room_id), None)


def _use(call: Call, event: CallRecording) -> Recording.Use:
    of_room = bool(event.room or event.room_id) or (call.recording_on and call.answered_at is not None)
    return Recording.Use.CALL if of_room else Recording.Use.VOICEMAIL


def _of_nobody(told: Told, event: CallRecording) -> Call:
    """A word left while we could not write down who called: kept, of somebody whose number nobody knows."""
    return _write_down(told, "", event.call_id or event.recording_id, Ending.MESSAGE_LEFT)


def _write_down(told: Told, number: str, external_id: str, how: Ending) -> Call:
    channel = Channel.objects.select_related("centre").get(pk=told.channel_id)
    centre: Centre = channel.centre
    person, address = callers.person_of(centre, number)
    conversation, opened = callers.conversation_of(channel, person, address, told.received_at)
    call = starting.new_call(
        conversation=conversation,
        channel_id=channel.pk,
        external_id=external_id,
        at=told.received_at,
        language=centre.default_language,
    )
    call.flow = {"opened": opened}
    call.stage, call.ending, call.ended_at = Stage.OVER, how, told.received_at
    call.wait_since = told.received_at
    starting.keep(call)
    ending.settle(call)
    return call
