"""After docs.africastalking.com: /sms/notifications, /sms/deliveryreports and /sms/sending (2026-11-24)."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlencode

from aidline.channels.contract import (
    ChannelDown,
    Event,
    GiveUp,
    HookRequest,
    Incoming,
    Kind,
    Preference,
    Receipt,
    RetryLater,
    Scheme,
    Sender,
    Status,
    StopContacting,
    Uncertain,
    Verdict,
)
from aidline.channels.contract.voice import CallRequest, CallState, CallStatus, Way
from local_server import Answer, Seen
from payloads.kit import NUMBER, SAID, WORDS, Kit

CONFIG = {
    "username": "harbouraid",
    "api_key": "CANARYKEY-africastalking",
    "sender": "22384",
    "secret": "CANARYWORD-africastalking",
    "voice_number": "+254711082999",
}
PHONE = Sender(Scheme.PHONE, NUMBER)
IN, OUT = "9f1c3a52-11d2-4c43-8b8e-5a1f0c1f1a11", "ATXid_6d5f2f0bb1a34a7e"
LINK = "SampleLinkId123"


def inbound(**fields: str) -> bytes:
    common = {
        "id": IN,
        "from": NUMBER,
        "to": "22384",
        "text": WORDS,
        "date": "2026-11-22T11:59:30Z",
        "linkId": LINK,
        "cost": "None",
        "networkCode": "63902",
    }
    return urlencode({**common, **fields}).encode()


def said(text: str = WORDS, **more: Any) -> Incoming:
    known = {"sent_at": SAID, **more}
    return Incoming(known.pop("external_id", IN), known.pop("senders", (PHONE,)), Kind.TEXT, text, **known)


def delivery(status: str, **fields: str) -> bytes:
    common = {"id": OUT, "status": status, "phoneNumber": NUMBER, "networkCode": "63902", "retryCount": "0"}
    return urlencode({**common, **fields}).encode()


def failed(reason: str, verdict: Verdict = Verdict.GIVE_UP) -> Receipt:
    return Receipt(OUT, Status.FAILED, None, reason, verdict)


def preference(**fields: str) -> bytes:
    return urlencode({"phoneNumber": NUMBER, **fields}).encode()


SUBSCRIBED = {"shortCode": "22384", "keyword": "help"}
OPTED_OUT = preference(senderId="HARBOURAID")

RECEIPTS = {
    Status.SENT: (delivery("Submitted"), Receipt(OUT, Status.SENT)),
    Status.DELIVERED: (delivery("Success"), Receipt(OUT, Status.DELIVERED)),
    Status.FAILED: (delivery("Failed", failureReason="UserIsInactive"), failed("UserIsInactive")),
}


def hook(config: Mapping[str, str], body: bytes) -> HookRequest:
    url = f"https://help.example/hooks/africastalking/1/{config['secret']}"
    return HookRequest("POST", url, {}, {"content-type": "application/x-www-form-urlencoded"}, body)


def taken(**recipient: Any) -> Answer:
    one = {"statusCode": 101, "number": NUMBER, "status": "Success", "cost": "KES 0.8000", "messageId": OUT}
    told = {"Message": "Sent to 1/1 Total Cost: KES 0.8000", "Recipients": [{**one, **recipient}]}
    return Answer(201, json.dumps({"SMSMessageData": told}).encode())


def refusal(code: int, status: str) -> Answer:
    """Refused, and HTTP says 201 all the same."""
    return taken(statusCode=code, status=status, messageId="None", cost="0")


def nobody(message: str) -> Answer:
    return Answer(201, json.dumps({"SMSMessageData": {"Message": message, "Recipients": []}}).encode())


def words_of(seen: Seen) -> str:
    return parse_qs(seen.body.decode()).get("message", [""])[0]


TEXT: tuple[bytes, Event] = (inbound(), said())

# --- calls: docs.africastalking.com/voice/callhandler and /voice/notifications ----------------------------

SESSION, OUR_NUMBER = "ATVId_6d5f2f0bb1a34a7e", "+254711082999"


def asked(**fields: str) -> bytes:
    common = {
        "isActive": "1",
        "sessionId": SESSION,
        "direction": "Inbound",
        "callerNumber": NUMBER,
        "destinationNumber": OUR_NUMBER,
        "callerCountryCode": "254",
        "callStartTime": "2026-11-22+11%3A59%3A30",
    }
    return urlencode({**common, **fields}).encode()


def ask(config: Mapping[str, str], body: bytes) -> HookRequest:
    """The word stays the last part of the address."""
    url = f"https://help.example/voice/africastalking/1/turn/{config['secret']}?call=1&at=2"
    return replace(hook(config, body), url=url)


def call(**more: Any) -> CallRequest:
    return CallRequest(SESSION, **{"way": Way.IN, "caller": NUMBER, "called": OUR_NUMBER, **more})


def over(**fields: str) -> bytes:
    return asked(isActive="0", durationInSeconds="61", currencyCode="KES", amount="1.2", **fields)


RECORDING = "https://voice.africastalking.com/recordings/a1b2.mp3"
CALLS: tuple[tuple[bytes, CallRequest], ...] = (
    (asked(callSessionState="Ringing"), call()),
    (asked(dtmfDigits="1"), call(digits="1")),
    (asked(dtmfDigits="undefined"), call()),
    (asked(callerNumber="Anonymous"), call(caller="")),
    (asked(callerNumber="+266696687"), call(caller="")),
    (asked(recordingUrl=RECORDING), call(recording=RECORDING)),
    (asked(recordingUrl=""), call()),
    (over(), call(ended=True)),
    (
        over(recordingUrl=RECORDING, recordingDurationInSeconds="7"),
        call(recording=RECORDING, recorded_seconds=7, ended=True),
    ),
    (asked(direction="Outbound"), call(way=Way.OUT, caller=OUR_NUMBER, called=NUMBER)),
)


def became(state: CallState, seconds: int | None = 61) -> list[Event]:
    return [CallStatus(SESSION, state, None, seconds)]


NEWS: tuple[tuple[bytes, list[Event]], ...] = (
    (asked(callSessionState="Ringing"), became(CallState.RINGING, None)),
    (asked(callSessionState="Active"), became(CallState.ANSWERED, None)),
    (asked(callSessionState="Bridged"), became(CallState.ANSWERED, None)),
    (over(callSessionState="Completed", hangupCause="NORMAL_CLEARING"), became(CallState.COMPLETED)),
    (over(hangupCause="USER_BUSY"), became(CallState.BUSY)),
    (over(hangupCause="NO_ANSWER"), became(CallState.NO_ANSWER)),
    (over(hangupCause="ORIGINATOR_CANCEL"), became(CallState.CANCELLED)),
    (over(hangupCause="UNALLOCATED_NUMBER"), became(CallState.FAILED)),
)
STRANGE_NEWS = (asked(), asked(callSessionState="Hologram"), asked(isActive="0", sessionId=""))

KITS = (
    Kit(
        label="africastalking",
        provider="africastalking",
        config=CONFIG,
        other_config={**CONFIG, "secret": "CANARYWORD-other"},
        secret="secret",
        previous_secret="previous_secret",
        hook=hook,
        said={Kind.TEXT: TEXT},
        receipts=RECEIPTS,
        strange=(
            *STRANGE_NEWS,
            b"unknown=1",
            b"%",
            b"\xff\xfe\xfa",
            b"[" * 10_000,
            urlencode({"from": NUMBER, "text": "without an id"}).encode(),
            urlencode({"id": IN, "text": "from nobody"}).encode(),
            delivery("Hologram"),
            b"status=Success",
            preference(updateType="hologram", **SUBSCRIBED),
            urlencode({"senderId": "HARBOURAID"}).encode(),
        ),
        unsaid=(
            (inbound(date="2026-11-22 11:59:30"), [said()]),
            (inbound(date="2026-11-22 14:59:30"), [said(sent_at=None)]),  # no zone, and not yet
            (inbound(date="yesterday"), [said(sent_at=None)]),
            (inbound(text=""), [said("")]),
            (inbound(**{"from": NUMBER[1:]}), [said()]),
            (inbound(**{"from": "60777"}), [said(senders=(Sender(Scheme.PHONE, "60777"),))]),
            (inbound(**{"from": "SHOP"}), [said(senders=(Sender(Scheme.PHONE, "SHOP"),))]),
            (OPTED_OUT, [Preference((PHONE,), opted_out=True)]),
            (preference(updateType="addition", **SUBSCRIBED), [Preference((PHONE,), opted_out=False)]),
            (preference(updateType="deletion", **SUBSCRIBED), [Preference((PHONE,), opted_out=True)]),
            (delivery("Sent"), [Receipt(OUT, Status.SENT)]),
            (delivery("Buffered"), [Receipt(OUT, Status.SENT)]),
            (delivery("Expired"), [failed("Expired")]),
            (
                delivery("Rejected", failureReason="UserInBlackList"),
                [failed("UserInBlackList", Verdict.STOP_CONTACTING)],
            ),
            (delivery("Rejected", failureReason="Hologram"), [failed("Hologram")]),
            *NEWS,
        ),
        calls=CALLS,
        ask=ask,
        with_unknown_field=(inbound(addedTomorrow="é"), said()),
        malformed=(b"", b"&&&", b"&".join(b"a%d=1" % at for at in range(20_000))),
        stops=(OPTED_OUT, preference(updateType="deletion", **SUBSCRIBED)),
        proof="",
        signs_body=False,
        knows_our_id=False,
        to=PHONE,
        answers=lambda _: taken(),
        sent_id=OUT,
        words_of=words_of,
        refusals=(
            (refusal(500, "InternalServerError"), RetryLater),
            (refusal(501, "GatewayError"), RetryLater),
            (refusal(406, "UserInBlacklist"), StopContacting),
            (refusal(402, "InvalidSenderId"), ChannelDown),
            (refusal(405, "InsufficientBalance"), ChannelDown),
            (refusal(403, "InvalidPhoneNumber"), GiveUp),
            (refusal(404, "UnsupportedNumberType"), GiveUp),
            (refusal(407, "CouldNotRoute"), GiveUp),
            (refusal(409, "DoNotDisturbRejection"), GiveUp),
            (refusal(401, "RiskHold"), GiveUp),
            (refusal(999, f"{NUMBER} {WORDS}"), GiveUp),
            (nobody("InvalidSenderId"), ChannelDown),
            (nobody("Sent to 0/1 Total Cost: 0"), Uncertain),
            (taken(messageId="None"), Uncertain),
            (taken(messageId=None), Uncertain),
            (Answer(201, b"{}"), Uncertain),
            (Answer(401, b"The supplied authentication is invalid"), ChannelDown),
            (Answer(400, f"Request with {NUMBER} is missing 'message'".encode()), GiveUp),
            (Answer(429, b"slow down", {"Retry-After": "7"}), RetryLater),
        ),
    ),
)
