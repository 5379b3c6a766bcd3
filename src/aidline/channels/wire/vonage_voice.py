"""Calls by Vonage: its questions, what it tells, what its Voice API does.

Sources: developer.vonage.com/voice/voice-api/webhook-reference, /api/voice (v1, calls), …/guides/recording,
/getting-started/concepts/webhooks, read 2026-11-24.

Quirks:
- The first question is a GET with a query or a POST with JSON, as set; all later ones are POSTs. A call that is moved
  asks by GET.
- A `notify` does not always name the call: then the conversation, or the call in our own address, stands for it.
- Webhooks carry the token that Messages carry too; where one comes by GET there is no body whose hash could count.
- Nobody tells of a room, only of legs that move into one; a name it does not give back.
- Keys come as text in older accounts, else in an object.
- Nobody can be made to whisper later, and a room is recorded from its beginning or not at all.
"""

import json
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote

import httpx

from aidline.channels.contract import (
    QUERY,
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
    Connect,
    Dialled,
    Moment,
    Part,
    Room,
    RoomChange,
    Script,
    Voice,
    Way,
)
from aidline.channels.wire import ncco
from aidline.channels.wire.calling import answer, call, failure, fetch
from aidline.channels.wire.forms import form
from aidline.channels.wire.own_hosts import is_own
from aidline.channels.wire.reading import document, ident, part, said, written_moment
from aidline.channels.wire.vonage_messages import code_of
from aidline.kernel import phones

Whole = dict[str, Any]

STATES: Mapping[str, CallState] = {
    "started": CallState.QUEUED,
    "ringing": CallState.RINGING,
    "answered": CallState.ANSWERED,
    "completed": CallState.COMPLETED,
    "busy": CallState.BUSY,
    "unanswered": CallState.NO_ANSWER,
    "timeout": CallState.NO_ANSWER,
    "rejected": CallState.FAILED,
    "failed": CallState.FAILED,
    "cancelled": CallState.CANCELLED,
}
_ABOUT_CALLS = frozenset({"conversation_uuid", "conversation_uuid_to", "recording_url", "call_uuid"})
_LONGEST_RECORDING = 64 * 1024 * 1024
_FAMILY = ".nexmo.com"

# --- asked -----------------------------------------------------------------------------------------------


def call_request(request: HookRequest, own: str) -> CallRequest:
    query = first_of_query(request.url.partition("?")[2])
    whole: Whole = {**query, **(document(request.body) if request.body else {})}
    named = (ident(whole.get(name)) for name in ("uuid", "call_uuid", "conversation_uuid", "call"))
    call_id = next(filter(None, named), "")
    if not call_id:
        raise Malformed("no call")
    caller, called = _number(whole.get("from")), _number(whole.get("to"))
    return CallRequest(
        call_id=call_id,
        way=Way.OUT if caller and caller == own else Way.IN,
        caller=caller,
        called=called,
        digits=_keys(whole.get("dtmf")),
        recording=ident(whole.get(ncco.RECORDED)) or ident(part(whole.get("payload")).get(ncco.RECORDED)),
        ended=STATES.get(ident(whole.get("status"))) in OVER,
    )


def first_of_query(raw: str) -> dict[str, str]:
    return {name: values[0] for name, values in form(raw.encode("utf-8", "replace")).items()}


def _keys(given: Any) -> str:
    keys = ident(part(given).get("digits")) or ident(given)
    return keys if keys and set(keys) <= set("0123456789*#") else ""


def _number(given: Any) -> str:
    number = phones.e164(ident(given).removeprefix("+")) or ""
    return "" if number in phones.WITHHELD else number


# --- told ------------------------------------------------------------------------------------------------


def event(body: bytes, headers: Mapping[str, str]) -> Event | None:
    """None where it is not about a call."""
    whole = _readable(body)
    if not _ABOUT_CALLS & whole.keys():
        return None
    if "recording_url" in whole:
        return _recording(whole, first_of_query(headers.get(QUERY, "")))
    if "conversation_uuid_to" in whole:
        return _moved(whole)
    return _status(whole)


def _readable(body: bytes) -> Whole:
    try:
        return part(json.loads(body.decode()))
    except (ValueError, RecursionError):
        return {}


def _recording(whole: Whole, ours: Mapping[str, str]) -> Event:
    ref = ident(whole.get("recording_url"))
    recording = ident(ours.get(ncco.RECORDED)) or ident(whole.get("recording_uuid"))
    if not ref or not recording:
        return Unknown("recording")
    return CallRecording(recording, ref, seconds=_seconds(whole), our_call=ident(ours.get("call")))


def _seconds(whole: Whole) -> int | None:
    began, ended = written_moment(whole.get("start_time")), written_moment(whole.get("end_time"))
    return max(0, round((ended - began).total_seconds())) if began and ended else None


def _moved(whole: Whole) -> Event:
    room, leg = ident(whole.get("conversation_uuid_to")), ident(whole.get("uuid"))
    if not room or not leg:
        return Unknown("transfer")
    return RoomChange(room="", room_id=room, moment=Moment.JOINED, call_id=leg)


def _status(whole: Whole) -> Event:
    word, call_id = ident(whole.get("status")), ident(whole.get("uuid")) or ident(whole.get("call_uuid"))
    state = STATES.get(word)
    if state is None or not call_id:
        return Unknown(f"call-{word}"[:60])
    return CallStatus(call_id, state, written_moment(whole.get("timestamp")), _count(whole.get("duration")))


def _count(given: Any) -> int | None:
    word = ident(given)
    return int(word) if word.isascii() and word.isdigit() and len(word) < 7 else None


# --- done ------------------------------------------------------------------------------------------------


class VonageVoice:
    """The calls of `Vonage`. Agents answer by telephone: its browser's phone wants users of its own."""

    voice: ClassVar[Voice] = Voice(speaks=frozenset(ncco.VOICES), rooms=True)
    config: Any
    api: str

    @property
    def takes_calls(self) -> bool:
        return bool(self.config.calls == "yes")

    def call_request(self, request: HookRequest) -> CallRequest:
        return call_request(request, _number(self.config.sender))

    def script(self, script: Script) -> HookAnswer:
        return ncco.answer(script)

    def dial(self, http: httpx.Client, call: Dialled) -> str:
        whole = {**_rung(call), "answer_url": [call.answer_url], "answer_method": "POST"}
        return self._begin(http, whole)

    def invite(self, http: httpx.Client, room: Room, call: Dialled, part: Part, label: str) -> str:
        """Straight into the room; no address is asked."""
        joined = ncco.conversation(Connect(room.name, part, label, call.status_url, call.answer_url))
        return self._begin(http, {**_rung(call), "ncco": [joined]})

    def _begin(self, http: httpx.Client, whole: Whole) -> str:
        made = self._told(http, "POST", "", whole)
        call_id = ident(made.get("uuid"))
        if not call_id:
            raise Uncertain("no-id")
        return call_id

    def redirect(self, http: httpx.Client, call_id: str, url: str) -> None:
        self._change(http, call_id, {"action": "transfer", "destination": {"type": "ncco", "url": [url]}})

    def hang_up(self, http: httpx.Client, call_id: str) -> None:
        try:
            self._change(http, call_id, {"action": "hangup"})
        except GiveUp as refusal:
            if refusal.code not in ("http-404", "http-400"):  # 400: it is over already
                raise

    def change(
        self,
        http: httpx.Client,
        room: Room,  # noqa: ARG002
        call_id: str,
        *,
        held: bool | None = None,
        music: str = "",
        muted: bool | None = None,
        coached: str | None = None,
        ends_room: bool | None = None,  # noqa: ARG002
    ) -> None:
        """Who is held hears nobody, is heard by nobody, and hears music."""
        if coached:
            raise GiveUp("not-offered")
        if held is not None:
            self._change(http, call_id, {"action": "earmuff" if held else "unearmuff"})
            self._play(http, call_id, music, playing=held)
        wanted = muted if muted is not None else held
        if wanted is not None:
            self._change(http, call_id, {"action": "mute" if wanted else "unmute"})

    def _play(self, http: httpx.Client, call_id: str, music: str, *, playing: bool) -> None:
        where = f"{quote(call_id, safe='')}/stream"
        if not playing:
            self._told(http, "DELETE", where, None)
        elif music:
            self._told(http, "PUT", where, {"stream_url": [music], "loop": 0})

    def remove(self, http: httpx.Client, room: Room, call_id: str) -> None:  # noqa: ARG002
        self.hang_up(http, call_id)

    def fetch_recording(self, http: httpx.Client, ref: str) -> Fetched:
        self._check_own(ref)
        return fetch(http, ref, _LONGEST_RECORDING, self._authorization())

    def delete_recording(self, http: httpx.Client, ref: str) -> None:
        self._check_own(ref)
        response = call(http, "DELETE", ref, repeatable=True, headers=self._authorization())
        if not response.is_success and response.status_code not in (404, 410):
            raise _refusal(response)

    def _check_own(self, ref: str) -> None:
        """Whoever tells of a recording names its address, and our token goes there."""
        if "/../" in ref or not is_own(ref, self.api, _FAMILY):
            raise GiveUp("address-refused")

    def record_room(self, http: httpx.Client, room: Room, *, told: str, announced: bool) -> str:  # noqa: ARG002
        raise GiveUp("not-offered")

    def pause_recording(self, http: httpx.Client, room: Room, *, paused: bool) -> None:  # noqa: ARG002
        raise GiveUp("not-offered")

    def _change(self, http: httpx.Client, call_id: str, whole: Whole) -> None:
        self._told(http, "PUT", quote(call_id, safe=""), whole)

    def _told(self, http: httpx.Client, method: str, where: str, whole: Whole | None) -> Whole:
        url = "/".join(filter(None, (f"{self.api}/v1/calls", where)))
        more: dict[str, Any] = {} if whole is None else {"json": whole}
        headers, again = self._authorization(), method != "POST"
        response = call(http, method, url, repeatable=again, headers=headers, **more)
        if not response.is_success:
            raise _refusal(response)
        return answer(response)

    def _authorization(self) -> dict[str, str]:
        raise NotImplementedError


def _rung(call: Dialled) -> Whole:
    return {
        "to": [{"type": "phone", "number": call.to.removeprefix("+")}],
        "from": {"type": "phone", "number": call.caller_id.removeprefix("+")},
        "event_url": [call.status_url],
        "event_method": "POST",
        "ringing_timer": min(max(call.seconds, 1), 120),
    }


def _refusal(response: httpx.Response) -> SendError:
    found = answer(response)
    error = failure(response, code_of(found) if response.status_code != 404 else "", {})
    error.words = (said(found.get("detail")) or said(found.get("title")))[:200]
    return error
