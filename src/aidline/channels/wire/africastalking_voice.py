"""Calls by Africa's Talking: its questions and what it tells. Nothing can be done to a call but to answer it.

Sources: docs.africastalking.com/voice (callhandler, record, notifications), read 2026-11-24.

Quirks:
- All of a call comes to one address, also its end (`isActive` 0), whose answer nobody reads.
- A recording is a public address in the question that follows it, and lies there until it is deleted by hand.
- A browser's number is a user name with a point in it; a hidden caller has a word or a number that spells one.
"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

import httpx

from aidline.channels.contract import Event, Fetched, GiveUp, HookAnswer, HookRequest, Malformed, Unknown
from aidline.channels.contract.voice import CallRequest, CallState, CallStatus, Room, Script, Voice, Way
from aidline.channels.wire import africastalking_xml as xml
from aidline.channels.wire.calling import fetch
from aidline.channels.wire.forms import first_of_each
from aidline.channels.wire.reading import ident
from aidline.kernel import phones

Fields = Mapping[str, str]

# Of Asterisk, as told in `hangupCause`. Where none is known the call was held and is over.
CAUSES: Mapping[str, CallState] = {
    "USER_BUSY": CallState.BUSY,
    "CALL_REJECTED": CallState.BUSY,
    "NO_ANSWER": CallState.NO_ANSWER,
    "NO_USER_RESPONSE": CallState.NO_ANSWER,
    "SUBSCRIBER_ABSENT": CallState.NO_ANSWER,
    "ORIGINATOR_CANCEL": CallState.CANCELLED,
    "UNALLOCATED_NUMBER": CallState.FAILED,
    "NO_ROUTE_DESTINATION": CallState.FAILED,
    "INVALID_NUMBER_FORMAT": CallState.FAILED,
    "SERVICE_UNAVAILABLE": CallState.FAILED,
}
STATES: Mapping[str, CallState] = {
    "ringing": CallState.RINGING,
    "dialing": CallState.RINGING,
    "active": CallState.ANSWERED,
    "bridged": CallState.ANSWERED,
    "completed": CallState.COMPLETED,
}
_LONGEST_RECORDING = 64 * 1024 * 1024
_KEYS = re.compile(r"[0-9*#]{1,32}")


def call_request(request: HookRequest) -> CallRequest:
    fields = first_of_each(request.body or request.url.partition("?")[2].encode("utf-8", "replace"))
    call_id, digits = ident(fields.get("sessionId")), ident(fields.get("dtmfDigits"))
    if not call_id:
        raise Malformed("no call")
    ours, theirs = _number(fields.get("destinationNumber")), _number(fields.get("callerNumber"))
    out = ident(fields.get("direction")).lower() == "outbound"
    return CallRequest(
        call_id=call_id,
        way=Way.OUT if out else Way.IN,
        caller=ours if out else theirs,
        called=theirs if out else ours,
        digits=digits if _KEYS.fullmatch(digits) else "",
        recording=ident(fields.get("recordingUrl")),
        recorded_seconds=_count(fields.get("recordingDurationInSeconds")) or 0,
        ended=_is_over(fields),
    )


def event(fields: Fields) -> Event | None:
    """None where it is not about a call."""
    if "sessionId" not in fields or "isActive" not in fields:
        return None
    word, call_id = ident(fields.get("callSessionState")), ident(fields.get("sessionId"))
    state = _ended(fields) if _is_over(fields) else STATES.get(word.lower())
    if state is None or not call_id:
        return Unknown(f"call-{word}"[:60])
    return CallStatus(call_id, state, None, _count(fields.get("durationInSeconds")))


def _is_over(fields: Fields) -> bool:
    return fields.get("isActive", "").strip().lower() in ("0", "false")


def _ended(fields: Fields) -> CallState:
    return CAUSES.get(ident(fields.get("hangupCause")).upper(), CallState.COMPLETED)


def _number(given: str | None) -> str:
    number = phones.e164(ident(given).removeprefix("+")) or ""
    return "" if number in phones.WITHHELD else number


def _count(given: str | None) -> int | None:
    word = ident(given)
    return int(word) if word.isascii() and word.isdigit() and len(word) < 7 else None


class AfricasTalkingVoice:
    """The calls of `AfricasTalking`, once it is told its number for them."""

    voice: ClassVar[Voice] = Voice(speaks=xml.SPEAKS, signed=False, tells_recordings=False)
    config: Any

    @property
    def takes_calls(self) -> bool:
        return bool(self.config.voice_number)

    def call_request(self, request: HookRequest) -> CallRequest:
        return call_request(request)

    def script(self, script: Script) -> HookAnswer:
        return xml.answer(script)

    def fetch_recording(self, http: httpx.Client, ref: str) -> Fetched:
        """Its address is public: no key goes there."""
        if not ref.startswith(("https://", "http://")):
            raise GiveUp("address-refused")
        return fetch(http, ref, _LONGEST_RECORDING, {})

    def delete_recording(self, http: httpx.Client, ref: str) -> None:  # noqa: ARG002
        raise GiveUp("not-offered")

    def record_room(self, http: httpx.Client, room: Room, *, told: str, announced: bool) -> str:  # noqa: ARG002
        raise GiveUp("not-offered")

    def pause_recording(self, http: httpx.Client, room: Room, *, paused: bool) -> None:  # noqa: ARG002
        raise GiveUp("not-offered")
