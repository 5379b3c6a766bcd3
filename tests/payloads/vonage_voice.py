"""Vonage's Voice API, after developer.vonage.com/voice/voice-api/webhook-reference and /api/voice (2026-11-24)."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from aidline.channels.contract import Event, HookRequest
from aidline.channels.contract.voice import (
    CallRecording,
    CallRequest,
    CallState,
    CallStatus,
    Moment,
    RoomChange,
    Way,
)
from local_server import Answer, Seen
from payloads.kit import NUMBER, SAID
from payloads.vonage_messages import APPLICATION, BY_MESSAGES, MESSAGES, by_token, raw
from payloads.vonage_messages import answers as messages_answer

KEY = generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
WITH_CALLS = {**MESSAGES, "calls": "yes", "application_id": APPLICATION, "private_key": KEY.decode()}
LEG, TALK = "dddddddd-eeee-4fff-8aaa-0123456789ab", "CON-eeeeeeee-ffff-4aaa-8bbb-0123456789ab"
ROOM, FILE = "CON-ffffffff-aaaa-4bbb-8ccc-0123456789ab", "https://api.nexmo.com/v1/files/f-2"
ISO = "2026-11-22T11:59:30.000Z"


def asked(**more: Any) -> bytes:
    common = {
        "uuid": LEG,
        "conversation_uuid": TALK,
        "from": NUMBER[1:],
        "to": "447700900999",
        "timestamp": ISO,
    }
    return raw({**common, **more})


def later(**more: Any) -> bytes:
    return asked(**{"from": None, "to": None, **more})


def call(**more: Any) -> CallRequest:
    known = {"call_id": LEG, "way": Way.IN, "caller": NUMBER, "called": "+447700900999", **more}
    return CallRequest(**known)


def turn(**more: Any) -> CallRequest:
    return call(**{"caller": "", "called": "", **more})


CALLS: tuple[tuple[bytes, CallRequest], ...] = (
    (asked(), call()),
    (b"?" + f"uuid={LEG}&conversation_uuid={TALK}&from={NUMBER[1:]}&to=447700900999".encode(), call()),
    (asked(**{"from": "anonymous"}), call(caller="")),
    (asked(**{"from": "266696687"}), call(caller="")),
    (later(dtmf={"digits": "1", "timed_out": False}, speech={}), turn(digits="1")),
    (later(dtmf={"digits": "", "timed_out": True}), turn()),
    (later(dtmf={"digits": None, "timed_out": True}), turn()),
    (later(dtmf="42", timed_out=False), turn(digits="42")),
    (later(dtmf=[7]), turn()),
    (later(payload={"next": "script"}), turn()),
    (later(payload={"next": "script", "recorded": "a1b2"}), turn(recording="a1b2")),
    (later(uuid=None, payload={"next": "script"}), turn(call_id=TALK)),
    (later(status="completed"), turn(ended=True)),
    (
        asked(**{"from": "447700900999", "to": NUMBER[1:]}),
        call(way=Way.OUT, caller="+447700900999", called=NUMBER),
    ),
)


def status(word: str, **more: Any) -> bytes:
    return asked(status=word, direction="inbound", **more)


NEWS: tuple[tuple[bytes, list[Event]], ...] = (
    *(
        (status(word), [CallStatus(LEG, state, SAID)])
        for word, state in {
            "started": CallState.QUEUED,
            "ringing": CallState.RINGING,
            "answered": CallState.ANSWERED,
            "busy": CallState.BUSY,
            "unanswered": CallState.NO_ANSWER,
            "timeout": CallState.NO_ANSWER,
            "rejected": CallState.FAILED,
            "failed": CallState.FAILED,
            "cancelled": CallState.CANCELLED,
        }.items()
    ),
    (status("completed", duration="61", price="0.1"), [CallStatus(LEG, CallState.COMPLETED, SAID, 61)]),
    (
        raw({"conversation_uuid_from": TALK, "conversation_uuid_to": ROOM, "uuid": LEG, "timestamp": ISO}),
        [RoomChange("", ROOM, Moment.JOINED, LEG)],
    ),
    (
        raw(
            {
                "recording_url": FILE,
                "recording_uuid": "r-1",
                "conversation_uuid": TALK,
                "size": 12345,
                "start_time": "2026-11-22T11:59:30Z",
                "end_time": "2026-11-22T11:59:37Z",
                "timestamp": ISO,
            }
        ),
        [CallRecording("r-1", FILE, seconds=7)],
    ),
)
STRANGE_NEWS = (
    status("human"),
    status("hologram"),
    raw({"recording_url": "", "conversation_uuid": TALK}),
    raw({"reason": "Syntax error in NCCO. Invalid value type or action.", "conversation_uuid": TALK}),
    raw({"conversation_uuid_to": ROOM}),
)


def ask(config: Mapping[str, str], body: bytes) -> HookRequest:
    """By GET what begins with a question mark."""
    if not body.startswith(b"?"):
        return by_token(config, body)
    request, query = by_token(config, b""), body.decode()
    url = f"https://help.example/voice/vonage/1/answer{query}"
    return replace(request, method="GET", url=url, query=dict(parse_qsl(query[1:])), body=b"")


def answers(seen: Seen) -> Answer:
    if seen.path.startswith("/v3/media/"):
        return Answer(body=b"the file", headers={"Content-Type": "image/jpeg"})
    if seen.path.startswith("/v1/calls"):
        assert seen.headers["authorization"].startswith("Bearer ")
        return Answer(201, json.dumps({"uuid": LEG, "status": "started"}).encode())
    return messages_answer(seen)


PHONE_KIT = replace(
    BY_MESSAGES,
    label="vonage_phone",
    config=WITH_CALLS,
    other_config={**WITH_CALLS, "signature_secret": "CANARYSIGNATURE-other"},
    unsaid=(*BY_MESSAGES.unsaid, *NEWS),
    strange=(*BY_MESSAGES.strange, *STRANGE_NEWS),
    calls=CALLS,
    ask=ask,
    recording=lambda base: f"{base}/v1/files/f-2",
    answers=answers,
)
