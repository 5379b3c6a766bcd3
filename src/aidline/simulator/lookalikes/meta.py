"""A look-alike of Meta's Cloud API for WhatsApp: same addresses, same checks, same words of refusal.

Source: as in `meta_rules`, and developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes (read
2026-11-22). Meta answers an unknown key with code 100, a missing one with 131008, a bad value with 131009.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from aidline.simulator.lookalikes import meta_account, meta_templates, multipart
from aidline.simulator.lookalikes import meta_rules as rules
from aidline.simulator.lookalikes.meta_errors import Refused, refuse, trouble
from aidline.simulator.lookalikes.shapes import (
    Account,
    Answer,
    Call,
    Exchange,
    Option,
    StoredFile,
    Taken,
    answer,
)
from aidline.simulator.lookalikes.strict import check
from aidline.simulator.lookalikes.trouble import ending_of
from aidline.simulator.wire.meta import new_wamid

VENDOR = "meta"
_VERSION = re.compile(r"v\d+\.\d+")
_USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")
_NUMBER = re.compile(r"\+?[1-9]\d{6,14}")

# What may be uploaded, and how large: …/cloud-api/reference/media, read 2026-11-22.
_MB = 1024 * 1024
_LARGEST: Mapping[str, int] = {"image": 5 * _MB, "audio": 16 * _MB, "video": 16 * _MB}
_LARGEST_DOCUMENT = 100 * _MB


def respond(call: Call, exchange: Exchange) -> Answer:
    try:
        return _route(call, exchange)
    except Refused as refusal:
        return refusal.answer


def _route(call: Call, exchange: Exchange) -> Answer:
    account = _account(call, exchange)
    version, *rest = call.parts
    if version == "files" and call.method == "GET" and rest:
        return _download(exchange, account, rest[0])
    if not _VERSION.fullmatch(version) or not rest:
        raise Refused(2500, "Unknown path components", 400)
    if len(rest) == 1 and call.method == "GET":
        return _node(exchange, account, rest[0])
    if len(rest) == 1 and call.method == "POST":
        return meta_templates.change(call, exchange, account, rest[0])
    if not account.owns(rest[0]):
        raise Refused(100, f"Unsupported request. Object with ID '{rest[0][:40]}' does not exist")
    verb = _VERBS.get((call.method, "/".join(rest[1:])))
    if verb is None:
        raise Refused(2500, "Unknown path components", 400)
    return verb(call, exchange, account)


def _account(call: Call, exchange: Exchange) -> Account:
    kind, _, token = call.headers.get("authorization", "").partition(" ")
    account = exchange.account(VENDOR, "", token) if kind == "Bearer" and token else None
    if account is None:
        raise Refused(190, "Invalid OAuth access token - Cannot parse access token", 401)
    return account


# --- messages --------------------------------------------------------------------------------------------


def _messages(call: Call, exchange: Exchange, account: Account) -> Answer:
    content = _document(call)
    if "status" in content:
        return _read(content, exchange, account)
    taken = _checked(content, exchange, account)
    ending = ending_of(exchange, account, taken.to)
    refused = trouble(ending)
    if refused:
        return refused
    exchange.take(replace(taken, fate=ending.fate))
    return ending.late(exchange, answer(_receipt_of(taken)))


def _document(call: Call) -> dict[str, Any]:
    try:
        content = json.loads(call.body)
    except ValueError:
        content = None
    if not isinstance(content, dict) or "json" not in call.headers.get("content-type", ""):
        raise Refused(100, "The parameter messaging_product is required.")
    return content


def _read(content: dict[str, Any], exchange: Exchange, account: Account) -> Answer:
    refuse(check(content, rules.READ))
    exchange.mark_read(account, content["message_id"])
    return answer({"success": True})


def _checked(content: dict[str, Any], exchange: Exchange, account: Account) -> Taken:
    kind = str(content.get("type") or "text")
    inside = content.get(kind)
    refuse(check(content, rules.message(kind, inside)))
    taken = Taken(
        account=account.ref,
        id=new_wamid(),
        to=_recipient(content),
        kind=kind,
        reply_to=content.get("context", {}).get("message_id", ""),
        opaque=content.get("biz_opaque_callback_data", ""),
    )
    return _READERS[kind](taken, inside, Stock(exchange, account))


def _recipient(content: dict[str, Any]) -> str:
    """With both, the number wins (business-scoped user ids, read 2026-11-22)."""
    number, user = content.get("to", ""), content.get("recipient", "")
    if number:
        if not _NUMBER.fullmatch(number):
            raise Refused(131009, "to is not a phone number")
        return "+" + str(number).removeprefix("+")
    if not _USER_ID.fullmatch(user):
        raise Refused(131008, "to is missing")
    return str(user)


def _receipt_of(taken: Taken) -> dict[str, Any]:
    digits = taken.to.removeprefix("+")
    contact = {"wa_id": digits} if taken.to.startswith("+") else {"user_id": taken.to}
    message = {"id": taken.id, **({"message_status": "accepted"} if taken.kind == "template" else {})}
    return {
        "messaging_product": "whatsapp",
        "contacts": [{"input": digits, **contact}],
        "messages": [message],
    }


# --- what is in a message --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stock:
    """Where the files and templates lie that a message may name."""

    exchange: Exchange
    account: Account


def _text(taken: Taken, inside: Any, _stock: Stock) -> Taken:
    return replace(taken, text=inside["body"])


def _file(taken: Taken, inside: Any, stock: Stock) -> Taken:
    file, link = inside.get("id", ""), inside.get("link", "")
    if bool(file) == bool(link):
        raise Refused(100, "Either id or link is required")
    if file and stock.exchange.file(stock.account, file) is None:
        raise Refused(131009, f"Media ID {file[:40]} is not known")
    return replace(
        taken, file=file, link=link, text=inside.get("caption", ""), filename=inside.get("filename", "")
    )


def _location(taken: Taken, inside: Any, _stock: Stock) -> Taken:
    try:
        spot = float(inside["latitude"]), float(inside["longitude"])
    except ValueError:
        raise Refused(131009, "latitude and longitude must be numbers") from None
    return replace(taken, place=(*spot, inside.get("name", ""), inside.get("address", "")))


def _reaction(taken: Taken, inside: Any, _stock: Stock) -> Taken:
    return replace(taken, target=inside["message_id"], text=inside.get("emoji", ""))


def _contacts(taken: Taken, inside: Any, _stock: Stock) -> Taken:
    return replace(
        taken, text=", ".join(str(card.get("name", {}).get("formatted_name", "")) for card in inside)
    )


def _interactive(taken: Taken, inside: Any, _stock: Stock) -> Taken:
    action = inside["action"]
    rows = [row for section in action.get("sections", ()) for row in section["rows"]]
    if len(rows) > 10:
        raise Refused(131009, "A list has at most 10 rows in all sections")
    chosen = rows or [button["reply"] for button in action.get("buttons", ())]
    if len({one["id"] for one in chosen}) < len(chosen) or len({one["title"] for one in chosen}) < len(
        chosen
    ):
        raise Refused(131009, "Ids and titles must differ")
    options = [Option(one["id"], one["title"], one.get("description", "")) for one in chosen]
    return replace(
        taken,
        text=inside["body"]["text"],
        options=options,
        as_list=bool(rows),
        menu_label=action.get("button", ""),
    )


def _template(taken: Taken, inside: Any, stock: Stock) -> Taken:
    return meta_templates.sent(taken, inside, stock.exchange.forms(stock.account))


_READERS: Mapping[str, Callable[[Taken, Any, Stock], Taken]] = {
    "text": _text,
    **dict.fromkeys(rules.FILES, _file),
    "location": _location,
    "reaction": _reaction,
    "contacts": _contacts,
    "interactive": _interactive,
    "template": _template,
}


# --- files, and the account itself ------------------------------------------------------------------------


def _node(exchange: Exchange, account: Account, id: str) -> Answer:
    if account.owns(id) and exchange.file(account, id) is None:
        return meta_account.number(account)
    return _file_address(exchange, account, id)


def _subscribe(call: Call, _exchange: Exchange, account: Account) -> Answer:
    refuse(meta_account.subscribe(_document(call), account))
    return answer({"success": True})


def _subscriptions(_call: Call, exchange: Exchange, account: Account) -> Answer:
    return meta_account.subscriptions(account, exchange)


def _upload(call: Call, exchange: Exchange, account: Account) -> Answer:
    parts = multipart.read(call.headers.get("content-type", ""), call.body)
    file, product = parts.get("file"), parts.get("messaging_product")
    if product is None or product.content != b"whatsapp":
        raise Refused(100, "The parameter messaging_product is required.")
    if file is None:
        raise Refused(100, "The parameter file is required.")
    mime = (parts["type"].content.decode("utf-8", "replace") if "type" in parts else "") or file.mime
    if len(file.content) > _LARGEST.get(mime.partition("/")[0], _LARGEST_DOCUMENT):
        raise Refused(131053, "Media upload error: the file is too large")
    return answer({"id": exchange.keep_file(account, StoredFile(file.content, mime, file.filename))})


def _file_address(exchange: Exchange, account: Account, file_id: str) -> Answer:
    file = _stored(exchange, account, file_id)
    return answer(
        {
            "messaging_product": "whatsapp",
            "url": f"{exchange.base_url}/look-alike/meta/files/{file_id}",
            "mime_type": file.mime,
            "sha256": hashlib.sha256(file.content).hexdigest(),
            "file_size": len(file.content),
            "id": file_id,
        }
    )


def _download(exchange: Exchange, account: Account, file_id: str) -> Answer:
    file = _stored(exchange, account, file_id)
    return Answer(200, file.content, file.mime)


def _stored(exchange: Exchange, account: Account, file_id: str) -> StoredFile:
    file = exchange.file(account, file_id)
    if file is None:
        raise Refused(100, f"Unsupported get request. Object with ID '{file_id[:40]}' does not exist")
    return file


_VERBS: Mapping[tuple[str, str], Callable[[Call, Exchange, Account], Answer]] = {
    ("POST", "messages"): _messages,
    ("POST", "media"): _upload,
    ("POST", "subscribed_apps"): _subscribe,
    ("GET", "subscribed_apps"): _subscriptions,
    **{(method, "message_templates"): verb for method, verb in meta_templates.VERBS.items()},
}
