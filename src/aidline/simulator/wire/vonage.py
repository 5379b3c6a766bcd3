"""Webhooks of Vonage: a form with `sig` from the SMS API, JSON with a token from the Messages API.

Source: developer.vonage.com/messaging/sms/guides, …/concepts/signing-messages, …/messages/concepts/signed-webhooks
(read 2026-11-24). Neither is signed where the account has no signature secret here.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from aidline.kernel import text as words
from aidline.kernel.clock import now
from aidline.simulator.wire import Post

Fields = dict[str, str]
_PIECE = {"GSM-7": 153, "UCS-2": 67}


@dataclass(frozen=True, slots=True)
class Account:
    key: str
    number: str
    signature_secret: str = ""
    method: str = "md5hash"
    by_messages: bool = False

    @property
    def bare_number(self) -> str:
        return self.number.removeprefix("+")


def new_id(account: Account) -> str:
    return str(uuid4()) if account.by_messages else secrets.token_hex(8).upper()


# --- the SMS API -----------------------------------------------------------------------------------------


def form(account: Account, fields: Mapping[str, str]) -> Post:
    signed = {**fields, "api-key": account.key}
    if account.signature_secret:
        signed |= {"timestamp": str(int(now().timestamp())), "nonce": secrets.token_hex(8)}
        signed |= {"sig": sign(account, signed)}
    return Post(urlencode(signed).encode(), {"content-type": "application/x-www-form-urlencoded"})


def sign(account: Account, fields: Mapping[str, str]) -> str:
    pairs = (f"&{name}={fields[name]}".split("=", 1) for name in sorted(fields))
    text = "".join(f"{name}={value.translate(_REPLACED)}" for name, value in pairs).encode()
    secret = account.signature_secret.encode()
    if account.method == "md5hash":
        return hashlib.md5(text + secret).hexdigest()  # noqa: S324 (theirs, not our choice)
    return hmac.new(secret, text, account.method).hexdigest().upper()


_REPLACED = str.maketrans("&=", "__")


def message(account: Account, sender: str, text: str, at: datetime, *, id: str = "") -> Fields:
    plain = words.segments(text).encoding == "GSM-7"
    return {
        "msisdn": sender.removeprefix("+"),
        "to": account.bare_number,
        "messageId": id or new_id(account),
        "text": text,
        "type": "text" if plain else "unicode",
        "keyword": text.split(" ", maxsplit=1)[0].upper(),
        "message-timestamp": _stamp(at),
    }


def pieces(account: Account, sender: str, text: str, at: datetime) -> list[Fields]:
    """A long message as it comes in: each piece a message of its own."""
    size = _PIECE[words.segments(text).encoding]
    cut = [text[start : start + size] for start in range(0, len(text), size)]
    common = {"concat": "true", "concat-ref": secrets.token_hex(2), "concat-total": str(len(cut))}
    return [
        {**message(account, sender, one, at), **common, "concat-part": str(place)}
        for place, one in enumerate(cut, 1)
    ]


def delivery(
    account: Account, id: str, state: str, recipient: str, at: datetime, *, code: str = "", ref: str = ""
) -> Fields:
    """`state` is accepted, delivered or failed; `code` is Vonage's err-code."""
    return {
        "msisdn": recipient.removeprefix("+"),
        "to": account.bare_number,
        "network-code": "23410",
        "messageId": id,
        "price": "0.03330000",
        "status": state,
        "scts": at.astimezone(UTC).strftime("%y%m%d%H%M"),
        "err-code": code or "0",
        "message-timestamp": _stamp(at),
        **({"client-ref": ref} if ref else {}),
    }


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


# --- the Messages API ------------------------------------------------------------------------------------


def document(account: Account, whole: Mapping[str, Any]) -> Post:
    body = json.dumps(whole, ensure_ascii=False).encode()
    headers = {"content-type": "application/json"}
    if account.signature_secret:
        headers["authorization"] = f"Bearer {token(account, body)}"
    return Post(body, headers)


def token(account: Account, body: bytes) -> str:
    claims = {
        "iat": int(now().timestamp()),
        "jti": str(uuid4()),
        "iss": "Vonage",
        "payload_hash": hashlib.sha256(body).hexdigest(),
        "api_key": account.key,
    }
    head = _packed(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    signed = f"{head}.{_packed(json.dumps(claims).encode())}"
    mac = hmac.digest(account.signature_secret.encode(), signed.encode(), "sha256")
    return f"{signed}.{_packed(mac)}"


def _packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def inbound(
    account: Account, sender: str, at: datetime, kind: str, *, id: str = "", channel: str = "sms", **more: Any
) -> dict[str, Any]:
    return {
        "channel": channel,
        "message_uuid": id or new_id(account),
        "to": account.bare_number,
        "from": sender.removeprefix("+"),
        "timestamp": _iso(at),
        "message_type": kind,
        **more,
    }


def status(
    account: Account, id: str, state: str, recipient: str, at: datetime, *, code: str = "", ref: str = ""
) -> dict[str, Any]:
    """`state` is submitted, delivered, read or rejected."""
    kind = f"https://developer.vonage.com/api-errors/messages#{code}"
    wrong = {"type": kind, "title": code, "detail": "Not delivered", "instance": str(uuid4())}
    return {
        "channel": "sms",
        "message_uuid": id,
        "to": recipient.removeprefix("+"),
        "from": account.bare_number,
        "timestamp": _iso(at),
        "status": state,
        "usage": {"price": "0.0333", "currency": "EUR"},
        **({"error": wrong} if code else {}),
        **({"client_ref": ref} if ref else {}),
    }


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
