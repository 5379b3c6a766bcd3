"""Conferences at Twilio, as our side sees and changes them."""

from collections.abc import Mapping
from email.utils import format_datetime
from typing import Any

from aidline.simulator.lookalikes import twilio_fields, twilio_recordings
from aidline.simulator.lookalikes.shapes import Account, Answer, Call, answer
from aidline.simulator.lookalikes.telephony import Ordered, ParticipantFacts, RoomFacts, Telephony, Wish
from aidline.simulator.lookalikes.twilio_errors import Refused
from aidline.simulator.wire.twilio import API_VERSION

INVITE = frozenset(
    {"From", "To", "StatusCallback", "StatusCallbackMethod", "StatusCallbackEvent", "Label", "Timeout"}
    | {"Record", "Muted", "Beep", "StartConferenceOnEnter", "EndConferenceOnExit", "WaitUrl", "WaitMethod"}
    | {"EarlyMedia", "MaxParticipants", "ConferenceRecord", "ConferenceTrim", "ConferenceStatusCallback"}
    | {"ConferenceStatusCallbackMethod", "ConferenceStatusCallbackEvent", "RecordingChannels", "Region"}
    | {"ConferenceRecordingStatusCallback", "ConferenceRecordingStatusCallbackMethod", "Coaching"}
    | {"ConferenceRecordingStatusCallbackEvent", "CallSidToCoach", "CallerId", "CallReason", "TimeLimit"}
    | {"MachineDetection"}
)
CHANGE = frozenset(
    {"Muted", "Hold", "HoldUrl", "HoldMethod", "AnnounceUrl", "AnnounceMethod", "WaitUrl", "WaitMethod"}
    | {"BeepOnExit", "EndConferenceOnExit", "Coaching", "CallSidToCoach"}
)
CONFERENCE = frozenset({"Status", "AnnounceUrl", "AnnounceMethod"})


def respond(
    call: Call, parts: list[str], fields: twilio_fields.Fields, account: Account, telephony: Telephony
) -> Answer:
    if len(parts) == 1:
        found = telephony.rooms(call.query.get("FriendlyName", ""), call.query.get("Status", ""))
        return answer({"conferences": [_room(account, one) for one in found], "next_page_uri": None})
    if parts[2:] == ["Participants"] and call.method == "POST":
        return _invite(parts[1], fields, account, telephony)
    room = telephony.room(parts[1])
    if room is None:
        raise _missing()
    if len(parts) == 2:
        return _conference(call, room, fields, account, telephony)
    if parts[2] == "Participants":
        return _participants(call, parts[3:], room, fields, account, telephony)
    if parts[2] == "Recordings":
        return twilio_recordings.of_room(call, parts[3:], room, fields, account, telephony)
    raise _missing()


def _missing() -> Refused:
    return Refused(20404, "The requested resource was not found", 404)


def _conference(
    call: Call, room: RoomFacts, fields: twilio_fields.Fields, account: Account, telephony: Telephony
) -> Answer:
    if call.method == "POST":
        one = twilio_fields.refuse_unknown(fields, CONFERENCE)
        if one.get("Status", "completed") != "completed":
            raise Refused(20001, "Status is invalid")
        if one.get("Status"):
            telephony.end_room(room.sid)
    return answer(_room(account, telephony.room(room.sid) or room))


def _room(account: Account, room: RoomFacts) -> dict[str, Any]:
    path = f"/{API_VERSION}/Accounts/{account.key}/Conferences/{room.sid}"
    return {
        "sid": room.sid,
        "account_sid": account.key,
        "friendly_name": room.name,
        "status": room.status,
        "date_created": format_datetime(room.began_at),
        "region": "us1",
        "api_version": API_VERSION,
        "uri": f"{path}.json",
        "subresource_uris": {"participants": f"{path}/Participants.json"},
    }


# --- participants -----------------------------------------------------------------------------------------


def _invite(name: str, fields: twilio_fields.Fields, account: Account, telephony: Telephony) -> Answer:
    """`name` may be one that no room has yet: it is opened."""
    one = twilio_fields.refuse_unknown(fields, INVITE)
    twilio_fields.check_ends(one, account)
    twilio_fields.check_urls(one)
    known = telephony.room(name)
    if known is None and name.startswith("CF") and len(name) == 34:
        raise _missing()
    ordered = Ordered(
        to=one["To"],
        caller_id=one.get("CallerId") or one["From"],
        seconds=twilio_fields.seconds_of(one.get("Timeout", "60")),
        status_url=one.get("StatusCallback", ""),
        status_events=twilio_fields.events_of(fields),
        conference={"name": known.name if known else name, **_attributes(one)},
    )
    made = telephony.order(ordered)
    facts = {"call_sid": made.sid, "conference_sid": known.sid if known else None, "status": "queued"}
    return answer({**facts, "account_sid": account.key, "label": one.get("Label")}, 201)


_NAMES = {
    "Label": "participantLabel",
    "Muted": "muted",
    "StartConferenceOnEnter": "startConferenceOnEnter",
    "EndConferenceOnExit": "endConferenceOnExit",
    "CallSidToCoach": "coach",
    "ConferenceStatusCallback": "statusCallback",
    "ConferenceStatusCallbackEvent": "statusCallbackEvent",
    "ConferenceRecord": "record",
    "ConferenceRecordingStatusCallback": "recordingStatusCallback",
}


def _attributes(one: Mapping[str, str]) -> dict[str, str]:
    for name in ("Muted", "StartConferenceOnEnter", "EndConferenceOnExit", "Coaching"):
        _word(one, name)
    return {ours: one[theirs] for theirs, ours in _NAMES.items() if one.get(theirs)}


def _participants(
    call: Call,
    parts: list[str],
    room: RoomFacts,
    fields: twilio_fields.Fields,
    account: Account,
    telephony: Telephony,
) -> Answer:
    here = telephony.participants(room.sid)
    if not parts:
        return answer({"participants": [_participant(account, one) for one in here], "next_page_uri": None})
    found = next((one for one in here if parts[0] in (one.call_sid, one.label)), None)
    if found is None:
        raise _missing()
    if call.method == "DELETE":
        telephony.remove(room.sid, found.call_sid)
        return Answer(204)
    if call.method == "POST":
        telephony.wish(room.sid, found.call_sid, _wish(fields))
        here = telephony.participants(room.sid)
        found = next((one for one in here if one.call_sid == found.call_sid), found)
    return answer(_participant(account, found))


def _wish(fields: twilio_fields.Fields) -> Wish:
    one = twilio_fields.refuse_unknown(fields, CHANGE)
    coaching = _word(one, "Coaching")
    if coaching and not one.get("CallSidToCoach"):
        raise Refused(21619, "CallSidToCoach is required")
    return Wish(
        held=_word(one, "Hold"),
        muted=_word(one, "Muted"),
        coaching=None if coaching is None else one.get("CallSidToCoach", "") if coaching else "",
        ends=_word(one, "EndConferenceOnExit"),
    )


def _word(one: Mapping[str, str], name: str) -> bool | None:
    given = one.get(name)
    if given not in (None, "true", "false", "True", "False"):
        raise Refused(20001, f"{name} is not true or false")
    return None if given is None else given.lower() == "true"


def _participant(account: Account, who: ParticipantFacts) -> dict[str, Any]:
    return {
        "account_sid": account.key,
        "conference_sid": who.room_sid,
        "call_sid": who.call_sid,
        "label": who.label or None,
        "muted": who.muted,
        "hold": who.held,
        "coaching": bool(who.coaching),
        "call_sid_to_coach": who.coaching or None,
        "start_conference_on_enter": who.starts,
        "end_conference_on_exit": who.ends,
        "status": who.status,
        "date_created": format_datetime(who.at),
    }
