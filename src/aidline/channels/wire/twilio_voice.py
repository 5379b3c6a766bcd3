"""Calls by Twilio: its questions and what it tells, calls and rooms by its API, the token of a softphone.

Sources: twilio.com/docs/voice/twiml (request parameters), /docs/voice/api/call-resource, …/conference-resource,
…/conference-participant-resource, …/recording, /docs/iam/access-tokens, read 2026-11-24; API description 2010-04-01.

Quirks:
- Our own parameters of a softphone come as fields of the form beside Twilio's, which all begin with a capital.
- A hidden caller has a number that spells ANONYMOUS, or a word in its place.
- After a Record the field Digits tells how it ended: a key, or "hangup".
- `Duration` is in minutes, `CallDuration` in seconds. Callbacks come in any order; those of a room are numbered.
- Somebody is invited into a room by its name; all else wants Twilio's own id of it.
- A room is recorded from its beginning or not at all. Later the caller's own call is recorded: it holds all that the
  caller says and hears, and no whisper.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar
from urllib.parse import quote

import httpx

from aidline.channels.contract import (
    Event,
    Fetched,
    GiveUp,
    HookAnswer,
    HookRequest,
    Malformed,
    SendError,
    Uncertain,
    Unknown,
)
from aidline.channels.contract.voice import (
    OVER,
    CallRecording,
    CallRequest,
    CallState,
    CallStatus,
    Dialled,
    Moment,
    Part,
    Room,
    RoomChange,
    Script,
    Voice,
    Way,
)
from aidline.channels.wire import jwt, twiml
from aidline.channels.wire.calling import fetch
from aidline.channels.wire.forms import form
from aidline.channels.wire.reading import ident, parts, said
from aidline.channels.wire.twilio_api import Api
from aidline.channels.wire.twilio_form import Fields, fields_of
from aidline.kernel import phones

CLIENT = "client:"
STATES: Mapping[str, CallState] = {
    "queued": CallState.QUEUED,
    "initiated": CallState.QUEUED,
    "ringing": CallState.RINGING,
    "in-progress": CallState.ANSWERED,
    "answered": CallState.ANSWERED,
    "completed": CallState.COMPLETED,
    "busy": CallState.BUSY,
    "no-answer": CallState.NO_ANSWER,
    "failed": CallState.FAILED,
    "canceled": CallState.CANCELLED,
}
MOMENTS: Mapping[str, Moment] = {
    "conference-start": Moment.STARTED,
    "conference-end": Moment.ENDED,
    "participant-join": Moment.JOINED,
    "participant-leave": Moment.LEFT,
    "participant-hold": Moment.HELD,
    "participant-unhold": Moment.UNHELD,
    "participant-mute": Moment.MUTED,
    "participant-unmute": Moment.UNMUTED,
}
_CALL_EVENTS = ["initiated", "ringing", "answered", "completed"]
_LONGEST_RECORDING = 64 * 1024 * 1024  # an hour
_OVER_ALREADY = frozenset({"20404", "21220", "http-404"})
_KEYS = re.compile(r"[0-9*#]{1,32}")

# --- asked -----------------------------------------------------------------------------------------------


def call_request(request: HookRequest) -> CallRequest:
    fields = fields_of(request.body, request.kept())
    call_id = ident(fields.get("CallSid"))
    if not call_id:
        raise Malformed("no call")
    recording, digits = ident(fields.get("RecordingSid")), ident(fields.get("Digits"))
    return CallRequest(
        call_id=call_id,
        way=_way(fields),
        caller=_number(fields.get("From")),
        called=_number(fields.get("To")),
        digits=digits if _KEYS.fullmatch(digits) and not recording else "",
        recording=recording,
        recorded_seconds=_count(fields.get("RecordingDuration")) or 0,
        ended=STATES.get(ident(fields.get("CallStatus"))) in OVER or digits == "hangup",
        identity=_identity(fields),
        parameters={name: said(value) for name, value in fields.items() if name[:1].islower()},
    )


def _way(fields: Fields) -> Way:
    if _identity(fields):
        return Way.SOFTPHONE
    return Way.OUT if ident(fields.get("Direction")).startswith("outbound") else Way.IN


def _identity(fields: Fields) -> str:
    given = ident(fields.get("From"))
    return given.removeprefix(CLIENT) if given.startswith(CLIENT) else ""


def _number(given: str | None) -> str:
    number = phones.e164(ident(given).removeprefix("+")) or ""
    return "" if number in phones.WITHHELD else number


def _count(given: str | None) -> int | None:
    word = ident(given)
    return int(word) if word.isascii() and word.isdigit() and len(word) < 7 else None


# --- told ------------------------------------------------------------------------------------------------


def event(fields: Fields, query: str) -> Event | None:
    """None where it is not about a call."""
    if "RecordingStatus" in fields:
        return _recording(fields, query)
    if "ConferenceSid" in fields:
        return _room_change(fields)
    if "CallSid" in fields and "MessageSid" not in fields:
        return _status(fields)
    return None


def _recording(fields: Fields, query: str) -> Event:
    recording, word = ident(fields.get("RecordingSid")), ident(fields.get("RecordingStatus"))
    if not recording or word not in ("completed", "absent", "failed"):
        return Unknown(f"recording-{word}"[:60])
    return CallRecording(
        recording_id=recording,
        ref=recording,
        call_id=ident(fields.get("CallSid")),
        room=said(next(iter(form(query.encode("utf-8", "replace")).get(twiml.ROOM, ())), "")),
        room_id=ident(fields.get("ConferenceSid")),
        seconds=_count(fields.get("RecordingDuration")),
        failed=word != "completed",
    )


def _room_change(fields: Fields) -> Event:
    word, room_id = ident(fields.get("StatusCallbackEvent")), ident(fields.get("ConferenceSid"))
    moment = MOMENTS.get(word)
    if moment is None or not room_id:
        return Unknown(f"room-{word}"[:60])
    return RoomChange(
        room=said(fields.get("FriendlyName")),
        room_id=room_id,
        moment=moment,
        call_id=ident(fields.get("CallSid")),
        label=said(fields.get("ParticipantLabel")),
        place=_count(fields.get("SequenceNumber")),
    )


def _status(fields: Fields) -> Event:
    word, call_id = ident(fields.get("CallStatus")), ident(fields.get("CallSid"))
    state = STATES.get(word)
    if state is None or not call_id:
        return Unknown(f"call-{word}"[:60])
    return CallStatus(call_id, state, _at(fields), _count(fields.get("CallDuration")))


def _at(fields: Fields) -> datetime | None:
    try:
        found = parsedate_to_datetime(ident(fields.get("Timestamp")))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


# --- done ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls and rooms of one account."""

    api: Api
    account: str  # address of the account's own resources

    def dial(self, http: httpx.Client, call: Dialled) -> str:
        form = {
            **_rung(call),
            "Url": call.answer_url,
            "Method": "POST",
            "FallbackUrl": call.fallback_url,
            "FallbackMethod": "POST",
        }
        return _named(self.api.call(http, "POST", f"{self.account}/Calls.json", data=form), "sid")

    def redirect(self, http: httpx.Client, call_id: str, url: str) -> None:
        self._update(http, call_id, {"Url": url, "Method": "POST"})

    def hang_up(self, http: httpx.Client, call_id: str) -> None:
        try:
            self._update(http, call_id, {"Status": "completed"})
        except GiveUp as refusal:
            _only_if_over(refusal)

    def _update(self, http: httpx.Client, call_id: str, form: Mapping[str, str]) -> None:
        self._post(http, f"Calls/{_safe(call_id)}.json", form)

    def invite(self, http: httpx.Client, room: Room, call: Dialled, part: Part, label: str) -> str:
        form = {
            **_rung(call),
            "Label": label,
            "EarlyMedia": "true",
            "Beep": "false",
            "StartConferenceOnEnter": _word(part is not Part.CALLER),
            "EndConferenceOnExit": "false",
            "ConferenceStatusCallback": call.status_url,
            "ConferenceStatusCallbackMethod": "POST",
            "ConferenceStatusCallbackEvent": list(twiml.ROOM_EVENTS),
        }
        url = f"{self.account}/Conferences/{_safe(room.id or room.name)}/Participants.json"
        return _named(self.api.call(http, "POST", url, data=form), "call_sid")

    def change(self, http: httpx.Client, room: Room, call_id: str, changes: Mapping[str, str]) -> None:
        if changes:
            self._post(http, f"{self._participant(http, room, call_id)}", changes)

    def remove(self, http: httpx.Client, room: Room, call_id: str) -> None:
        try:
            self._delete(http, self._participant(http, room, call_id))
        except GiveUp as refusal:
            _only_if_over(refusal)

    def _participant(self, http: httpx.Client, room: Room, call_id: str) -> str:
        return f"Conferences/{self._room_id(http, room)}/Participants/{_safe(call_id)}.json"

    def _room_id(self, http: httpx.Client, room: Room) -> str:
        if room.id:
            return _safe(room.id)
        query = {"FriendlyName": room.name, "Status": "in-progress"}
        rooms = parts(self._get(http, "Conferences.json", params=query).get("conferences"))
        found = next((ident(one.get("sid")) for one in rooms if ident(one.get("sid"))), "")
        if not found:
            raise GiveUp("http-404")
        return _safe(found)

    def fetch_recording(self, http: httpx.Client, ref: str) -> Fetched:
        url = f"{self.account}/Recordings/{_safe(ref)}.wav"
        return fetch(http, url, _LONGEST_RECORDING, self.api.headers)

    def delete_recording(self, http: httpx.Client, ref: str) -> None:
        try:
            self._delete(http, f"Recordings/{_safe(ref)}.json")
        except GiveUp as refusal:
            _only_if_over(refusal)

    def record_room(self, http: httpx.Client, room: Room, told: str) -> str:
        form = {
            "RecordingStatusCallback": twiml.about_room(told, room.name),
            "RecordingStatusCallbackMethod": "POST",
            "RecordingStatusCallbackEvent": ["completed", "absent"],
        }
        made = self._post(http, f"Calls/{self._heard(http, room)}/Recordings.json", form)
        return ident(made.get("sid"))

    def _heard(self, http: httpx.Client, room: Room) -> str:
        """The call of the person: who did not begin the room, and coaches nobody."""
        url = f"Conferences/{self._room_id(http, room)}/Participants.json"
        here = [one for one in parts(self._get(http, url).get("participants")) if not one.get("coaching")]
        here.sort(key=lambda one: (bool(one.get("start_conference_on_enter")), bool(one.get("muted"))))
        found = next((ident(one.get("call_sid")) for one in here), "")
        if not found:
            raise GiveUp("http-404")
        return _safe(found)

    def pause_recording(self, http: httpx.Client, room: Room, *, paused: bool) -> None:
        """Of the room; if that is not recorded, of the caller's call. Silence takes the place of what is left out."""
        form = {"Status": "paused", "PauseBehavior": "silence"} if paused else {"Status": "in-progress"}
        present = "Recordings/Twilio.CURRENT.json"
        try:
            self._post(http, f"Conferences/{self._room_id(http, room)}/{present}", form)
        except GiveUp as refusal:
            _only_if_over(refusal)
            self._post(http, f"Calls/{self._heard(http, room)}/{present}", form)

    def _get(self, http: httpx.Client, path: str, **more: Any) -> dict[str, Any]:
        return self.api.call(http, "GET", f"{self.account}/{path}", repeatable=True, **more)

    def _post(self, http: httpx.Client, path: str, form: Mapping[str, Any]) -> dict[str, Any]:
        return self.api.call(http, "POST", f"{self.account}/{path}", repeatable=True, data=dict(form))

    def _delete(self, http: httpx.Client, path: str) -> None:
        self.api.call(http, "DELETE", f"{self.account}/{path}", repeatable=True)


def _rung(call: Dialled) -> dict[str, Any]:
    return {
        "To": call.to,
        "From": call.caller_id,
        "Timeout": str(call.seconds),
        "StatusCallback": call.status_url,
        "StatusCallbackMethod": "POST",
        "StatusCallbackEvent": _CALL_EVENTS,
    }


def _named(made: Mapping[str, Any], name: str) -> str:
    found = ident(made.get(name))
    if not found:
        raise Uncertain("no-id")
    return found


def _safe(name: str) -> str:
    return quote(name, safe="")


def _only_if_over(refusal: SendError) -> None:
    if refusal.code not in _OVER_ALREADY:
        raise refusal


def _word(truth: bool) -> str:
    return "true" if truth else "false"


# --- what the provider is made of -------------------------------------------------------------------------


class TwilioVoice:
    """The calls of `Twilio`. It takes them once a TwiML app and an API key are there: the softphone needs both."""

    voice: ClassVar[Voice] = Voice(speaks=frozenset(twiml.VOICES), rooms=True, softphone="twilio")
    config: Any
    whatsapp: bool
    api: str
    calls: Api

    @property
    def takes_calls(self) -> bool:
        return bool(self.config.twiml_app_sid) and not self.whatsapp

    def call_request(self, request: HookRequest) -> CallRequest:
        return call_request(request)

    def script(self, script: Script) -> HookAnswer:
        return twiml.answer(script)

    @property
    def _calls(self) -> Calls:
        return Calls(self.calls, self.api)

    def dial(self, http: httpx.Client, call: Dialled) -> str:
        return self._calls.dial(http, call)

    def redirect(self, http: httpx.Client, call_id: str, url: str) -> None:
        self._calls.redirect(http, call_id, url)

    def hang_up(self, http: httpx.Client, call_id: str) -> None:
        self._calls.hang_up(http, call_id)

    def invite(self, http: httpx.Client, room: Room, call: Dialled, part: Part, label: str) -> str:
        return self._calls.invite(http, room, call, part, label)

    def change(
        self,
        http: httpx.Client,
        room: Room,
        call_id: str,
        *,
        held: bool | None = None,
        music: str = "",
        muted: bool | None = None,
        coached: str | None = None,
        ends_room: bool | None = None,
    ) -> None:
        changes: dict[str, str] = {
            **({} if held is None else {"Hold": _word(held)}),
            **({"HoldUrl": music, "HoldMethod": "GET"} if held and music else {}),
            **({} if muted is None else {"Muted": _word(muted)}),
            **({} if coached is None else {"Coaching": _word(bool(coached))}),
            **({"CallSidToCoach": coached} if coached else {}),
            **({} if ends_room is None else {"EndConferenceOnExit": _word(ends_room)}),
        }
        self._calls.change(http, room, call_id, changes)

    def remove(self, http: httpx.Client, room: Room, call_id: str) -> None:
        self._calls.remove(http, room, call_id)

    def fetch_recording(self, http: httpx.Client, ref: str) -> Fetched:
        return self._calls.fetch_recording(http, ref)

    def delete_recording(self, http: httpx.Client, ref: str) -> None:
        self._calls.delete_recording(http, ref)

    def record_room(self, http: httpx.Client, room: Room, *, told: str, announced: bool) -> str:  # noqa: ARG002
        return self._calls.record_room(http, room, told)

    def pause_recording(self, http: httpx.Client, room: Room, *, paused: bool) -> None:
        self._calls.pause_recording(http, room, paused=paused)

    def softphone_token(self, identity: str, lasts: timedelta, at: datetime) -> str:
        """As "Access tokens" asks: for an agent who only calls out; offers come from us, not from Twilio."""
        now, config = int(at.timestamp()), self.config
        grant = {"outgoing": {"application_sid": config.twiml_app_sid}}
        claims = {
            "jti": f"{config.api_key_sid}-{now}",
            "iss": config.api_key_sid,
            "sub": config.account_sid,
            "iat": now,
            "nbf": now,
            "exp": now + int(lasts.total_seconds()),
            "grants": {"identity": identity, "voice": grant},
        }
        return jwt.signed_hs256(claims, config.api_key_secret, {"cty": "twilio-fpa;v=1"})
