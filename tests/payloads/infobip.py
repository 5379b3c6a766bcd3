"""After infobip.com/docs/api/channels/sms and /docs/essentials/response-status-and-error-codes (2026-11-24)."""

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aidline.channels.contract import (
    ChannelDown,
    Event,
    GiveUp,
    HookRequest,
    Incoming,
    Kind,
    MediaRef,
    Receipt,
    RetryLater,
    Scheme,
    Sender,
    Status,
    StopContacting,
    Uncertain,
    Verdict,
)
from local_server import Answer, Seen
from payloads.kit import MESSAGE, NUMBER, SAID, WORDS, Kit

CONFIG = {
    "base_url": "https://xxxxx.api.infobip.com",
    "api_key": "CANARYKEY-infobip",
    "sender": "447700900999",
    "secret": "CANARYWORD-infobip",
}
WITH_PASSWORD = {**CONFIG, "webhook_user": "aidline", "webhook_password": "CANARYPASSWORD-infobip"}
PHONE = Sender(Scheme.PHONE, NUMBER)
IN, OUT = "817790313235066447", str(MESSAGE)
AT = "2026-11-22T11:59:30.000+0000"
FILE = "https://xxxxx.api.infobip.com/mms/1/media/f-1"


def results(*found: dict[str, Any]) -> bytes:
    whole = {"results": list(found), "messageCount": len(found), "pendingMessageCount": 0}
    return json.dumps(whole, ensure_ascii=False).encode()


def inbound(**more: Any) -> dict[str, Any]:
    common = {
        "messageId": IN,
        "from": NUMBER[1:],
        "to": "447700900999",
        "text": WORDS,
        "cleanText": "without its keyword",
        "keyword": "HELP",
        "receivedAt": AT,
        "smsCount": 1,
        "price": {"pricePerMessage": 0, "currency": "EUR"},
        "callbackData": "subscription",
    }
    return {name: value for name, value in {**common, **more}.items() if value is not None}


def mms(mime: str) -> dict[str, Any]:
    message = [
        {"contentType": "application/smil", "url": f"{FILE}.smil"},
        {"contentType": "text/plain", "value": WORDS},
        {"contentType": mime, "url": FILE},
    ]
    return inbound(text=None, cleanText=None, keyword=None, message=message)


def said(kind: Kind = Kind.TEXT, **more: Any) -> Incoming:
    known: dict[str, Any] = {"external_id": IN, "senders": (PHONE,), "text": WORDS, "sent_at": SAID, **more}
    return Incoming(kind=kind, **known)


def with_file(kind: Kind, mime: str) -> tuple[bytes, Event]:
    return results(mms(mime)), said(kind, media=(MediaRef(FILE, kind, mime),))


STATES = {
    "PENDING_ENROUTE": (1, "PENDING", 7),
    "PENDING_ACCEPTED": (1, "PENDING", 26),
    "UNDELIVERABLE_NOT_DELIVERED": (2, "UNDELIVERABLE", 9),
    "DELIVERED_TO_OPERATOR": (3, "DELIVERED", 2),
    "DELIVERED_TO_HANDSET": (3, "DELIVERED", 5),
    "EXPIRED_EXPIRED": (4, "EXPIRED", 15),
    "EXPIRED_DLR_UNKNOWN": (4, "EXPIRED", 29),
    "REJECTED_NETWORK": (5, "REJECTED", 6),
    "REJECTED_DESTINATION": (5, "REJECTED", 14),
}


def state(name: str) -> dict[str, Any]:
    group, group_name, number = STATES.get(name, (5, "REJECTED", 99))
    return {"groupId": group, "groupName": group_name, "id": number, "name": name, "description": WORDS}


def report(name: str, error: tuple[int, str] = (0, "NO_ERROR"), **more: Any) -> dict[str, Any]:
    common = {
        "bulkId": "bulk-1",
        "messageId": OUT,
        "to": NUMBER[1:],
        "sender": "447700900999",
        "sentAt": AT,
        "doneAt": AT,
        "messageCount": 1,
        "mccMnc": "23410",
        "price": {"pricePerMessage": 0.01, "currency": "EUR"},
        "callbackData": str(MESSAGE),
        "status": state(name),
        "error": {"groupId": 1, "groupName": "HANDSET_ERRORS", "id": error[0], "name": error[1]},
    }
    return {field: value for field, value in {**common, **more}.items() if value is not None}


def told(status: Status, code: str = "", verdict: Verdict = Verdict.GIVE_UP) -> Receipt:
    return Receipt(OUT, status, SAID, code, verdict if code else None, MESSAGE)


RECEIPTS = {
    Status.SENT: (results(report("PENDING_ENROUTE")), told(Status.SENT)),
    Status.DELIVERED: (results(report("DELIVERED_TO_HANDSET")), told(Status.DELIVERED)),
    Status.FAILED: (
        results(report("UNDELIVERABLE_NOT_DELIVERED", (1, "EC_UNKNOWN_SUBSCRIBER"))),
        told(Status.FAILED, "EC_UNKNOWN_SUBSCRIBER"),
    ),
}
SAID_BY_PEOPLE: dict[Kind, tuple[bytes, Event]] = {
    Kind.TEXT: (results(inbound()), said()),
    Kind.IMAGE: with_file(Kind.IMAGE, "image/jpeg"),
    Kind.VIDEO: with_file(Kind.VIDEO, "video/mp4"),
    Kind.AUDIO: with_file(Kind.AUDIO, "audio/amr"),
    Kind.DOCUMENT: with_file(Kind.DOCUMENT, "application/pdf"),
    Kind.CONTACTS: with_file(Kind.CONTACTS, "text/vcard"),
    Kind.UNSUPPORTED: (
        results(inbound(text=None, message=[{"contentType": "model/hologram"}])),
        said(Kind.UNSUPPORTED, text="", raw_kind="model/hologram"),
    ),
}


def hook(config: Mapping[str, str], body: bytes) -> HookRequest:
    url = f"https://help.example/hooks/infobip/1/{config['secret']}"
    headers = {"content-type": "application/json"}
    if config.get("webhook_user"):
        pair = f"{config['webhook_user']}:{config['webhook_password']}"
        headers["authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    return HookRequest("POST", url, {}, headers, body)


def taken(name: str = "PENDING_ACCEPTED", **more: Any) -> Answer:
    one = {"messageId": OUT, "status": state(name), "destination": NUMBER[1:], **more}
    return Answer(200, json.dumps({"bulkId": "bulk-1", "messages": [one]}).encode())


def answers(seen: Seen) -> Answer:
    if seen.path.startswith("/mms/"):
        assert seen.headers["authorization"] == f"App {CONFIG['api_key']}"
        return Answer(body=b"the file", headers={"Content-Type": "image/jpeg"})
    return taken()


def old_error(status: int, code: str, **headers: str) -> Answer:
    exception = {"messageId": code, "text": f"{NUMBER} {WORDS}"}
    body = {"requestError": {"serviceException": exception}}
    return Answer(status, json.dumps(body).encode(), headers)


def new_error(status: int, code: str, **headers: str) -> Answer:
    body = {"errorCode": code, "description": f"{NUMBER} {WORDS}", "action": "…", "violations": []}
    return Answer(status, json.dumps(body).encode(), headers)


def words_of(seen: Seen) -> str:
    return str(json.loads(seen.body)["messages"][0]["content"]["text"])


BY_ADDRESS = Kit(
    label="infobip",
    provider="infobip",
    config=CONFIG,
    other_config={**CONFIG, "secret": "CANARYWORD-other"},
    secret="secret",
    previous_secret="previous_secret",
    hook=hook,
    said=SAID_BY_PEOPLE,
    receipts=RECEIPTS,
    strange=(
        b"{}",
        b'{"results": "x"}',
        b'{"results": [7, [], "x"]}',
        results(),
        results({}),
        results(inbound(messageId=None)),
        results(inbound(**{"from": None})),
        results(report("PENDING_ENROUTE", messageId=None)),
        results(report("X", status={"groupName": "HOLOGRAM"})),
        results(report("X", status={})),
        b'{"results": [{"messageId": ["x"], "from": {"a": 1}, "text": "t"}]}',
    ),
    unsaid=(
        (
            results(inbound(receivedAt="2026-11-22T11:59:30.000")),
            [said(sent_at=None)],
        ),
        (results(inbound(text="")), [said(text="")]),
        (results(inbound(**{"from": f"+{NUMBER[1:]}"})), [said()]),
        (results(inbound(**{"from": "60777"})), [said(senders=(Sender(Scheme.PHONE, "60777"),))]),
        (results(inbound(**{"from": "SHOP"})), [said(senders=(Sender(Scheme.PHONE, "SHOP"),))]),
        (results(report("DELIVERED_TO_OPERATOR")), [told(Status.SENT)]),
        (results(report("EXPIRED_DLR_UNKNOWN")), [told(Status.SENT)]),
        (results(report("EXPIRED_EXPIRED")), [told(Status.FAILED, "EXPIRED_EXPIRED")]),
        (
            results(report("REJECTED_DESTINATION")),
            [told(Status.FAILED, "REJECTED_DESTINATION", Verdict.STOP_CONTACTING)],
        ),
        (results(report("X", status={"groupId": 3})), [told(Status.DELIVERED)]),
        (results(report("DELIVERED_TO_HANDSET", callbackData=None)), [told(Status.DELIVERED)]),
        (
            results(report("PENDING_ENROUTE"), report("DELIVERED_TO_HANDSET"), inbound()),
            [told(Status.SENT), told(Status.DELIVERED), said()],
        ),
    ),
    batch=(results(*[inbound(messageId=f"m-{at}", text=f"{at}") for at in range(3)]), ["m-0", "m-1", "m-2"]),
    with_unknown_field=(results(inbound(addedTomorrow={"deep": [1]})), said()),
    proof="",
    signs_body=False,
    to=PHONE,
    answers=answers,
    sent_id=OUT,
    words_of=words_of,
    refusals=(
        (old_error(429, "TOO_MANY_REQUESTS", **{"Retry-After": "7"}), RetryLater),
        (new_error(429, "E429", **{"Retry-After": "7"}), RetryLater),
        (taken("REJECTED_SYSTEM_ERROR"), RetryLater),
        (taken("REJECTED_FLOODING_FILTER"), RetryLater),
        (old_error(500, "GENERAL_ERROR"), RetryLater),
        (old_error(401, "UNAUTHORIZED"), ChannelDown),
        (new_error(401, "E401"), ChannelDown),
        (new_error(403, "E403"), ChannelDown),
        (taken("REJECTED_NOT_ENOUGH_CREDITS"), ChannelDown),
        (taken("REJECTED_SENDER"), ChannelDown),
        (taken("REJECTED_DESTINATION"), StopContacting),
        (taken("REJECTED_NETWORK"), GiveUp),
        (taken("REJECTED_HOLOGRAM"), GiveUp),
        (taken(status={"groupId": 5}), GiveUp),
        (old_error(400, "BAD_REQUEST"), GiveUp),
        (new_error(400, "E400"), GiveUp),
        (taken("REJECTED_DUPLICATE_MESSAGE_ID"), Uncertain),
        (taken(messageId=None), Uncertain),
        (Answer(200, b"{}"), Uncertain),
        (Answer(200, b'{"messages": "x"}'), Uncertain),
    ),
    ref=lambda base: MediaRef(f"{base}/mms/1/media/f-1", Kind.IMAGE),
)

KITS = (
    BY_ADDRESS,
    replace(
        BY_ADDRESS,
        label="infobip_password",
        config=WITH_PASSWORD,
        other_config={**WITH_PASSWORD, "secret": "CANARYWORD-other", "webhook_password": "CANARYPASSWORD-o"},
        secret="webhook_password",
        previous_secret="previous_webhook_password",
        proof="authorization",
    ),
)
