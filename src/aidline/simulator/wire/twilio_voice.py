"""What Twilio asks and tells about calls: the fields of its requests, signed like its messages.

Source: twilio.com/docs/voice/twiml (request parameters), …/twiml/record, /dial, /conference,
/docs/voice/api/call-resource#statuscallback, read 2026-11-24. All fields are strings in a form.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from aidline.simulator.wire.twilio import API_VERSION, Fields


@dataclass(frozen=True, slots=True)
class Leg:
    """A call as Twilio names it in everything about it."""

    sid: str
    account_sid: str
    caller: str  # E.164, or client:identity
    called: str
    direction: str  # inbound, outbound-api, outbound-dial
    status: str
    parent: str = ""


def asked(leg: Leg, more: Mapping[str, str]) -> Fields:
    """A request for what to do."""
    fields = {
        "CallSid": leg.sid,
        "AccountSid": leg.account_sid,
        "From": leg.caller,
        "To": leg.called,
        "Caller": leg.caller,
        "Called": leg.called,
        "CallStatus": leg.status,
        "ApiVersion": API_VERSION,
        "Direction": leg.direction,
    }
    return fields | ({"ParentCallSid": leg.parent} if leg.parent else {}) | dict(more)


def status(leg: Leg, at: datetime, place: int, seconds: int | None = None) -> Fields:
    duration = {} if seconds is None else {"CallDuration": str(seconds), "Duration": str(-(-seconds // 60))}
    facts = {
        "Timestamp": format_datetime(at),
        "SequenceNumber": str(place),
        "CallbackSource": "call-progress-events",
    }
    return asked(leg, {}) | facts | duration


@dataclass(frozen=True, slots=True)
class Participant:
    call_sid: str
    label: str = ""
    muted: bool = False
    held: bool = False
    coaching: str = ""  # the call that alone hears them
    starts: bool = True
    ends: bool = False


def room(
    account_sid: str,
    sid: str,
    name: str,
    event: str,
    at: datetime,
    place: int,
    who: Participant | None = None,
    **more: str,
) -> Fields:
    """`event` as Twilio calls it: participant-join."""
    fields = {
        "ConferenceSid": sid,
        "FriendlyName": name,
        "AccountSid": account_sid,
        "StatusCallbackEvent": event,
        "SequenceNumber": str(place),
        "Timestamp": format_datetime(at),
    }
    return fields | (_participant(who) if who else {}) | more


def _participant(who: Participant) -> Fields:
    fields = {
        "CallSid": who.call_sid,
        "Muted": _word(who.muted),
        "Hold": _word(who.held),
        "Coaching": _word(bool(who.coaching)),
        "StartConferenceOnEnter": _word(who.starts),
        "EndConferenceOnExit": _word(who.ends),
    }
    coaching = {"CallSidToCoach": who.coaching} if who.coaching else {}
    return fields | coaching | ({"ParticipantLabel": who.label} if who.label else {})


def recording(
    account_sid: str, sid: str, url: str, state: str, source: str, at: datetime, **more: str
) -> Fields:
    """`state` is in-progress, completed or absent; `more` names the call or the conference."""
    fields = {
        "AccountSid": account_sid,
        "RecordingSid": sid,
        "RecordingUrl": url,
        "RecordingStatus": state,
        "RecordingChannels": "1",
        "RecordingStartTime": format_datetime(at),
        "RecordingSource": source,
        "RecordingTrack": "inbound" if source == "RecordVerb" else "both",
    }
    return fields | more


def _word(value: bool) -> str:
    return "true" if value else "false"


def events_of(words: str) -> frozenset[str]:
    """`start end join` as the events of a conference that are told."""
    names: Mapping[str, tuple[str, ...]] = {
        "start": ("conference-start",),
        "end": ("conference-end",),
        "join": ("participant-join",),
        "leave": ("participant-leave",),
        "mute": ("participant-mute", "participant-unmute"),
        "hold": ("participant-hold", "participant-unhold"),
        "modify": ("participant-modify",),
    }
    return frozenset(event for word in words.split() for event in names.get(word, ()))
