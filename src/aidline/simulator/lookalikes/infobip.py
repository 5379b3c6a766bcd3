"""A look-alike of Infobip's SMS API v3, of its balance and of the files of inbound MMS.

Source: infobip.com/docs/api/channels/sms/outbound-sms/send-sms-messages and the vendor's Python client 6.0.0 (read
2026-11-24). What is wrong with a call is told by HTTP status, what is wrong with a message by its status beside 200.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from aidline.simulator.lookalikes.shapes import Account, Answer, Call, Exchange, Taken, answer
from aidline.simulator.lookalikes.strict import Table, check, flag, many, number, text, thing
from aidline.simulator.lookalikes.trouble import Ending, ending_of
from aidline.simulator.wire.infobip import ACCEPTED

VENDOR = "infobip"

_NUMBER = re.compile(r"[1-9]\d{6,14}")
_LONGEST = 800
_DELIVERY: Table = {"url": text(), "intermediateReport": flag(), "notify": flag()}
_WEBHOOKS: Table = {
    "delivery": thing(_DELIVERY),
    "contentType": text(only=frozenset({"application/json", "application/xml"})),
    "callbackData": text(4000),
}
_CONTENT: Table = {"text": text(needed=True), "transliteration": text(), "language": thing()}
_DESTINATION: Table = {"to": text(64, needed=True), "messageId": text(200), "networkId": number()}
_MESSAGE: Table = {
    "sender": text(),
    "destinations": many(_DESTINATION, needed=True),
    "content": thing(_CONTENT, needed=True),
    "options": thing(),
    "webhooks": thing(_WEBHOOKS),
}
_REQUEST: Table = {"messages": many(_MESSAGE, needed=True), "options": thing()}
_REJECTIONS: Mapping[str, int] = {
    "REJECTED_NETWORK": 6,
    "REJECTED_NOT_ENOUGH_CREDITS": 12,
    "REJECTED_SENDER": 13,
    "REJECTED_DESTINATION": 14,
    "REJECTED_SYSTEM_ERROR": 21,
    "REJECTED_MESSAGE_TOO_LONG": 25,
    "REJECTED_INVALID_DESTINATION": 52,
}


class Refused(Exception):
    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        told = {"errorCode": f"E{status}", "description": description, "action": "Check the request."}
        self.answer = answer({**told, "violations": [], "resources": []}, status)


def respond(call: Call, exchange: Exchange) -> Answer:
    try:
        return _route(call, exchange)
    except Refused as refusal:
        return refusal.answer


def _route(call: Call, exchange: Exchange) -> Answer:
    account = _account(call, exchange)
    if (call.method, call.path) == ("POST", "sms/3/messages"):
        return _messages(_document(call), exchange, account)
    if (call.method, call.path) == ("GET", "account/1/balance"):
        return answer({"balance": 47.79, "currency": "EUR"})
    if call.method == "GET" and call.parts[:3] == ["mms", "1", "media"] and len(call.parts) == 4:
        return _file(exchange, account, call.parts[3])
    raise Refused(404, "The requested URL was not found")


def _account(call: Call, exchange: Exchange) -> Account:
    kind, _, key = call.headers.get("authorization", "").partition(" ")
    account = exchange.account(VENDOR, "", key) if kind == "App" and key else None
    if account is None:
        raise Refused(401, "The request lacks valid authentication credentials")
    return account


def _document(call: Call) -> dict[str, Any]:
    try:
        content = json.loads(call.body)
    except ValueError:
        raise Refused(400, "Request cannot be processed. Check syntax and contents.") from None
    if not isinstance(content, dict):
        raise Refused(400, "Request cannot be processed. Check syntax and contents.")
    problem = check(content, _REQUEST)
    if problem:
        raise Refused(400, f"{problem.where}: {problem.what}")
    if [len(one["destinations"]) for one in content["messages"]] != [1]:
        raise Refused(400, "Practice takes one message to one destination")
    return content


def _messages(content: dict[str, Any], exchange: Exchange, account: Account) -> Answer:
    (message,) = content["messages"]
    (destination,) = message["destinations"]
    to, id = destination["to"].removeprefix("+"), destination.get("messageId") or str(uuid4())
    early = _early(message, to, account)
    if early:
        return _answer(id, to, _rejection(early))
    ending = ending_of(exchange, account, f"+{to}")
    refused = _trouble(ending, id, to)
    if refused:
        return refused
    exchange.take(replace(_taken(message, f"+{to}", id, account), fate=ending.fate))
    return ending.late(
        exchange, _answer(id, to, {**ACCEPTED, "description": "Message sent to next instance"})
    )


def _early(message: Mapping[str, Any], to: str, account: Account) -> str:
    if not _NUMBER.fullmatch(to):
        return "REJECTED_INVALID_DESTINATION"
    sender = message.get("sender", "")
    if not sender or (account.number and sender.removeprefix("+") != account.number.removeprefix("+")):
        return "REJECTED_SENDER"
    return "REJECTED_MESSAGE_TOO_LONG" if len(message["content"]["text"]) > _LONGEST else ""


def _taken(message: Mapping[str, Any], to: str, id: str, account: Account) -> Taken:
    webhooks = message.get("webhooks", {})
    return Taken(
        account=account.ref,
        id=id,
        to=to,
        kind="text",
        text=message["content"]["text"],
        opaque=webhooks.get("callbackData", ""),
        callback=webhooks.get("delivery", {}).get("url", ""),
    )


def _trouble(ending: Ending, id: str, to: str) -> Answer | None:
    if ending.status:
        said = (
            "Too many requests" if ending.status == 429 else "Something went wrong. Please contact support."
        )
        return Refused(ending.status, said).answer
    return _answer(id, to, _rejection(ending.code)) if ending.code else None


def _rejection(name: str) -> dict[str, Any]:
    return {
        "groupId": 5,
        "groupName": "REJECTED",
        "id": _REJECTIONS.get(name, 99),
        "name": name,
        "description": "The message was rejected",
    }


def _answer(id: str, to: str, status: Mapping[str, Any]) -> Answer:
    return answer(
        {"bulkId": str(uuid4()), "messages": [{"messageId": id, "status": status, "destination": to}]}
    )


def _file(exchange: Exchange, account: Account, file_id: str) -> Answer:
    file = exchange.file(account, file_id)
    if file is None:
        raise Refused(404, "The requested file was not found")
    return Answer(200, file.content, file.mime)
