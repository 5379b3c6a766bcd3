"""A look-alike of Vonage's SMS API, Messages API v1, its numbers and files.

Source: developer.vonage.com/api-errors/sms, /api/messages, /api/numbers and the vendor's Python client (read
2026-11-24). The SMS API answers everything with 200 and a status; the newer one as RFC 9457
says. Both leave unknown fields unread; we refuse them, so that a slip in a name is found here and not in the field.
"""

import base64
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from aidline.kernel import text as words
from aidline.kernel.clock import now
from aidline.simulator.lookalikes.shapes import Account, Answer, Call, Exchange, Taken, answer
from aidline.simulator.lookalikes.strict import Table, check, flag, number, text, thing
from aidline.simulator.lookalikes.trouble import ending_of

VENDOR = "vonage"

_NUMBER = re.compile(r"[1-9]\d{6,14}")
_SMS_NEEDED = ("from", "to", "text")
_SMS_FIELDS = frozenset(
    {
        "api_key",
        "api_secret",
        "sig",
        "timestamp",
        *_SMS_NEEDED,
        "type",
        "ttl",
        "status-report-req",
        "callback",
    }
    | {"message-class", "body", "udh", "protocol-id", "client-ref", "account-ref", "entity-id", "content-id"}
)
_WORDS: Mapping[str, str] = {
    "1": "Throughput Rate Exceeded - please wait and retry",
    "2": "Missing Parameters",
    "3": "Invalid Parameters",
    "4": "Bad Credentials",
    "5": "Internal Error",
    "7": "Number Barred",
    "15": "Illegal Sender Address - rejected",
}
# What the newer interface calls the same troubles.
IN_FOUR_DIGITS: Mapping[str, str] = {"1": "1000", "3": "1190", "5": "1030", "7": "1050"}

_OPTIONS: Table = {"encoding_type": text(only=frozenset({"text", "unicode", "auto"})), "content_id": text()}
_MESSAGE: Table = {
    "channel": text(needed=True, only=frozenset({"sms"})),
    "message_type": text(needed=True, only=frozenset({"text"})),
    "from": text(needed=True),
    "to": text(needed=True),
    "text": text(1000, needed=True),
    "ttl": number(),
    "sms": thing({**_OPTIONS, "entity_id": text(), "pool_id": text()}),
    "trusted_recipient": flag(),
    "client_ref": text(100),
    "webhook_url": text(),
    "webhook_version": text(only=frozenset({"v0.1", "v1"})),
}
_TOKEN_LIVES = 24 * 3600


class Refused(Exception):
    """Of the newer interface."""

    def __init__(self, status: int, code: str, title: str, detail: str = "") -> None:
        super().__init__(title)
        known = f"https://developer.vonage.com/api-errors{'/messages' if code.isdigit() else ''}#{code}"
        told = {"type": known, "title": title, "detail": detail or title, "instance": uuid4().hex}
        self.answer = answer(told, status)


class RefusedSms(Exception):
    def __init__(self, status: str, words: str = "") -> None:
        super().__init__(status)
        one = {"status": status, "error-text": words or _WORDS.get(status, "Refused for practice")}
        self.answer = answer({"message-count": "1", "messages": [one]})


def respond(call: Call, exchange: Exchange) -> Answer:
    try:
        return _route(call, exchange)
    except (Refused, RefusedSms) as refusal:
        return refusal.answer


def _route(call: Call, exchange: Exchange) -> Answer:
    if (call.method, call.path) == ("POST", "sms/json"):
        return _sms(call, exchange)
    account = _account(call, exchange)
    if (call.method, call.path) == ("POST", "v1/messages"):
        return _message(call, exchange, account)
    if (call.method, call.path) == ("GET", "account/get-balance"):
        return answer({"value": 10.28, "autoReload": False})
    if (call.method, call.path) == ("GET", "account/numbers"):
        return _numbers(call, account)
    if (call.method, call.path) == ("POST", "number/update"):
        return _update(call, account)
    if call.method == "GET" and call.parts[:2] == ["v3", "media"] and len(call.parts) == 3:
        return _file(exchange, account, call.parts[2])
    raise Refused(404, "not-found", "The requested resource does not exist")


def _account(call: Call, exchange: Exchange) -> Account:
    kind, _, given = call.headers.get("authorization", "").partition(" ")
    key, secret = _from_token(given) if kind == "Bearer" else _from_pair(given)
    account = exchange.account(VENDOR, key, secret) if key and kind in ("Basic", "Bearer") else None
    if account is None:
        raise Refused(401, "unauthorized", "You did not provide correct credentials.")
    return account


def _from_pair(packed: str) -> tuple[str, str]:
    try:
        key, _, secret = base64.b64decode(packed, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return key, secret


def _from_token(token: str) -> tuple[str, str]:
    """Its claims; who holds the public key can check the rest."""
    pieces = token.split(".")
    head, claims = (_object(piece) for piece in pieces[:2]) if len(pieces) == 3 else ({}, {})
    issued, ends = claims.get("iat"), claims.get("exp", 0)
    timely = isinstance(issued, int) and issued <= now().timestamp() + 60 < ends <= issued + _TOKEN_LIVES
    if head.get("alg") != "RS256" or not timely or not claims.get("jti"):
        return "", ""
    return str(claims.get("application_id", "")), token


def _object(packed: str) -> dict[str, Any]:
    try:
        found = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


# --- the SMS API -----------------------------------------------------------------------------------------


def _sms(call: Call, exchange: Exchange) -> Answer:
    fields = dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))
    key, secret = fields.get("api_key", ""), fields.get("api_secret", "")
    account = exchange.account(VENDOR, key, secret) if key and secret else None
    if account is None:
        raise RefusedSms("4")
    _check_sms(fields, account)
    ending = ending_of(exchange, account, f"+{fields['to']}")
    if ending.status or ending.code:
        raise RefusedSms(ending.code or ("1" if ending.status == 429 else "5"))
    many = words.segments(fields["text"]).count
    ids = [secrets.token_hex(8).upper() for _ in range(max(many, 1))]
    taken = Taken(
        account=account.ref,
        id=ids[0],
        to=f"+{fields['to']}",
        kind="text",
        text=fields["text"],
        callback=_handle(fields.get("callback", ""), fields.get("client-ref", "")),
    )
    exchange.take(replace(taken, fate=ending.fate))
    return ending.late(exchange, _taken(fields, ids))


def _handle(callback: str, reference: str) -> str:
    """Both come back with each receipt, and a message has one handle."""
    return f"{callback}#{reference}" if callback or reference else ""


def _check_sms(fields: Mapping[str, str], account: Account) -> None:
    missing = next((name for name in _SMS_NEEDED if not fields.get(name)), None)
    if missing:
        raise RefusedSms("2", f"Missing {missing} param")
    unknown = next((name for name in fields if name not in _SMS_FIELDS), None)
    if unknown:
        raise RefusedSms("3", f"Unknown {unknown[:40]} param")
    if not _NUMBER.fullmatch(fields["to"]):
        raise RefusedSms("3", "Invalid to param")
    kind, plain = fields.get("type", "text"), words.segments(fields["text"]).encoding == "GSM-7"
    if kind not in ("text", "unicode") or (kind == "text" and not plain):
        raise RefusedSms("3", "Invalid type param")
    if len(fields.get("client-ref", "")) > 100:
        raise RefusedSms("3", "Invalid client-ref param")
    if account.number and fields["from"] != account.number.removeprefix("+"):
        raise RefusedSms("15")


def _taken(fields: Mapping[str, str], ids: list[str]) -> Answer:
    common = {"to": fields["to"], "status": "0", "remaining-balance": "10.28", "message-price": "0.0333"}
    found = [{**common, "message-id": one, "client-ref": fields.get("client-ref", "")} for one in ids]
    return answer({"message-count": str(len(found)), "messages": found})


# --- numbers ---------------------------------------------------------------------------------------------

_SETTINGS = frozenset(
    {"country", "msisdn", "app_id", "moHttpUrl", "moSmppSysType", "voiceCallbackType", "voiceCallbackValue"}
    | {"voiceStatusCallback", "messagesCallbackType", "messagesCallbackValue"}
)
_addresses: dict[str, str] = {}  # by account, forgotten with the process


def _numbers(call: Call, account: Account) -> Answer:
    own = account.number.removeprefix("+") or call.query.get("pattern", "")
    if not own.startswith(call.query.get("pattern", "")):
        return answer({})
    number = {"country": "GB", "msisdn": own, "type": "mobile-lvn", "features": ["SMS", "VOICE"]}
    address = {"moHttpUrl": _addresses[account.ref]} if account.ref in _addresses else {}
    return answer({"count": 1, "numbers": [{**number, **address}]})


def _update(call: Call, account: Account) -> Answer:
    fields = dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))
    if set(fields) - _SETTINGS or not fields.get("country") or not fields.get("msisdn"):
        return answer({"error-code": "420", "error-code-label": "method failed"}, 420)
    _addresses[account.ref] = fields.get("moHttpUrl", "")
    return answer({"error-code": "200", "error-code-label": "success"})


# --- the Messages API ------------------------------------------------------------------------------------


def _message(call: Call, exchange: Exchange, account: Account) -> Answer:
    content = _document(call)
    to, sender = content["to"], content["from"]
    if not _NUMBER.fullmatch(to):
        raise Refused(422, "1150", "Invalid params", "to: invalid value")
    if account.number and sender != account.number.removeprefix("+"):
        raise Refused(422, "1120", "Illegal Sender Address")
    ending = ending_of(exchange, account, f"+{to}")
    if ending.status:
        code = "1000" if ending.status == 429 else "1030"
        raise Refused(ending.status, code, "Throttled" if ending.status == 429 else "Internal error")
    if ending.code:
        raise Refused(422, IN_FOUR_DIGITS.get(ending.code, ending.code), "Refused for practice")
    taken = Taken(
        account=account.ref,
        id=str(uuid4()),
        to=f"+{to}",
        kind="text",
        text=content["text"],
        callback=_handle(content.get("webhook_url", ""), content.get("client_ref", "")),
    )
    exchange.take(replace(taken, fate=ending.fate))
    return ending.late(exchange, answer({"message_uuid": taken.id}, 202))


def _document(call: Call) -> dict[str, Any]:
    try:
        content = json.loads(call.body)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise Refused(400, "invalid-json", "Invalid JSON body")
    problem = check(content, _MESSAGE)
    if problem:
        raise Refused(422, "1150", "Invalid params", f"{problem.where}: {problem.what}")
    return content


def _file(exchange: Exchange, account: Account, file_id: str) -> Answer:
    file = exchange.file(account, file_id)
    if file is None:
        raise Refused(404, "not-found", "The requested resource does not exist")
    return Answer(200, file.content, file.mime)
