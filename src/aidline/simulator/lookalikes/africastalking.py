"""A look-alike of Africa's Talking's messaging and application data.

Source: docs.africastalking.com/sms/sending and /userdata/balance (read 2026-11-24). Faults of a single number come
with 201 and a `statusCode` beside it, faults of the call as plain text. The vendor leaves unknown fields unread; we
refuse them, so that a slip in a name is found here and not in the field.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qsl

from aidline.simulator.lookalikes.shapes import Account, Answer, Call, Exchange, Taken, answer
from aidline.simulator.lookalikes.trouble import Ending, ending_of
from aidline.simulator.wire.africastalking import new_id

VENDOR = "africastalking"

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_NEEDED = ("username", "to", "message")
_FIELDS = frozenset({*_NEEDED, "from", "bulkSMSMode", "enqueue", "keyword", "linkId", "retryDurationInHours"})
_STATUSES: Mapping[str, str] = {
    "401": "RiskHold",
    "402": "InvalidSenderId",
    "403": "InvalidPhoneNumber",
    "404": "UnsupportedNumberType",
    "405": "InsufficientBalance",
    "406": "UserInBlacklist",
    "407": "CouldNotRoute",
    "409": "DoNotDisturbRejection",
    "500": "InternalServerError",
    "501": "GatewayError",
    "502": "RejectedByGateway",
}


class Refused(Exception):
    """Of the whole call: plain text, as the vendor writes it."""

    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.answer = Answer(status, words.encode(), "text/plain")


def respond(call: Call, exchange: Exchange) -> Answer:
    try:
        return _route(call, exchange)
    except Refused as refusal:
        return refusal.answer


def _route(call: Call, exchange: Exchange) -> Answer:
    if (call.method, call.path) == ("GET", "version1/user"):
        _account(call, exchange, call.query.get("username", ""))
        return answer({"UserData": {"balance": "KES 1785.50"}})
    if (call.method, call.path) != ("POST", "version1/messaging"):
        raise Refused("The resource does not exist", 404)
    fields = _fields(call)
    return _messaging(fields, exchange, _account(call, exchange, fields["username"]))


def _account(call: Call, exchange: Exchange, username: str) -> Account:
    key = call.headers.get("apikey", "")
    account = exchange.account(VENDOR, username, key) if username and key else None
    if account is None:
        raise Refused("The supplied authentication is invalid", 401)
    return account


def _fields(call: Call) -> dict[str, str]:
    if "application/x-www-form-urlencoded" not in call.headers.get("content-type", ""):
        raise Refused("The request content was malformed")
    fields = dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))
    unknown = next((name for name in fields if name not in _FIELDS), None)
    if unknown:
        raise Refused(f"Request has an unknown form field '{unknown[:40]}'")
    missing = next((name for name in _NEEDED if not fields.get(name)), None)
    if missing:
        raise Refused(f"Request is missing required form field '{missing}'")
    return fields


def _messaging(fields: Mapping[str, str], exchange: Exchange, account: Account) -> Answer:
    _check_mode(fields)
    if fields.get("from") and account.number and fields["from"] != account.number:
        return answer({"SMSMessageData": {"Message": "InvalidSenderId", "Recipients": []}}, 201)
    number = fields["to"]
    if not _NUMBER.fullmatch(number):
        return _refused(number, "403")
    ending = ending_of(exchange, account, number)
    refused = _trouble(ending, number)
    if refused:
        return refused
    taken = Taken(account=account.ref, id=new_id(), to=number, kind="text", text=fields["message"])
    exchange.take(replace(taken, fate=ending.fate))
    return ending.late(exchange, _recipients("Sent to 1/1 Total Cost: KES 0.8000", number, 101, taken.id))


def _check_mode(fields: Mapping[str, str]) -> None:
    if fields.get("bulkSMSMode", "1") not in ("0", "1"):
        raise Refused("The value of 'bulkSMSMode' must be 0 or 1")
    premium = bool(fields.get("linkId")) and bool(fields.get("keyword"))
    if (fields.get("bulkSMSMode") == "0") is not premium:
        raise Refused("An answer on a premium code needs 'keyword', 'linkId' and 'bulkSMSMode' 0")


def _trouble(ending: Ending, number: str) -> Answer | None:
    if ending.status:
        return Answer(ending.status, b"Too many requests" if ending.status == 429 else b"Error", "text/plain")
    return _refused(number, ending.code) if ending.code else None


def _refused(number: str, code: str) -> Answer:
    known = int(code) if code.isdigit() else 403
    status = _STATUSES.get(code, "Refused") if code.isdigit() else code
    return _recipients("Sent to 0/1 Total Cost: 0", number, known, "None", status)


def _recipients(message: str, number: str, code: int, id: str, status: str = "Success") -> Answer:
    cost = "0" if id == "None" else "KES 0.8000"
    one = {"statusCode": code, "number": number, "status": status, "cost": cost, "messageId": id}
    return answer({"SMSMessageData": {"Message": message, "Recipients": [one]}}, 201)
