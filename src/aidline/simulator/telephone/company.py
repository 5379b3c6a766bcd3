"""The telephone company behind the look-alike, for one channel: its calls, rooms and recordings as rows.

What makes it ask us something is done a moment later, because our own call is still waiting for its answer.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from aidline.channels.models import Channel
from aidline.simulator import postman
from aidline.simulator.lookalikes.shapes import StoredFile
from aidline.simulator.lookalikes.telephony import (
    CallFacts,
    Ordered,
    ParticipantFacts,
    RecordingFacts,
    RoomFacts,
    Wish,
)
from aidline.simulator.lookalikes.twiml import Verb
from aidline.simulator.models import PracticeCall, PracticeRecording, PracticeRoom
from aidline.simulator.states import CallState
from aidline.simulator.telephone import dialling, leaving, naming, rooms
from aidline.simulator.telephone.rows import Then, change, find_sid, seconds_of

SOON = 0.05  # seconds


class Company:
    def __init__(self, channel: Channel) -> None:
        self.channel = channel

    # --- calls -------------------------------------------------------------------------------------------

    def order(self, ordered: Ordered) -> CallFacts:
        conference = dict(ordered.conference)
        name = conference.pop("name", "")
        told: dict[str, object] = {
            "caller_id": ordered.caller_id,
            "answer_url": ordered.answer_url,
            "twiml": ordered.twiml,
            "status_url": ordered.status_url,
            "status_events": ordered.status_events,
        }
        if name:
            told["conference"] = Verb("Conference", conference, name).packed()
        call = dialling.dial(self.channel, ordered.to, seconds=ordered.seconds, told=told)
        postman.after(SOON, lambda: change(call.pk, dialling.ring))
        return _facts(call)

    def call(self, sid: str) -> CallFacts | None:
        found = find_sid(self.channel, sid)
        return _facts(found) if found else None

    def redirect(self, sid: str, *, url: str, twiml: str) -> bool:
        call = find_sid(self.channel, sid)
        if call is None or call.ended_at or call.state != CallState.GOING:
            return False
        postman.after(SOON, lambda: change(call.pk, lambda one: _sent(one, url, twiml)))
        return True

    def end_call(self, sid: str, *, canceled: bool) -> bool:
        """Canceled are only calls that nobody has answered yet."""
        call = find_sid(self.channel, sid)
        if call is None:
            return False
        return change(call.pk, lambda one: _ended(one, canceled=canceled))

    # --- rooms -------------------------------------------------------------------------------------------

    def rooms(self, name: str, status: str) -> Sequence[RoomFacts]:
        rows = PracticeRoom.objects.filter(channel=self.channel)
        rows = rows.filter(name=name) if name else rows
        rows = rows.filter(state=status) if status else rows
        return [_room(one) for one in rows.order_by("-made_at")[:50]]

    def room(self, sid: str) -> RoomFacts | None:
        found = self._room(sid)
        return _room(found) if found else None

    def end_room(self, sid: str) -> None:
        room = self._room(sid)
        if room:
            leaving.close(room, "conference-ended-via-api")

    def _room(self, sid: str) -> PracticeRoom | None:
        rows = PracticeRoom.objects.filter(channel=self.channel).select_related("channel")
        try:
            return rows.filter(pk=UUID(hex=sid[2:])).first() if sid.startswith("CF") else _going(rows, sid)
        except ValueError:
            return _going(rows, sid)

    def participants(self, room_sid: str) -> Sequence[ParticipantFacts]:
        room = self._room(room_sid)
        return [_participant(one) for one in rooms.inside(room)] if room else []

    def wish(self, room_sid: str, call_sid: str, wish: Wish) -> bool:
        call = self._in_room(room_sid, call_sid)
        return change(call.pk, lambda one: _wished(one, wish)) if call else False

    def remove(self, room_sid: str, call_sid: str) -> bool:
        call = self._in_room(room_sid, call_sid)
        if call:
            postman.after(SOON, lambda: change(call.pk, leaving.leave_room))
        return bool(call)

    def _in_room(self, room_sid: str, call_sid: str) -> PracticeCall | None:
        room, call = self._room(room_sid), find_sid(self.channel, call_sid)
        return call if room and call and call.room_id == room.pk else None

    # --- recordings --------------------------------------------------------------------------------------

    def recordings(self, *, call_sid: str = "", room_sid: str = "") -> Sequence[RecordingFacts]:
        rows = self._recordings()
        if call_sid:
            rows = rows.filter(call=find_sid(self.channel, call_sid))
        if room_sid:
            rows = rows.filter(room=self._room(room_sid), call=None)  # a call of it may be recorded too
        return [_recording(one) for one in rows.order_by("made_at")]

    def recording(self, sid: str) -> RecordingFacts | None:
        found = self._recording(sid)
        return _recording(found) if found else None

    def sound(self, sid: str) -> StoredFile | None:
        found = self._recording(sid)
        return StoredFile(found.file.content, found.file.mime) if found and found.file else None

    def delete_recording(self, sid: str) -> bool:
        """With its sound."""
        found = self._recording(sid)
        if found is None:
            return False
        found.delete()
        if found.file:
            found.file.delete()
        return True

    def record(self, call_sid: str, told_to: str) -> RecordingFacts | None:
        """Of a call in a room all of the room is heard."""
        call = find_sid(self.channel, call_sid)
        if call is None or call.state != CallState.GOING or call.room is None:
            return None
        return _recording(rooms.record(call.room, told_to, call))

    def set_recording(self, sid: str, status: str) -> bool:
        found = self._recording(sid)
        if found is None or found.state not in ("in-progress", "paused"):
            return False
        PracticeRecording.objects.filter(pk=found.pk).update(state=status)
        return True

    def _recordings(self) -> Any:
        return PracticeRecording.objects.filter(channel=self.channel).select_related("call", "room", "file")

    def _recording(self, sid: str) -> PracticeRecording | None:
        try:
            found: PracticeRecording | None = self._recordings().filter(pk=UUID(hex=sid[2:])).first()
        except ValueError:
            return None
        return found


def _going(rows: Any, name: str) -> PracticeRoom | None:
    found: PracticeRoom | None = rows.filter(name=name).exclude(state="completed").first()
    return found


# --- changes ----------------------------------------------------------------------------------------------


def _sent(call: PracticeCall, url: str, twiml: str) -> list[Then]:
    return leaving.say_this(call, twiml.encode()) if twiml else leaving.send_elsewhere(call, url)


def _ended(call: PracticeCall, *, canceled: bool) -> list[Then] | None:
    if canceled and call.state not in (CallState.QUEUED, CallState.RINGING):
        return None
    rings = call.state in (CallState.QUEUED, CallState.RINGING)
    return leaving.hang_up(call, CallState.CANCELED if rings else CallState.COMPLETED)


def _wished(call: PracticeCall, wish: Wish) -> list[Then] | None:
    if call.room is None:
        return None
    after = rooms.hold(call, held=wish.held) if wish.held is not None else []
    after += rooms.mute(call, muted=wish.muted) if wish.muted is not None else []
    after += rooms.coach(call, wish.coaching) if wish.coaching is not None else []
    call.ends_room = call.ends_room if wish.ends is None else wish.ends
    return after


# --- facts ------------------------------------------------------------------------------------------------


def _facts(call: PracticeCall) -> CallFacts:
    leg = naming.leg(call)
    seconds = seconds_of(call) if call.ended_at else None
    return CallFacts(
        call.sid,
        leg.caller,
        leg.called,
        leg.direction,
        call.state,
        call.began_at,
        call.ended_at,
        seconds,
        leg.parent,
    )


def _room(room: PracticeRoom) -> RoomFacts:
    return RoomFacts(room.sid, room.name, room.state, room.made_at)


def _participant(call: PracticeCall) -> ParticipantFacts:
    return ParticipantFacts(
        call_sid=call.sid,
        room_sid=call.room.sid if call.room else "",
        label=call.label,
        muted=call.muted,
        held=call.held,
        coaching=call.coached,
        starts=call.starts_room,
        ends=call.ends_room,
        status="connected",
        at=call.answered_at or call.began_at,
    )


def _recording(recording: PracticeRecording) -> RecordingFacts:
    return RecordingFacts(
        recording.sid,
        recording.call.sid if recording.call else "",
        recording.room.sid if recording.room else "",
        recording.state,
        recording.seconds,
        str((recording.told or {}).get("source", "")),
        recording.made_at,
    )
