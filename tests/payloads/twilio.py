"""After twilio.com/docs/messaging/guides/webhook-request and /docs/messaging/api/message-resource (2026-11-22)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlencode

from aidline.channels.contract import (
    ChannelDown,
    Choice,
    Event,
    GiveUp,
    HookRequest,
    Incoming,
    Kind,
    MediaRef,
    Place,
    Receipt,
    RetryLater,
    Scheme,
    Sender,
    Status,
    StopContacting,
    Uncertain,
    Verdict,
)
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
from payloads.kit import MESSAGE, NAME, NUMBER, SAID, WORDS, Kit

AC, SM, ME, HX = "AC" + "1" * 32, "SM" + "2" * 32, "ME" + "3" * 32, "HX" + "4" * 32
CONFIG = {
    "account_sid": AC,
    "auth_token": "CANARYTOKEN-twilio",
    "sender": "+447700900999",
}
AP, CF, CA, RE = "AP" + "6" * 32, "CF" + "7" * 32, "CA" + "8" * 32, "RE" + "9" * 32
WITH_CALLS = {
    **CONFIG,
    "api_key_sid": "SK" + "5" * 32,
    "api_key_secret": "CANARYKEY-twilio-of-thirty-two-signs",
    "twiml_app_sid": AP,
}
ON_WHATSAPP = {**CONFIG, "sender": "whatsapp:+447700900999"}
URL = "https://help.example/hooks/twilio/1"
PHONE = Sender(Scheme.PHONE, NUMBER)
BSUID = "GB.13491208655302741918"


def form(**fields: str) -> bytes:
    common = {
        "MessageSid": SM,
        "SmsMessageSid": SM,
        "SmsSid": SM,
        "AccountSid": AC,
        "From": NUMBER,
        "To": "+447700900999",
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "FromCountry": "GB",
        "FromCity": "",
        "ApiVersion": "2010-04-01",
    }
    return urlencode({**common, **fields}).encode()


def on_whatsapp(**fields: str) -> bytes:
    common = {
        "From": f"whatsapp:{NUMBER}",
        "To": "whatsapp:+447700900999",
        "ProfileName": NAME,
        "WaId": NUMBER[1:],
        "ExternalUserId": f"whatsapp:{BSUID}",
        "ChannelMetadata": '{"type":"whatsapp"}',
    }
    return form(**{**common, **fields})


def incoming(kind: Kind, **more: Any) -> Incoming:
    return Incoming(SM, (PHONE,), kind, **more)


def by_whatsapp(kind: Kind, **more: Any) -> Incoming:
    return Incoming(SM, (PHONE, Sender(Scheme.WHATSAPP_USER, BSUID)), kind, profile_name=NAME, **more)


FILE = f"https://api.twilio.com/2010-04-01/Accounts/{AC}/Messages/{SM}/Media/{ME}"


def with_file(mime: str) -> dict[str, str]:
    return {"NumMedia": "1", "MediaUrl0": FILE, "MediaContentType0": mime, "Body": WORDS}


def file(kind: Kind, mime: str) -> dict[str, Any]:
    return {"text": WORDS, "media": (MediaRef(FILE, kind, mime),)}


FILES = {
    Kind.IMAGE: "image/jpeg",
    Kind.VIDEO: "video/mp4",
    Kind.AUDIO: "audio/mpeg",
    Kind.DOCUMENT: "application/pdf",
    Kind.CONTACTS: "text/vcard",
}

SMS_SAID: dict[Kind, tuple[bytes, Event]] = {
    Kind.TEXT: (form(Body=WORDS), incoming(Kind.TEXT, text=WORDS)),
    Kind.UNSUPPORTED: (form(MessageType="hologram"), incoming(Kind.UNSUPPORTED, raw_kind="hologram")),
    **{kind: (form(**with_file(mime)), incoming(kind, **file(kind, mime))) for kind, mime in FILES.items()},
}
PLACE = {"Latitude": "50.85", "Longitude": "4.35", "Label": "Square", "Address": "Main street 1"}
WHATSAPP_FILES = {**FILES, Kind.VOICE: "audio/ogg", Kind.STICKER: "image/webp"}
WHATSAPP_SAID: dict[Kind, tuple[bytes, Event]] = {
    Kind.TEXT: (
        on_whatsapp(Body=WORDS, OriginalRepliedMessageSid="SMours", Forwarded="true", MessageType="text"),
        by_whatsapp(Kind.TEXT, text=WORDS, reply_to="SMours", forwarded=True),
    ),
    Kind.UNSUPPORTED: (
        on_whatsapp(MessageType="hologram"),
        by_whatsapp(Kind.UNSUPPORTED, raw_kind="hologram"),
    ),
    Kind.LOCATION: (
        on_whatsapp(**PLACE, MessageType="location"),
        by_whatsapp(Kind.LOCATION, place=Place(50.85, 4.35, "Square", "Main street 1")),
    ),
    Kind.CHOICE: (
        on_whatsapp(Body="Yes", ButtonText="Yes", ButtonPayload="yes", MessageType="button"),
        by_whatsapp(Kind.CHOICE, text="Yes", choice=Choice("yes", "Yes")),
    ),
    **{
        kind: (on_whatsapp(**with_file(mime)), by_whatsapp(kind, **file(kind, mime)))
        for kind, mime in WHATSAPP_FILES.items()
    },
}


def status(word: str, **more: str) -> bytes:
    fields = {"MessageSid": SM, "SmsSid": SM, "MessageStatus": word, "SmsStatus": word, "AccountSid": AC}
    return urlencode({**fields, "From": "+447700900999", "To": NUMBER, **more}).encode()


RECEIPTS = {
    Status.SENT: (status("sent"), Receipt(SM, Status.SENT, message=MESSAGE)),
    Status.DELIVERED: (
        status("delivered", RawDlrDoneDate="2611221159"),
        Receipt(SM, Status.DELIVERED, message=MESSAGE),
    ),
    Status.FAILED: (
        status("undelivered", ErrorCode="21610"),
        Receipt(SM, Status.FAILED, None, "21610", Verdict.STOP_CONTACTING, MESSAGE),
    ),
}
READ = {Status.READ: (status("read", EventType="READ"), Receipt(SM, Status.READ, message=MESSAGE))}


# --- calls: twilio.com/docs/voice/twiml#request-parameters, …/voice/api/call-resource, …/twiml/conference ---


def asked(**fields: str) -> bytes:
    common = {
        "CallSid": CA,
        "AccountSid": AC,
        "From": NUMBER,
        "To": "+447700900999",
        "Caller": NUMBER,
        "Called": "+447700900999",
        "CallStatus": "in-progress",
        "Direction": "inbound",
        "ApiVersion": "2010-04-01",
        "CallerName": NAME,
        "FromCountry": "GB",
        "CallToken": '{"parentCallInfoToken":"x"}',
    }
    return urlencode({**common, **fields}).encode()


def call(**more: Any) -> CallRequest:
    return CallRequest(CA, **{"way": Way.IN, "caller": NUMBER, "called": "+447700900999", **more})


CALLS: tuple[tuple[bytes, CallRequest], ...] = (
    (asked(CallStatus="ringing"), call()),
    (asked(Digits="1"), call(digits="1")),
    (asked(Digits="*0#"), call(digits="*0#")),
    (asked(Digits=""), call()),
    (asked(Digits="one"), call()),
    (asked(From="+266696687"), call(caller="")),
    (asked(From="Restricted"), call(caller="")),
    (asked(From="anonymous"), call(caller="")),
    (asked(From="sip:ilham@example.org"), call(caller="")),
    (
        asked(RecordingSid=RE, RecordingUrl="https://api.twilio.com/x", RecordingDuration="7", Digits="#"),
        call(recording=RE, recorded_seconds=7),
    ),
    (
        asked(RecordingSid=RE, RecordingDuration="3", Digits="hangup", CallStatus="completed"),
        call(recording=RE, recorded_seconds=3, ended=True),
    ),
    *((asked(CallStatus=word), call(ended=True)) for word in ("completed", "busy", "no-answer", "canceled")),
    (asked(DialCallStatus="no-answer", DialCallSid="CA2"), call()),
    (
        asked(From="client:agent_01a2", To="", leg="7", ticket="CANARYTICKET", CallStatus="ringing"),
        call(
            way=Way.SOFTPHONE,
            caller="",
            called="",
            identity="agent_01a2",
            parameters={"leg": "7", "ticket": "CANARYTICKET"},
        ),
    ),
    (
        asked(From="+447700900999", To=NUMBER, Direction="outbound-api"),
        call(way=Way.OUT, caller="+447700900999", called=NUMBER),
    ),
)


def told(**fields: str) -> bytes:
    return urlencode(
        {"AccountSid": AC, "CallSid": CA, "Timestamp": "Sun, 22 Nov 2026 11:59:30 +0000", **fields}
    ).encode()


def in_room(word: str, **fields: str) -> bytes:
    room = {
        "ConferenceSid": CF,
        "FriendlyName": "01a202d6",
        "StatusCallbackEvent": word,
        "SequenceNumber": "2",
    }
    return told(**{**room, **fields})


def room_change(moment: Moment, **more: Any) -> RoomChange:
    return RoomChange("01a202d6", CF, moment, **{"call_id": CA, "place": 2, **more})


NEWS: tuple[tuple[bytes, list[Event]], ...] = (
    (told(CallStatus="initiated"), [CallStatus(CA, CallState.QUEUED, SAID)]),
    (told(CallStatus="ringing", SequenceNumber="1"), [CallStatus(CA, CallState.RINGING, SAID)]),
    (told(CallStatus="in-progress"), [CallStatus(CA, CallState.ANSWERED, SAID)]),
    (
        told(CallStatus="completed", CallDuration="61", Duration="2"),
        [CallStatus(CA, CallState.COMPLETED, SAID, 61)],
    ),
    (told(CallStatus="no-answer", Timestamp="soon"), [CallStatus(CA, CallState.NO_ANSWER)]),
    (told(CallStatus="busy"), [CallStatus(CA, CallState.BUSY, SAID)]),
    (told(CallStatus="failed"), [CallStatus(CA, CallState.FAILED, SAID)]),
    (told(CallStatus="canceled"), [CallStatus(CA, CallState.CANCELLED, SAID)]),
    (
        told(RecordingSid=RE, RecordingStatus="completed", RecordingDuration="7", RecordingUrl="https://x"),
        [CallRecording(RE, RE, CA, seconds=7)],
    ),
    (told(RecordingSid=RE, RecordingStatus="absent"), [CallRecording(RE, RE, CA, failed=True)]),
    (
        told(
            CallSid="",
            RecordingSid=RE,
            RecordingStatus="completed",
            ConferenceSid=CF,
            RecordingSource="Conference",
        ),
        [CallRecording(RE, RE, "", "01a202d6", room_id=CF)],
    ),
    (
        in_room("participant-join", ParticipantLabel="leg-1", Muted="false"),
        [room_change(Moment.JOINED, label="leg-1")],
    ),
    (in_room("participant-leave", SequenceNumber="9"), [room_change(Moment.LEFT, place=9)]),
    (in_room("participant-hold"), [room_change(Moment.HELD)]),
    (in_room("participant-unhold"), [room_change(Moment.UNHELD)]),
    (in_room("participant-mute"), [room_change(Moment.MUTED)]),
    (in_room("participant-unmute"), [room_change(Moment.UNMUTED)]),
    (
        in_room("conference-start", CallSid="", SequenceNumber=""),
        [room_change(Moment.STARTED, call_id="", place=None)],
    ),
    (in_room("conference-end", ReasonConferenceEnded="last-participant-left"), [room_change(Moment.ENDED)]),
)
STRANGE_NEWS = (
    told(CallStatus="hologram"),
    told(CallSid="", CallStatus="busy"),
    told(RecordingSid=RE, RecordingStatus="in-progress"),
    told(RecordingStatus="completed"),
    in_room("participant-speech-start"),
    in_room("hologram"),
)


def hook(config: Mapping[str, str], body: bytes) -> HookRequest:
    """Status callbacks come to the address given with the message, ours in the query."""
    number = config["sender"][-3:]
    query = f"message={MESSAGE}" if b"MessageStatus" in body else ""
    query = "room=01a202d6" if b"RecordingSource=Conference" in body else query
    url = f"{URL}{number}" + (f"?{query}" if query else "")
    fields = parse_qs(body.decode(), keep_blank_values=True)
    signed = url + "".join(name + word for name in sorted(fields) for word in sorted(set(fields[name])))
    mac = hmac.new(config["auth_token"].encode(), signed.encode(), hashlib.sha1).digest()
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": base64.b64encode(mac).decode(),
    }
    return HookRequest("POST", url, {"message": str(MESSAGE)} if query else {}, headers, body)


def answers(seen: Seen) -> Answer:
    if "/Calls" in seen.path or "/Conferences" in seen.path:
        made = {"sid": CA, "call_sid": CA, "conferences": [{"sid": CF}], "participants": [{"call_sid": CA}]}
        return Answer(201, json.dumps(made).encode())
    if "/v1/Content" in seen.path:
        return Answer(200, json.dumps({"contents": []} if seen.method == "GET" else {"sid": HX}).encode())
    if "/Media/" in seen.path:
        return Answer(307, headers={"Location": "/cdn/file"})
    if seen.path.startswith("/cdn/"):
        return Answer(body=b"the file", headers={"Content-Type": "image/jpeg"})
    return Answer(201, json.dumps({"sid": SM, "status": "queued", "error_code": None}).encode())


def is_message(seen: Seen) -> bool:
    return seen.method == "POST" and seen.path.endswith("/Messages.json")


def words_of(seen: Seen) -> str:
    return parse_qs(seen.body.decode()).get("Body", [""])[0]


def refusal(status_code: int, code: int, **headers: str) -> Answer:
    body = {"code": code, "message": f"{NUMBER} {WORDS}", "more_info": "https://…", "status": status_code}
    return Answer(status_code, json.dumps(body).encode(), headers)


SMS = Kit(
    label="twilio",
    provider="twilio",
    config=CONFIG,
    other_config={**CONFIG, "sender": "+447700900888"},
    secret="auth_token",
    previous_secret="previous_auth_token",
    hook=hook,
    said=SMS_SAID,
    receipts=RECEIPTS,
    strange=(
        *STRANGE_NEWS,
        b"unknown=1",
        b"%",
        b"\xff\xfe\xfa",
        b"[" * 10_000,
        b"MessageSid=&From=" + NUMBER.encode(),
        status("queued"),
        status("sending"),
        status("accepted"),
        status("hologram"),
        b"MessageStatus=sent",
        b'{"MessageSid": 7}',
    ),
    unsaid=(
        (form(Body="nul\0l"), [incoming(Kind.TEXT, text="null")]),
        (form(Body="YES"), [incoming(Kind.TEXT, text="YES")]),
        (form(Body="please do not stop"), [incoming(Kind.TEXT, text="please do not stop")]),
        (form(Body="START", OptOutType="START"), [incoming(Kind.TEXT, text="START", opt_in=True)]),
        (form(Body="INFO", OptOutType="HELP"), [incoming(Kind.TEXT, text="INFO")]),
        (
            form(Body=base64.b64encode((WORDS * 3).encode()).decode(), NumSegments="3"),
            [incoming(Kind.TEXT, text=WORDS * 3)],
        ),
        (form(Body="a" * 80), [incoming(Kind.TEXT, text="a" * 80)]),
        (
            form(Body="HELP", From="60777"),
            [Incoming(SM, (Sender(Scheme.PHONE, "60777"),), Kind.TEXT, "HELP")],
        ),
        (
            form(
                NumMedia="2",
                MediaUrl0=FILE,
                MediaContentType0="image/png",
                MediaUrl1=FILE,
                MediaContentType1="video/mp4",
            ),
            [
                incoming(
                    Kind.IMAGE,
                    media=(MediaRef(FILE, Kind.IMAGE, "image/png"), MediaRef(FILE, Kind.VIDEO, "video/mp4")),
                )
            ],
        ),
        (form(Body="x", NumMedia="99999999"), [incoming(Kind.TEXT, text="x")]),
        *NEWS,
    ),
    calls=CALLS,
    with_unknown_field=(form(Body=WORDS, AddedTomorrow="é"), incoming(Kind.TEXT, text=WORDS)),
    malformed=(b"", b"&&&", b"&".join(b"a%d=1" % at for at in range(20_000))),
    stops=(form(Body=" stop "), form(Body="ARRET", OptOutType="STOP"), form(Body="Unsubscribe")),
    signs_address=True,
    to=PHONE,
    answers=answers,
    sent_id=SM,
    is_message=is_message,
    words_of=words_of,
    refusals=(
        (refusal(429, 20429, **{"Retry-After": "7"}), RetryLater),
        (refusal(400, 30001), RetryLater),
        (refusal(400, 63018), RetryLater),
        (refusal(503, 20503), RetryLater),
        (refusal(401, 20003), ChannelDown),
        (refusal(400, 30002), ChannelDown),
        (refusal(400, 21610), StopContacting),
        (refusal(400, 63033), StopContacting),
        (refusal(400, 21211), GiveUp),
        (refusal(403, 21408), GiveUp),
        (refusal(400, 63016), GiveUp),
        (refusal(400, 21617), GiveUp),
        (refusal(400, 99999), GiveUp),
        (Answer(201, b"{}"), Uncertain),
    ),
    ref=lambda base: MediaRef(f"{base}/2010-04-01/Accounts/{AC}/Messages/{SM}/Media/{ME}", Kind.IMAGE),
)

PHONE_KIT = replace(
    SMS, label="twilio_phone", config=WITH_CALLS, other_config={**WITH_CALLS, "sender": "+447700900888"}
)

KITS = (
    SMS,
    replace(
        SMS,
        label="twilio_whatsapp",
        config=ON_WHATSAPP,
        other_config={**ON_WHATSAPP, "sender": "whatsapp:+447700900888"},
        said=WHATSAPP_SAID,
        receipts={**RECEIPTS, **READ},
        unsaid=(
            (
                form(From=f"whatsapp:{BSUID}", Body=WORDS),
                [Incoming(SM, (Sender(Scheme.WHATSAPP_USER, BSUID),), Kind.TEXT, WORDS)],
            ),
            (
                on_whatsapp(Body="Food", ListId="food", ListTitle="Food", MessageType="interactive"),
                [by_whatsapp(Kind.CHOICE, text="Food", choice=Choice("food", "Food"))],
            ),
            (on_whatsapp(Body="stop"), [by_whatsapp(Kind.TEXT, text="stop")]),
        ),
        with_unknown_field=(
            on_whatsapp(Body=WORDS, AddedTomorrow="é"),
            by_whatsapp(Kind.TEXT, text=WORDS),
        ),
        stops=(on_whatsapp(Body="STOP", OptOutType="STOP"),),
    ),
    PHONE_KIT,
)
