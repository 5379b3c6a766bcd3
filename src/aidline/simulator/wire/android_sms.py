"""Calls as the app SMS Gateway for Android makes them; its format is told in `channels.wire.android_sms_events`."""

import hmac
import json
import secrets
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aidline.kernel import clock
from aidline.simulator.wire import Post

DEVICE = "practice-phone"

Payload = Mapping[str, Any]


def new_id() -> str:
    return secrets.token_urlsafe(16)[:21]


def post(key: str, event: str, payload: Payload, *, id: str = "") -> Post:
    whole = {
        "deviceId": DEVICE,
        "event": event,
        "id": id or new_id(),
        "webhookId": f"{DEVICE}-{event}",
        "payload": payload,
    }
    body = json.dumps(whole, ensure_ascii=False).encode()
    timestamp = str(int(clock.now().timestamp()))
    signature = hmac.digest(key.encode(), body + timestamp.encode(), "sha256").hex()
    return Post(
        body, {"content-type": "application/json", "x-signature": signature, "x-timestamp": timestamp}
    )


def sms(sender: str, at: datetime, text: str) -> Payload:
    return {**_from(sender, at), "messageId": f"{abs(hash(text)):x}"[:8], "message": text}


def data_sms(sender: str, at: datetime, content: bytes) -> Payload:
    return {**_from(sender, at), "messageId": "0", "data": b64encode(content).decode()}


def mms(sender: str, at: datetime, content: bytes, mime: str, *, name: str = "", text: str = "") -> Payload:
    file = {
        "partId": 1,
        "contentType": mime,
        "name": name or None,
        "size": len(content),
        "data": b64encode(content).decode(),
    }
    return {
        **_from(sender, at),
        "messageId": "1",
        "body": text or None,
        "subject": None,
        "attachments": [file],
    }


def _from(sender: str, at: datetime) -> Payload:
    return {
        "sender": sender,
        "phoneNumber": sender,
        "recipient": None,
        "simNumber": 1,
        "receivedAt": at.isoformat(timespec="milliseconds"),
    }


_MOMENTS = {"sent": "sentAt", "delivered": "deliveredAt", "failed": "failedAt"}


def outcome(message: str, state: str, at: datetime, to: str, *, reason: str = "") -> Payload:
    told: dict[str, Any] = {
        "messageId": message,
        "sender": None,
        "recipient": to,
        "phoneNumber": to,
        "simNumber": 1,
        _MOMENTS[state]: at.isoformat(timespec="milliseconds"),
    }
    return {**told, "reason": f"Sending: {reason}"} if reason else told
