"""A look-alike of the app SMS Gateway for Android, as it answers on the telephone or on a server of one's own.

Source: the API description shipped with the app (read 2026-11-24). The app leaves unknown fields unread; we refuse
them, so that a slip in a name is found here. Webhooks and ids are kept until the program ends.
"""

import json
from base64 import b64decode
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from aidline.kernel import clock, phones
from aidline.simulator.lookalikes.shapes import Account, Answer, Call, Exchange, Taken, answer
from aidline.simulator.lookalikes.strict import Rule, Table, check, flag, text, thing
from aidline.simulator.lookalikes.trouble import Ending, ending_of
from aidline.simulator.wire.android_sms import DEVICE

VENDOR = "android_sms"

_EVENTS = frozenset(
    {"sms:received", "sms:data-received", "sms:sent", "sms:delivered", "sms:failed", "system:ping"}
    | {"mms:received", "mms:downloaded"}
)
_WHOLE = Rule((int,))
_MESSAGE: Table = {
    "id": text(36),
    "phoneNumbers": Rule((list,), needed=True, most=100),
    "textMessage": thing({"text": text(65_535, needed=True)}),
    "dataMessage": thing({"data": text(needed=True), "port": _WHOLE}),
    "message": text(65_535),
    "withDeliveryReport": flag(),
    "isEncrypted": flag(),
    "deviceId": text(21),
    "simNumber": _WHOLE,
    "priority": _WHOLE,
    "ttl": _WHOLE,
    "validUntil": text(),
    "scheduleAt": text(),
}
_WEBHOOK: Table = {
    "id": text(36),
    "url": text(needed=True),
    "event": text(needed=True, only=_EVENTS),
    "deviceId": text(21),
}

_known: deque[tuple[str, str]] = deque(maxlen=50_000)  # our account and the message's id
_hooks: dict[str, dict[str, dict[str, Any]]] = {}  # by our account, then by the webhook's id


class Refused(Exception):
    def __init__(self, status: int, words: str) -> None:
        super().__init__(status)
        self.answer = error(status, words)


def respond(call: Call, exchange: Exchange) -> Answer:
    try:
        return _route(call, exchange)
    except Refused as refusal:
        return refusal.answer


def error(status: int, words: str) -> Answer:
    return answer({"message": words, "code": status}, status)


def _route(call: Call, exchange: Exchange) -> Answer:
    if call.method == "GET" and call.path == "health":
        return answer({"status": "pass", "version": "practice", "releaseId": 1, "checks": {}})
    account = _account(call, exchange)
    parts = call.parts
    if call.method == "GET" and parts[0] == "inbox" and len(parts) == 4 and parts[2] == "attachments":
        return _attachment(exchange, account, parts[1])
    if call.method == "DELETE" and parts[0] == "webhooks" and len(parts) == 2:
        _hooks.get(account.ref, {}).pop(parts[1], None)
        return Answer(204)
    verb = _VERBS.get((call.method, call.path))
    if verb is None:
        raise Refused(404, "Not Found")
    return verb(call, exchange, account)


def _account(call: Call, exchange: Exchange) -> Account:
    kind, _, packed = call.headers.get("authorization", "").partition(" ")
    try:
        login, _, password = b64decode(packed, validate=True).decode().partition(":")
    except ValueError:
        login, password = "", ""
    account = exchange.account(VENDOR, login, password) if kind == "Basic" and login else None
    if account is None:
        raise Refused(401, "Unauthorized")
    return account


# --- messages --------------------------------------------------------------------------------------------


def _messages(call: Call, exchange: Exchange, account: Account) -> Answer:
    if set(call.query) - {"skipPhoneValidation", "deviceActiveWithin"}:
        raise Refused(400, "unknown parameter")
    content = _document(call, _MESSAGE)
    taken = _taken(content, account, odd=call.query.get("skipPhoneValidation") == "true")
    if (account.ref, taken.id) in _known:
        raise Refused(409, "Message with such ID already exists")
    ending = ending_of(exchange, account, taken.to)
    refused = _trouble(ending)
    if refused:
        return refused
    _known.append((account.ref, taken.id))
    exchange.take(replace(taken, fate=ending.fate))
    return ending.late(exchange, answer(_state(taken), 202))


def _trouble(ending: Ending) -> Answer | None:
    if ending.status == 429:
        return error(429, "Too Many Requests")
    if ending.status:
        return error(503, "queue limits exceeded; ensure device is online")
    return error(400, f"refused for practice: {ending.code}") if ending.code else None


def _taken(content: Mapping[str, Any], account: Account, *, odd: bool) -> Taken:
    numbers = content["phoneNumbers"]
    words = content.get("textMessage", {}).get("text", content.get("message", ""))
    if len(numbers) != 1 or not isinstance(numbers[0], str) or not words:
        raise Refused(400, "one phone number and a text are needed")
    if not odd and phones.normalise(numbers[0]) != numbers[0]:
        raise Refused(400, "invalid phone number in row 1")
    if not 1 <= content.get("simNumber", 1) <= 3:
        raise Refused(400, "simNumber must be from 1 to 3")
    if not content.get("id"):
        raise Refused(400, "practice wants the id that is ours")
    return Taken(account=account.ref, id=content["id"], to=numbers[0], kind="text", text=words)


def _state(taken: Taken) -> dict[str, Any]:
    return {
        "id": taken.id,
        "deviceId": DEVICE,
        "state": "Pending",
        "isHashed": False,
        "isEncrypted": False,
        "recipients": [{"phoneNumber": taken.to, "state": "Pending", "error": None}],
        "states": {},
    }


def _attachment(exchange: Exchange, account: Account, file_id: str) -> Answer:
    file = exchange.file(account, file_id)
    if file is None:
        raise Refused(404, "attachment not found")
    return Answer(200, file.content, "application/octet-stream")


def _document(call: Call, table: Table) -> dict[str, Any]:
    try:
        content = json.loads(call.body)
    except ValueError:
        content = None
    if not isinstance(content, dict) or "json" not in call.headers.get("content-type", ""):
        raise Refused(400, "failed to parse body")
    problem = check(content, table)
    if problem:
        raise Refused(400, f"failed to validate body: {problem.where}: {problem.what}")
    return content


# --- set-up ----------------------------------------------------------------------------------------------


def _devices(_call: Call, _exchange: Exchange, _account: Account) -> Answer:
    seen = clock.now().isoformat()
    return answer([{"id": DEVICE, "name": "Practice phone", "createdAt": seen, "lastSeen": seen}])


def _list_hooks(_call: Call, _exchange: Exchange, account: Account) -> Answer:
    return answer(list(_hooks.get(account.ref, {}).values()))


def _register(call: Call, _exchange: Exchange, account: Account) -> Answer:
    """The same id again replaces; the app wants https, but to itself."""
    content = _document(call, _WEBHOOK)
    url = urlsplit(content["url"])
    if url.scheme != "https" and url.hostname not in ("127.0.0.1", "localhost"):
        raise Refused(400, "url must start with https://")
    key = content.get("id") or f"w-{len(_hooks.get(account.ref, {}))}"
    kept = {**content, "id": key}
    _hooks.setdefault(account.ref, {})[key] = kept
    return answer(kept, 201)


_VERBS: Mapping[tuple[str, str], Callable[[Call, Exchange, Account], Answer]] = {
    ("POST", "messages"): _messages,
    ("GET", "devices"): _devices,
    ("GET", "webhooks"): _list_hooks,
    ("POST", "webhooks"): _register,
}
