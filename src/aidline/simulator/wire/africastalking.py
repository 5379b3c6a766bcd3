"""Callbacks of Africa's Talking: plain forms that nobody signs; our address itself is the proof.

Source: docs.africastalking.com/sms/notifications and /sms/deliveryreports (read 2026-11-24).
"""

import secrets
from datetime import UTC, datetime
from urllib.parse import urlencode

from aidline.simulator.wire import Post

Fields = dict[str, str]
NETWORK = "63902"

_STATES = {"sent": "Sent", "delivered": "Success", "failed": "Failed"}


def new_id() -> str:
    return "ATXid_" + secrets.token_hex(16)


def post(fields: Fields) -> Post:
    return Post(urlencode(fields).encode(), {"content-type": "application/x-www-form-urlencoded"})


def message(sender: str, to: str, text: str, at: datetime, *, id: str = "", link: str = "") -> Fields:
    return {
        "id": id or new_id(),
        "from": sender,
        "to": to,
        "text": text,
        "date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "linkId": link or secrets.token_hex(8),
        "cost": "None",
        "networkCode": NETWORK,
    }


def delivery(id: str, state: str, recipient: str, *, reason: str = "") -> Fields:
    """`state` in our words; `reason` only for what failed."""
    fields = {"id": id, "status": _STATES[state], "phoneNumber": recipient, "networkCode": NETWORK}
    return {**fields, "retryCount": "0", **({"failureReason": reason} if reason else {})}


def opt_out(sender: str, phone: str) -> Fields:
    return {"senderId": sender, "phoneNumber": phone}


def subscription(phone: str, short_code: str, keyword: str, *, ended: bool = False) -> Fields:
    kind = "deletion" if ended else "addition"
    return {"phoneNumber": phone, "shortCode": short_code, "keyword": keyword, "updateType": kind}
