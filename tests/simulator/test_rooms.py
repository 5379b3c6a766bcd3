"""Conferences of practice: who is in them, what our side changes, what it is told."""

from typing import TYPE_CHECKING

import pytest

from aidline.simulator.models import PracticeCall, PracticeRecording, PracticeRoom
from aidline.simulator.states import CallState, Doing
from aidline.simulator.telephone import acts, rooms
from simulator import telephoning
from simulator.telephoning import Ours, again, words

if TYPE_CHECKING:
    from simulator.practice import Practice


@pytest.fixture
def ours(practice: "Practice", monkeypatch: pytest.MonkeyPatch) -> Ours:
    ours = telephoning.stage(practice, monkeypatch)
    ours.scripts |= {
        "answer": room(ours, "caller"),
        "softphone": room(ours, "agent"),
        "after": "<Say>Goodbye.</Say><Hangup/>",
    }
    return ours


def room(ours: Ours, label: str, **more: str) -> str:
    attributes = {
        "statusCallback": ours.news,
        "statusCallbackEvent": "start end join leave mute hold modify",
        "participantLabel": label,
        "startConferenceOnEnter": "false" if label == "caller" else "true",
        **more,
    }
    written = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return f'<Dial action="{ours.url("after")}"><Conference {written}>room-1</Conference></Dial>'


def talking(ours: Ours) -> tuple[PracticeCall, PracticeCall, str]:
    caller = acts.call_us(telephoning.phone(ours))
    agent = acts.connect(ours.channel, "agent_1", {"leg": "leg-1", "ticket": "t"})
    ours.settle()
    return caller, agent, PracticeRoom.objects.get().sid


def events(ours: Ours) -> list[tuple[str, str]]:
    told = [one for one in ours.told if "StatusCallbackEvent" in one]
    return [(one["StatusCallbackEvent"], one.get("ParticipantLabel", "")) for one in told]


def test_the_caller_waits_until_an_agent_comes(ours: Ours) -> None:
    caller = acts.call_us(telephoning.phone(ours))
    ours.settle()
    assert (again(caller).doing, rooms.talks(again(caller))) == (Doing.IN_ROOM, False)
    assert events(ours) == [("participant-join", "caller")]
    acts.connect(ours.channel, "agent_1", {"leg": "leg-1", "ticket": "t"})
    fields = ours.asked[-1][1]
    assert (fields["From"], fields["leg"], fields["To"]) == ("client:agent_1", "leg-1", "")
    ours.settle()
    assert rooms.talks(again(caller))
    assert events(ours)[1:] == [("participant-join", "agent"), ("conference-start", "")]
    places = [int(one["SequenceNumber"]) for one in ours.told]
    assert places == sorted(set(places))


def test_hold_mute_and_whisper_are_changes_of_a_participant(ours: Ours) -> None:
    caller, agent, sid = talking(ours)
    status, _ = ours.api("POST", f"Conferences/{sid}/Participants/{caller.sid}.json", Hold="true")
    assert (status, again(caller).held) == (200, True)
    assert not rooms.talks(again(agent))
    ours.api("POST", f"Conferences/{sid}/Participants/{caller.sid}.json", Hold="false")
    ours.api("POST", f"Conferences/{sid}/Participants/{agent.sid}.json", Muted="true")
    coach = {"Coaching": "true", "CallSidToCoach": caller.sid}
    _, who = ours.api("POST", f"Conferences/{sid}/Participants/{agent.sid}.json", **coach)
    assert (who["muted"], who["call_sid_to_coach"]) == (True, caller.sid)
    assert events(ours)[-4:] == [
        ("participant-hold", "caller"),
        ("participant-unhold", "caller"),
        ("participant-mute", "agent"),
        ("participant-modify", "agent"),
    ]


def test_who_leaves_asks_the_action_and_the_last_one_closes_the_room(ours: Ours) -> None:
    caller, agent, _sid = talking(ours)
    acts.hang_up(agent)
    ours.settle()
    assert ours.asked[-1][0] == "after"
    assert (again(caller).doing, PracticeRoom.objects.get().state) == (Doing.IN_ROOM, "in-progress")
    acts.hang_up(caller)
    ours.settle()
    assert PracticeRoom.objects.get().state == "completed"
    assert events(ours)[-3:] == [
        ("participant-leave", "agent"),
        ("participant-leave", "caller"),
        ("conference-end", ""),
    ]


def test_whoever_ends_the_room_sends_the_others_on(ours: Ours) -> None:
    ours.scripts["softphone"] = room(ours, "agent", endConferenceOnExit="true")
    caller, agent, _sid = talking(ours)
    acts.hang_up(agent)
    ours.settle()
    assert words(caller) == ["Goodbye."]
    assert PracticeRoom.objects.get().state == "completed"


def test_a_removed_agent_goes_on_with_their_script_and_the_caller_stays(ours: Ours) -> None:
    caller, agent, sid = talking(ours)
    assert ours.api("DELETE", f"Conferences/{sid}/Participants/{agent.sid}.json")[0] == 204
    assert words(agent) == ["Goodbye."]
    assert again(caller).doing == Doing.IN_ROOM


def test_a_call_is_sent_elsewhere(ours: Ours) -> None:
    caller, _agent, _sid = talking(ours)
    ours.scripts["elsewhere"] = "<Say>Please wait.</Say><Pause length='9'/><Hangup/>"
    assert ours.api("POST", f"Calls/{caller.sid}.json", Url=ours.url("elsewhere"))[0] == 200
    assert words(caller) == ["Please wait."]
    acts.hang_up(caller)
    status, problem = ours.api("POST", f"Calls/{caller.sid}.json", Url=ours.url("elsewhere"))
    assert (status, problem["code"]) == (400, 21220)


def test_a_third_is_rung_at_and_joins(ours: Ours) -> None:
    _caller, _agent, sid = talking(ours)
    third = telephoning.phone(ours, "+447700900199")
    wish = {"From": "+447700900610", "To": third.address, "Label": "leg-3", "StatusCallback": ours.news}
    status, made = ours.api("POST", f"Conferences/{sid}/Participants.json", **wish)
    assert status == 201
    rings = PracticeCall.objects.get(phone=third)
    assert rings.state == CallState.RINGING
    assert acts.answer(again(rings))
    ours.settle()
    assert (again(rings).label, again(rings).sid) == ("leg-3", made["call_sid"])
    assert len(ours.api("GET", f"Conferences/{sid}/Participants.json")[1]["participants"]) == 3


def test_a_recorded_room_can_fall_silent_for_a_moment(ours: Ours) -> None:
    ours.scripts["softphone"] = room(
        ours, "agent", record="record-from-start", recordingStatusCallback=ours.news
    )
    ours.scripts["answer"] = ours.scripts["softphone"].replace("agent", "caller")
    caller, agent, sid = talking(ours)
    path = f"Conferences/{sid}/Recordings/Twilio.CURRENT.json"
    assert ours.api("POST", path, Status="paused", PauseBehavior="skip")[1]["status"] == "paused"
    ours.api("POST", path, Status="in-progress")
    acts.hang_up(caller)
    acts.hang_up(agent)
    ours.settle()
    recording = PracticeRecording.objects.get()
    assert recording.state == "completed"
    told = next(one for one in ours.told if "RecordingSid" in one)
    assert (told["ConferenceSid"], told["RecordingStatus"]) == (sid, "completed")
    assert ours.api("GET", f"Recordings/{recording.sid}")[1][:4] == b"RIFF"


# --- we ring ----------------------------------------------------------------------------------------------


def ring(ours: Ours, number: str, **more: object) -> tuple[int, object]:
    wish = {"From": "+447700900610", "To": number, "Url": ours.url("turn"), "Timeout": "20"}
    events = ["initiated", "ringing", "answered", "completed"]
    return ours.api("POST", "Calls.json", StatusCallback=ours.news, StatusCallbackEvent=events, **wish | more)


def told_states(ours: Ours) -> list[str]:
    return [one["CallStatus"] for one in ours.told if "CallbackSource" in one]


def test_a_callback_rings_is_answered_and_asks_what_to_say(ours: Ours) -> None:
    ours.scripts["turn"] = "<Say>You asked us to call.</Say>"
    phone = telephoning.phone(ours)
    assert ring(ours, phone.address)[0] == 201
    call = PracticeCall.objects.get()
    assert acts.answer(again(call))
    assert words(call) == ["You asked us to call."]
    acts.hang_up(call)
    ours.settle()
    assert told_states(ours) == ["queued", "ringing", "in-progress", "completed"]
    assert [one["SequenceNumber"] for one in ours.told] == ["0", "1", "2", "3"]


def test_nobody_answers_and_somebody_declines(ours: Ours) -> None:
    phone = telephoning.phone(ours)
    ring(ours, phone.address)
    with ours.later(21):
        assert PracticeCall.objects.get().state == CallState.NO_ANSWER
    ring(ours, phone.address)
    acts.decline(PracticeCall.objects.get(ended_at=None))
    ours.settle()
    assert told_states(ours)[-1] == "busy"


def test_a_number_nobody_has_fails(ours: Ours) -> None:
    ring(ours, "+447700900555")
    assert told_states(ours) == ["queued", "failed"]


def test_what_twilio_would_refuse_is_refused(ours: Ours) -> None:
    for wrong, code in (
        ({"To": ""}, 21201),
        ({"To": "0770"}, 21211),
        ({"From": "+447700900999"}, 21210),
        ({"Url": "/voice/here"}, 21205),
        ({"StatusCallbackEvent": ["joined"]}, 21626),
        ({"Colour": "red"}, 20001),
    ):
        wish = {"From": "+447700900610", "To": "+447700900123", "Url": ours.url("turn"), **wrong}
        status, problem = ours.api("POST", "Calls.json", **wish)
        assert (status, problem["code"]) == (400, code), wrong


def test_the_last_way_out_dials_a_number_for_the_caller(ours: Ours) -> None:
    ours.scripts["answer"] = (
        f'<Dial timeout="20" callerId="+447700900610" action="{ours.url("after")}">'
        "<Number>+447700900199</Number></Dial>"
    )
    other = telephoning.phone(ours, "+447700900199")
    caller = acts.call_us(telephoning.phone(ours))
    child = PracticeCall.objects.get(phone=other)
    assert (child.parent_id, child.state) == (caller.pk, CallState.RINGING)
    with ours.later(25):
        assert (ours.asked[-1][0], ours.asked[-1][1]["DialCallStatus"]) == ("after", "no-answer")
