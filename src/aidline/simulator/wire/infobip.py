"""Webhooks of Infobip for SMS and inbound MMS: JSON, several results in one call, signed by nobody.

Source: infobip.com/docs/api/channels/sms and /docs/essentials/response-status-and-error-codes (read 2026-11-24).
"""

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aidline.kernel import text as words
from aidline.simulator.wire import Post

Result = dict[str, Any]

_STATES: dict[str, tuple[int, str, int, str]] = {
    "sent": (1, "PENDING", 7, "PENDING_ENROUTE"),
    "delivered": (3, "DELIVERED", 5, "DELIVERED_TO_HANDSET"),
    "failed": (2, "UNDELIVERABLE", 9, "UNDELIVERABLE_NOT_DELIVERED"),
}
ACCEPTED = {"groupId": 1, "groupName": "PENDING", "id": 26, "name": "PENDING_ACCEPTED"}


@dataclass(frozen=True, slots=True)
class Account:
    number: str
    user: str = ""
    password: str = ""


def new_id() -> str:
    return str(10**17 + secrets.randbelow(9 * 10**17))


def post(account: Account, *results: Result) -> Post:
    whole = {"results": list(results), "messageCount": len(results), "pendingMessageCount": 0}
    headers = {"content-type": "application/json"}
    if account.user:
        pair = f"{account.user}:{account.password}".encode()
        headers["authorization"] = "Basic " + base64.b64encode(pair).decode()
    return Post(json.dumps(whole, ensure_ascii=False).encode(), headers)


def message(account: Account, sender: str, text: str, at: datetime, *, id: str = "") -> Result:
    return {
        **_common(account, sender, at, id),
        "text": text,
        "cleanText": text,
        "keyword": None,
        "smsCount": max(words.segments(text).count, 1),
    }


def picture(
    account: Account, sender: str, url: str, mime: str, text: str, at: datetime, *, id: str = ""
) -> Result:
    """A message with a file comes in parts, its text among them."""
    file = {"contentType": mime, "url": url}
    spoken = [{"contentType": "text/plain", "value": text}] if text else []
    return {**_common(account, sender, at, id), "message": [*spoken, file]}


def _common(account: Account, sender: str, at: datetime, id: str) -> Result:
    return {
        "messageId": id or new_id(),
        "from": sender.removeprefix("+"),
        "to": account.number.removeprefix("+"),
        "receivedAt": moment(at),
        "price": {"pricePerMessage": 0.0, "currency": "EUR"},
        "callbackData": None,
    }


def report(id: str, state: str, recipient: str, at: datetime, *, error: str = "", data: str = "") -> Result:
    group, group_name, number, name = _STATES[state]
    status = {"groupId": group, "groupName": group_name, "id": number, "name": name, "description": name}
    wrong = {"groupId": 1, "groupName": "HANDSET_ERRORS", "id": 1, "name": error, "permanent": True}
    fine = {"groupId": 0, "groupName": "OK", "id": 0, "name": "NO_ERROR", "permanent": False}
    return {
        "bulkId": "bulk-" + id[:8],
        "messageId": id,
        "to": recipient.removeprefix("+"),
        "sentAt": moment(at),
        "doneAt": moment(at),
        "messageCount": 1,
        "mccMnc": "23410",
        "callbackData": data or None,
        "price": {"pricePerMessage": 0.01, "currency": "EUR"},
        "status": status,
        "error": wrong if error else fine,
    }


def moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}+0000"
