"""News of calls, rooms and recordings, on their way to the addresses that were given for them."""

from collections.abc import Mapping

from aidline.channels.models import Channel
from aidline.kernel.clock import now
from aidline.simulator import faults, hooks
from aidline.simulator.lookalikes.shapes import Fault
from aidline.simulator.models import PracticeCall, PracticeRecording, PracticeRoom
from aidline.simulator.saying import OVERTAKEN_AFTER
from aidline.simulator.states import CallState, Way
from aidline.simulator.telephone import naming
from aidline.simulator.telephone.rows import Then, seconds_of
from aidline.simulator.wire import twilio_voice

_OVER = frozenset(CallState) - {CallState.QUEUED, CallState.RINGING, CallState.GOING}
# What a state is called among the events that can be asked for.
_EVENTS = {CallState.QUEUED: "initiated", CallState.RINGING: "ringing", CallState.GOING: "answered"}


def state(call: PracticeCall) -> list[Then]:
    """The status that the call has just reached. A number's own address hears only of the end."""
    told = naming.program(call)
    url = str(told.get("status_url", ""))
    wanted = str(told.get("status_events", "completed")).split()
    if call.way == Way.IN:
        url, wanted = naming.status_url(call.channel), ["completed"]
    reached = CallState(call.state)
    event = "completed" if reached in _OVER else _EVENTS[reached]
    if not url or event not in wanted:
        return []
    seconds = seconds_of(call) if reached in _OVER else None
    fields = twilio_voice.status(naming.leg(call), now(), call.place, seconds)
    call.place += 1
    return [lambda: carry(call.channel, url, fields)]


def of_room(room: PracticeRoom, event: str, who: twilio_voice.Participant | None = None, **more: str) -> None:
    told = room.told or {}
    url, wanted = str(told.get("url", "")), twilio_voice.events_of(str(told.get("events", "")))
    if not url or event not in wanted:
        return
    place = _next_place(room)
    fields = twilio_voice.room(
        naming.account_sid(room.channel),
        room.sid,
        room.name,
        event,
        now(),
        place,
        who,
        **more,
    )
    carry(room.channel, url, fields)


def _next_place(room: PracticeRoom) -> int:
    room.refresh_from_db(fields=["place"])
    PracticeRoom.objects.filter(pk=room.pk).update(place=room.place + 1)
    return room.place + 1


def participant(call: PracticeCall) -> twilio_voice.Participant:
    return twilio_voice.Participant(
        call_sid=call.sid,
        label=call.label,
        muted=call.muted,
        held=call.held,
        coaching=call.coached,
        starts=call.starts_room,
        ends=call.ends_room,
    )


def of_recording(recording: PracticeRecording, url: str) -> None:
    told = recording.told or {}
    if told.get("url"):
        fields = twilio_voice.recording(
            naming.account_sid(recording.channel),
            recording.sid,
            url,
            recording.state,
            str(told.get("source", "RecordVerb")),
            recording.made_at,
            **_whose(recording),
        )
        carry(recording.channel, str(told["url"]), fields)


def _whose(recording: PracticeRecording) -> dict[str, str]:
    duration = {"RecordingDuration": str(recording.seconds)} if recording.state == "completed" else {}
    calls = {"CallSid": recording.call.sid} if recording.call else {}
    return duration | calls | ({"ConferenceSid": recording.room.sid} if recording.room else {})


def carry(channel: Channel, url: str, fields: Mapping[str, str]) -> None:
    """Twice, or so late that the next one comes first, where that was asked for."""
    hit = faults.use_up(channel, {Fault.TWICE, Fault.SHUFFLED})
    wait = OVERTAKEN_AFTER if Fault.SHUFFLED in hit else 0.0
    for _copy in range(2 if Fault.TWICE in hit else 1):
        hooks.carry(url, naming.signed(channel, url, fields), wait=wait)
