"""Recordings at Twilio: what they are, their sound, pausing, deleting."""

from email.utils import format_datetime
from typing import Any

from aidline.simulator.lookalikes.shapes import Account, Answer, Call, answer
from aidline.simulator.lookalikes.telephony import RecordingFacts, RoomFacts, Telephony
from aidline.simulator.lookalikes.twilio_errors import Refused
from aidline.simulator.lookalikes.twilio_fields import Fields, refuse_unknown
from aidline.simulator.wire.twilio import API_VERSION

START = frozenset(
    {"RecordingStatusCallback", "RecordingStatusCallbackMethod", "RecordingStatusCallbackEvent"}
    | {"Trim", "RecordingChannels", "RecordingTrack"}
)
CHANGE = frozenset({"Status", "PauseBehavior"})
CURRENT = "Twilio.CURRENT"


def respond(call: Call, parts: list[str], fields: Fields, account: Account, telephony: Telephony) -> Answer:
    if parts[0] == "Recordings":
        return _one(call, parts[1:], account, telephony)
    if parts[0] == "Calls" and telephony.call(parts[1]):
        return _of_call(call, parts[1], parts[3:], fields, account, telephony)
    raise _missing()


def _missing() -> Refused:
    return Refused(20404, "The requested resource was not found", 404)


def _one(call: Call, parts: list[str], account: Account, telephony: Telephony) -> Answer:
    """`RE….wav` is the sound; `RE…`, which was `RE….json`, tells about it; without an ending it is the sound too."""
    sid, _, ending = call.parts[-1].partition(".")
    found = telephony.recording(sid) if len(parts) == 1 else None
    if found is None:
        raise _missing()
    if call.method == "DELETE":
        telephony.delete_recording(sid)
        return Answer(204)
    if ending == "json":
        return answer(_resource(account, found))
    file = telephony.sound(sid) if ending in ("", "wav") else None
    if file is None:
        raise _missing()
    return Answer(200, file.content, file.mime)


def _of_call(
    call: Call,
    sid: str,
    parts: list[str],
    fields: Fields,
    account: Account,
    telephony: Telephony,
) -> Answer:
    found = telephony.recordings(call_sid=sid)
    if not parts and call.method == "POST":
        one = refuse_unknown(fields, START)
        made = telephony.record(sid, one.get("RecordingStatusCallback", ""))
        if made is None:
            raise Refused(21220, "Requested resource is not eligible for recording")
        return answer(_resource(account, made), 201)
    return _changed(call, parts, found, fields, account, telephony)


def of_room(
    call: Call,
    parts: list[str],
    room: RoomFacts,
    fields: Fields,
    account: Account,
    telephony: Telephony,
) -> Answer:
    return _changed(call, parts, telephony.recordings(room_sid=room.sid), fields, account, telephony)


def _changed(
    call: Call,
    parts: list[str],
    found: Any,
    fields: Fields,
    account: Account,
    telephony: Telephony,
) -> Answer:
    if not parts and call.method == "GET":
        return answer({"recordings": [_resource(account, one) for one in found], "next_page_uri": None})
    going = [one for one in found if one.status in ("in-progress", "paused")]
    wanted = going if parts == [CURRENT] else [one for one in found if parts == [one.sid]]
    if not wanted:
        raise _missing()
    if call.method == "DELETE":
        telephony.delete_recording(wanted[0].sid)
        return Answer(204)
    if call.method == "POST":
        _set(wanted[0], fields, telephony)
    return answer(_resource(account, telephony.recording(wanted[0].sid) or wanted[0]))


def _set(recording: RecordingFacts, fields: Fields, telephony: Telephony) -> None:
    one = refuse_unknown(fields, CHANGE)
    if one.get("Status") not in ("paused", "in-progress", "stopped"):
        raise Refused(21220, "Status is invalid")
    if one.get("PauseBehavior", "silence") not in ("silence", "skip"):
        raise Refused(20001, "PauseBehavior is invalid")
    if not telephony.set_recording(recording.sid, one["Status"]):
        raise Refused(21220, "Recording is not in a state that can be changed")


def _resource(account: Account, recording: RecordingFacts) -> dict[str, Any]:
    path = f"/{API_VERSION}/Accounts/{account.key}/Recordings/{recording.sid}"
    return {
        "sid": recording.sid,
        "account_sid": account.key,
        "call_sid": recording.call_sid or None,
        "conference_sid": recording.room_sid or None,
        "status": recording.status,
        "duration": str(recording.seconds),
        "channels": 1,
        "source": recording.source,
        "start_time": format_datetime(recording.at),
        "date_created": format_datetime(recording.at),
        "uri": f"{path}.json",
    }
