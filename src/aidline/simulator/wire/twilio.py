"""Webhooks of Twilio for SMS and WhatsApp.

Source: twilio.com/docs/messaging/guides/webhook-request, …/track-outbound-message-status and
twilio.com/docs/usage/security#validating-requests (read 2026-11-22). All fields are strings in a form; an
inbound call carries no time.
"""

import hmac
import secrets
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from aidline.kernel import text as words
from aidline.simulator.wire import Post

API_VERSION = "2010-04-01"
Fields = dict[str, str]


@dataclass(frozen=True, slots=True)
class Account:
    """One sender at Twilio. `number` is E.164; WhatsApp senders carry a prefix on the wire."""

    sid: str
    auth_token: str
    number: str
    whatsapp: bool = False

    def address(self, value: str) -> str:
        return f"whatsapp:{value}" if self.whatsapp else value


def new_sid(prefix: str) -> str:
    """SM for a message, MM for one with files, ME for a file, HX for content."""
    return prefix + secrets.token_hex(16)


# --- the call --------------------------------------------------------------------------------------------


def post(account: Account, url: str, fields: Mapping[str, str]) -> Post:
    """`url` is the public address of the webhook with its query, as we gave it to Twilio."""
    headers = {
        "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
        "x-twilio-signature": sign(account.auth_token, url, fields),
    }
    return Post(urlencode(fields).encode(), headers)


def sign(auth_token: str, url: str, fields: Mapping[str, str]) -> str:
    signed = url + "".join(name + fields[name] for name in sorted(fields))
    return b64encode(hmac.digest(auth_token.encode(), signed.encode(), "sha1")).decode()


# --- what a person says ----------------------------------------------------------------------------------


def message(
    account: Account, sender: str, body: str = "", *, sid: str = "", name: str = "", **extra: str
) -> Fields:
    """`sender` is a number, or on WhatsApp a business-scoped id. `extra` are further fields of Twilio."""
    sid = sid or new_sid("SM")
    fields = {
        "MessageSid": sid,
        "SmsSid": sid,
        "SmsMessageSid": sid,
        "AccountSid": account.sid,
        "From": account.address(sender),
        "To": account.address(account.number),
        "Body": body,
        "NumMedia": "0",
        "NumSegments": str(_segments(account, body)),
        "SmsStatus": "received",
        "ApiVersion": API_VERSION,
    }
    return fields | (_whatsapp(sender, name) if account.whatsapp else {}) | extra


def _segments(account: Account, body: str) -> int:
    return 1 if account.whatsapp else max(words.segments(body).count, 1)


def _whatsapp(sender: str, name: str) -> Fields:
    user = {"WaId": sender[1:]} if sender.startswith("+") else {"ExternalUserId": f"whatsapp:{sender}"}
    return {"ProfileName": name, "ChannelMetadata": '{"type":"whatsapp"}', "MessageType": "text", **user}


def media(
    account: Account,
    sender: str,
    files: Sequence[tuple[str, str]],
    body: str = "",
    *,
    sid: str = "",
    name: str = "",
    **extra: str,
) -> Fields:
    """`files` as (address, type), both as Twilio names them."""
    fields = message(account, sender, body, sid=sid or new_sid("MM"), name=name, NumMedia=str(len(files)))
    for place, (url, mime) in enumerate(files):
        fields |= {f"MediaUrl{place}": url, f"MediaContentType{place}": mime}
    if account.whatsapp and files:
        fields["MessageType"] = files[0][1].partition("/")[0].replace("application", "document")
    return fields | extra


def media_url(base_url: str, account: Account, message_sid: str, media_sid: str) -> str:
    path = f"{API_VERSION}/Accounts/{account.sid}/Messages/{message_sid}/Media/{media_sid}"
    return f"{base_url.rstrip('/')}/{path}"


def location(
    account: Account,
    sender: str,
    latitude: float,
    longitude: float,
    *,
    label: str = "",
    address: str = "",
    sid: str = "",
    name: str = "",
) -> Fields:
    place = {"Latitude": str(latitude), "Longitude": str(longitude), "Label": label, "Address": address}
    filled = {key: value for key, value in place.items() if value}
    return message(account, sender, sid=sid, name=name) | filled | {"MessageType": "location"}


def button_reply(
    account: Account, sender: str, payload: str, title: str, reply_to: str, *, sid: str = "", name: str = ""
) -> Fields:
    pressed = {"ButtonText": title, "ButtonPayload": payload, "OriginalRepliedMessageSid": reply_to}
    return message(account, sender, title, sid=sid, name=name) | pressed | {"MessageType": "button"}


def list_reply(
    account: Account, sender: str, choice: str, title: str, reply_to: str, *, sid: str = "", name: str = ""
) -> Fields:
    pressed = {"ListId": choice, "ListTitle": title, "OriginalRepliedMessageSid": reply_to}
    return message(account, sender, title, sid=sid, name=name) | pressed | {"MessageType": "interactive"}


# --- what became of ours ---------------------------------------------------------------------------------


def status(account: Account, sid: str, state: str, recipient: str, *, code: str = "") -> Fields:
    """`state` is queued, sent, delivered, undelivered, failed or, on WhatsApp, read."""
    fields = {
        "MessageSid": sid,
        "SmsSid": sid,
        "MessageStatus": state,
        "SmsStatus": state,
        "AccountSid": account.sid,
        "From": account.address(account.number),
        "To": account.address(recipient),
        "ApiVersion": API_VERSION,
    }
    if account.whatsapp:
        fields["ChannelPrefix"] = "whatsapp"
    if state == "read":
        fields["EventType"] = "READ"
    return fields | ({"ErrorCode": code} if code else {})
