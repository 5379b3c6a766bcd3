"""A look-alike of Twilio's messaging API; its contents are in `twilio_contents`.

Source: twilio.com/docs/messaging/api/message-resource, …/content/content-api-resources and the errors (read
2026-11-22), Twilio's API description 2010-04-01. Twilio leaves unknown fields unread; we refuse them
(20001), so that a slip in a name is found here and not in the field.
"""

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs

from aidline.simulator.lookalikes import twilio_account, twilio_contents, twilio_voice
from aidline.simulator.lookalikes.shapes import (
    Account,
    Answer,
    Call,
    Exchange,
    Said,
    StoredFile,
    Taken,
    answer,
)
from aidline.simulator.lookalikes.trouble import ending_of
from aidline.simulator.lookalikes.twilio_errors import Refused, trouble
from aidline.simulator.wire.twilio import API_VERSION, new_sid

VENDOR = "twilio"
LONGEST = 1600
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")
_PREFIX = "whatsapp:"
_GEO = re.compile(r"geo:(-?[\d.]+),(-?[\d.]+)(?:\|(.*))?", re.DOTALL)

_FIELDS = frozenset(
    {
        "To",
        "From",
        "MessagingServiceSid",
        "FallbackFrom",
        "Body",
        "MediaUrl",
        "StatusCallback",
        "ApplicationSid",
    }
    | {"MaxPrice", "ProvideFeedback", "Attempt", "ValidityPeriod", "ForceDelivery", "ContentRetention"}
    | {"AddressRetention", "SmartEncoded", "PersistentAction", "TrafficType", "ShortenUrls", "ScheduleType"}
    | {"SendAt", "SendAsMms", "ContentSid", "ContentVariables", "RiskCheck"}
)


def respond(call: Call, exchange: Exchange) -> Answer:
    try:
        return _route(call, exchange)
    except Refused as refusal:
        return refusal.answer


def _route(call: Call, exchange: Exchange) -> Answer:
    account = _account(call, exchange)
    parts = call.parts
    if parts[0] == "v1" and len(parts) > 1:
        return twilio_contents.respond(call, exchange, account)
    if parts == [API_VERSION, "Accounts", f"{account.key}.json"] and call.method == "GET":
        return twilio_account.account_of(account)
    if parts[:2] != [API_VERSION, "Accounts"] or len(parts) < 4:
        raise Refused(20404, f"The requested resource /{call.path[:80]} was not found", 404)
    if not account.owns(parts[2]):
        raise Refused(20404, "The requested resource was not found", 404)
    if parts[3:] == ["Messages.json"]:
        return _messages(call, exchange, account) if call.method == "POST" else _list(call, exchange, account)
    if parts[3].startswith("IncomingPhoneNumbers"):
        return _numbers(call, exchange, account)
    if parts[3] == "Applications" and len(parts) == 5:
        return _app(call, parts[4].removesuffix(".json"), account)
    if twilio_voice.is_about_calls(parts[3:]):
        return twilio_voice.respond(call, exchange, account)
    if len(parts) >= 6 and parts[3] == "Messages" and call.method == "GET":
        return _media(parts[4:], exchange, account)
    raise Refused(20404, f"The requested resource /{call.path[:80]} was not found", 404)


def _account(call: Call, exchange: Exchange) -> Account:
    kind, _, packed = call.headers.get("authorization", "").partition(" ")
    try:
        user, _, secret = b64decode(packed, validate=True).decode().partition(":")
    except ValueError:
        user, secret = "", ""
    account = exchange.account(VENDOR, user, secret) if kind == "Basic" and user else None
    if account is None:
        raise Refused(20003, "Authenticate", 401)
    return account


# --- messages --------------------------------------------------------------------------------------------


def _messages(call: Call, exchange: Exchange, account: Account) -> Answer:
    if "application/x-www-form-urlencoded" not in call.headers.get("content-type", ""):
        raise Refused(20001, "The body must be a form")
    fields = parse_qs(call.body.decode("utf-8", "replace"), keep_blank_values=True)
    taken = _checked(fields, exchange, account)
    ending = ending_of(exchange, account, taken.to)
    refused = trouble(ending)
    if refused:
        return refused
    exchange.take(replace(taken, fate=ending.fate))
    return ending.late(exchange, answer(_resource(account, taken), 201))


def _checked(fields: Mapping[str, list[str]], exchange: Exchange, account: Account) -> Taken:
    unknown = next((name for name in fields if name not in _FIELDS), None)
    if unknown:
        raise Refused(20001, f"Unknown parameter {unknown[:40]}")
    one = {name: values[0] for name, values in fields.items()}
    _check_sender(one, account)
    files = fields.get("MediaUrl", [])
    if not one.get("Body") and not files and not one.get("ContentSid"):
        raise Refused(21602, "Message body is required")
    if len(one.get("Body", "")) > LONGEST:
        raise Refused(21617, "The concatenated message body exceeds the 1600 character limit")
    if len(files) > 10:
        raise Refused(21623, "Number of media files exceeds allowed limit")
    taken = Taken(
        account=account.ref,
        id=new_sid("MM" if files else "SM"),
        to=_recipient(one, account),
        kind="media" if files else "text",
        text=one.get("Body", ""),
        link=files[0] if files else "",
        callback=one.get("StatusCallback", ""),
        place=_place(one.get("PersistentAction", "")),
    )
    return twilio_contents.sent(taken, one, exchange, account) if one.get("ContentSid") else taken


def _check_sender(one: Mapping[str, str], account: Account) -> None:
    sender = one.get("From", "")
    if not sender and not one.get("MessagingServiceSid"):
        raise Refused(21603, "A 'From' phone number is required")
    own = _PREFIX + account.number if account.whatsapp else account.number
    if sender and account.number and sender != own:
        code = 63007 if sender.startswith(_PREFIX) else 21606
        raise Refused(code, "The From address is not one of your senders")


def _recipient(one: Mapping[str, str], account: Account) -> str:
    given = one.get("To", "")
    if not given:
        raise Refused(21604, "A 'To' phone number is required")
    bare = given.removeprefix(_PREFIX)
    if account.number and account.whatsapp != given.startswith(_PREFIX):
        raise Refused(21910, "From and To must be of the same channel")
    if not _NUMBER.fullmatch(bare) and not (account.whatsapp and _USER_ID.fullmatch(bare)):
        raise Refused(21211, "The 'To' number is not a valid phone number")
    return bare


def _place(action: str) -> tuple[float, float, str, str] | None:
    found = _GEO.fullmatch(action)
    return (float(found[1]), float(found[2]), found[3] or "", "") if found else None


def _resource(account: Account, taken: Taken) -> dict[str, Any]:
    at = datetime.now(UTC)
    facts = {
        "sid": taken.id,
        "to": _shown(account, taken.to),
        "from": _shown(account, account.number),
        "body": taken.text,
        "status": "queued",
        "direction": "outbound-api",
        "num_media": "1" if taken.link else "0",
        "date_sent": None,
    }
    return {**_common(account, taken.id, at), **facts}


def _common(account: Account, sid: str, at: datetime) -> dict[str, Any]:
    path = f"/{API_VERSION}/Accounts/{account.key}/Messages/{sid}"
    return {
        "account_sid": account.key,
        "api_version": API_VERSION,
        "date_created": format_datetime(at),
        "date_updated": format_datetime(at),
        "error_code": None,
        "error_message": None,
        "messaging_service_sid": None,
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "uri": f"{path}.json",
        "subresource_uris": {"media": f"{path}/Media.json"},
    }


def _shown(account: Account, address: str) -> str:
    return _PREFIX + address if account.whatsapp else address


# --- what people said, listed ----------------------------------------------------------------------------


def _list(call: Call, exchange: Exchange, account: Account) -> Answer:
    """Newest first, as Twilio does; one page holds all that practice ever has."""
    since = _day(call.query.get("DateSent>", ""))
    found = [said for said in exchange.said_since(account, since) if _meant(call, account, said)]
    messages = [_listed(account, said) for said in sorted(found, key=lambda said: said.at, reverse=True)]
    uri = f"/{call.path}"
    whole = {"page": 0, "page_size": len(messages), "start": 0, "end": max(len(messages) - 1, 0)}
    links = {"uri": uri, "first_page_uri": uri, "next_page_uri": None, "previous_page_uri": None}
    return answer({**whole, **links, "messages": messages})


def _day(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None


def _meant(call: Call, account: Account, said: Said) -> bool:
    wanted = call.query.get("To", "")
    return not wanted or wanted == _shown(account, said.to)


def _listed(account: Account, said: Said) -> dict[str, Any]:
    facts = {
        "sid": said.id,
        "to": _shown(account, said.to),
        "from": _shown(account, said.sender),
        "body": said.text,
        "status": "received",
        "direction": "inbound",
        "num_media": str(said.files),
        "date_sent": format_datetime(said.at),
    }
    return {**_common(account, said.id, said.at), **facts}


def _media(parts: list[str], exchange: Exchange, account: Account) -> Answer:
    """`MM…/Media.json` lists, `MM…/Media/ME…` is the file. The file's id ends like the message's."""
    file_id = "ME" + parts[0][2:]
    file = exchange.file(account, file_id)
    if file is None:
        raise Refused(20404, "The requested resource was not found", 404)
    if parts[1:] == ["Media.json"]:
        return answer({"media_list": [_media_row(account, parts[0], file_id, file)], "next_page_uri": None})
    if parts[1:] == ["Media", file_id]:
        return Answer(200, file.content, file.mime)
    raise Refused(20404, "The requested resource was not found", 404)


def _media_row(account: Account, message: str, file_id: str, file: StoredFile) -> dict[str, Any]:
    uri = f"/{API_VERSION}/Accounts/{account.key}/Messages/{message}/Media/{file_id}.json"
    return {
        "sid": file_id,
        "account_sid": account.key,
        "parent_sid": message,
        "content_type": file.mime,
        "uri": uri,
    }


# --- numbers ---------------------------------------------------------------------------------------------


def _numbers(call: Call, exchange: Exchange, account: Account) -> Answer:
    rest = call.parts[3:]
    if rest == ["IncomingPhoneNumbers.json"] and call.method == "GET":
        return twilio_account.numbers(account, exchange, call.query.get("PhoneNumber", ""))
    known = len(rest) == 2 and twilio_account.is_number(account, rest[1].removesuffix(".json"))
    if not known or call.method != "POST":
        raise Refused(20404, "The requested resource was not found", 404)
    return twilio_account.change(account, exchange, _settings(call, twilio_account.CHANGES))


def _settings(call: Call, known: frozenset[str]) -> dict[str, str]:
    fields = {name: values[0] for name, values in parse_qs(call.body.decode("utf-8", "replace")).items()}
    unknown = next((name for name in fields if name not in known), None)
    if unknown:
        raise Refused(20001, f"Unknown parameter {unknown[:40]}")
    for name in ("SmsUrl", *twilio_account.OF_CALLS):
        if not fields.get(name, "http").startswith("http"):
            raise Refused(21502, f"{name} is not valid")
    return fields


def _app(call: Call, sid: str, account: Account) -> Answer:
    if account.whatsapp or not twilio_account.is_app(sid):
        raise Refused(20404, "The requested resource was not found", 404)
    fields = _settings(call, twilio_account.OF_APP) if call.method == "POST" else {}
    return twilio_account.app(account, sid, fields)
