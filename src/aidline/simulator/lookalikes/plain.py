"""The other end of the generic practice provider; what it speaks is told in `channels.providers.simulator`."""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from aidline.channels.wire.plain import SIGNATURE, sign
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
from aidline.simulator.lookalikes.strict import Table, check, flag, many, number, text, thing
from aidline.simulator.lookalikes.trouble import Ending, ending_of
from aidline.simulator.wire.plain import new_id

VENDOR = "simulator"

_PLACE: Table = {
    "latitude": number(needed=True),
    "longitude": number(needed=True),
    "name": text(),
    "address": text(),
}
_MESSAGE: Table = {
    "id": text(needed=True),
    "to": text(needed=True),
    "scheme": text(needed=True),
    "kind": text(needed=True),
    "text": text(4096),
    "media": thing({"id": text(needed=True), "mime": text(), "name": text()}),
    "place": thing(_PLACE),
    "choices": many({"id": text(needed=True), "title": text(needed=True), "description": text()}, 10),
    "menu_label": text(),
    "template": thing({"name": text(needed=True), "language": text(), "parameters": thing()}),
    "reply_to": text(),
}
_REACTION: Table = {"to": text(needed=True), "target": text(needed=True), "emoji": text()}
_READ: Table = {"id": text(needed=True), "typing": flag()}


class Refused(Exception):
    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.answer = answer({"code": code}, status)


def respond(call: Call, exchange: Exchange) -> Answer:
    try:
        return _route(call, exchange)
    except Refused as refusal:
        return refusal.answer


def _route(call: Call, exchange: Exchange) -> Answer:
    key, *rest = call.parts
    account = exchange.account(VENDOR, key, "")
    if account is None or not _signed(call, account, rest):
        raise Refused("account-closed", 401)
    if call.method == "GET" and rest[:1] == ["media"] and len(rest) == 2:
        return _file(exchange, account, rest[1])
    verb = _VERBS.get("/".join(rest)) if call.method == "POST" else None
    if verb is None:
        raise Refused("no-such-address", 404)
    return verb(call, exchange, account)


def _signed(call: Call, account: Account, rest: list[str]) -> bool:
    signed = rest[-1].encode() if call.method == "GET" and rest else call.body
    given = call.headers.get(SIGNATURE.lower(), "")
    return hmac.compare_digest(given.encode(), sign(account.secret, signed).encode())


def _file(exchange: Exchange, account: Account, file_id: str) -> Answer:
    file = exchange.file(account, file_id)
    if file is None:
        raise Refused("no-such-file", 404)
    return Answer(200, file.content, file.mime)


def _upload(call: Call, exchange: Exchange, account: Account) -> Answer:
    mime = call.headers.get("content-type", "application/octet-stream")
    return answer({"id": exchange.keep_file(account, StoredFile(call.body, mime))})


def _messages(call: Call, exchange: Exchange, account: Account) -> Answer:
    taken = _taken(_document(call, _MESSAGE), account)
    if taken.file and exchange.file(account, taken.file) is None:
        raise Refused("no-such-file")
    ending = ending_of(exchange, account, taken.to)
    refused = _trouble(ending)
    if refused:
        return refused
    exchange.take(replace(taken, fate=ending.fate))
    return ending.late(exchange, answer({"id": taken.id}))


def _trouble(ending: Ending) -> Answer | None:
    if ending.status:
        return answer({"code": "too-fast" if ending.status == 429 else "busy"}, ending.status)
    return answer({"code": ending.code}, 400) if ending.code else None


def _document(call: Call, table: Table) -> dict[str, Any]:
    try:
        content = json.loads(call.body)
    except ValueError:
        raise Refused("not-json") from None
    problem = check(content, table) if isinstance(content, dict) else None
    if problem or not isinstance(content, dict):
        raise Refused(f"{problem.what}-{problem.where}" if problem else "not-an-object")
    return content


def _taken(content: dict[str, Any], account: Account) -> Taken:
    media, place, template = (content.get(name, {}) for name in ("media", "place", "template"))
    return Taken(
        account=account.ref,
        id=new_id(),
        to=content["to"],
        kind=content["kind"],
        text=content.get("text", template.get("name", "")),
        file=media.get("id", ""),
        filename=media.get("name", ""),
        place=_spot(place) if place else None,
        options=[
            Option(one["id"], one["title"], one.get("description", "")) for one in content.get("choices", ())
        ],
        menu_label=content.get("menu_label", ""),
        reply_to=content.get("reply_to", ""),
        opaque=content["id"],
    )


def _spot(place: Mapping[str, Any]) -> tuple[float, float, str, str]:
    return place["latitude"], place["longitude"], place.get("name", ""), place.get("address", "")


def _reactions(call: Call, exchange: Exchange, account: Account) -> Answer:
    content = _document(call, _REACTION)
    taken = Taken(account=account.ref, id=new_id(), to=content["to"], kind="reaction")
    exchange.take(replace(taken, target=content["target"], text=content.get("emoji", "")))
    return answer({"id": taken.id})


def _read(call: Call, exchange: Exchange, account: Account) -> Answer:
    content = _document(call, _READ)
    exchange.mark_read(account, content["id"])
    return answer({"ok": True})


_VERBS: Mapping[str, Callable[[Call, Exchange, Account], Answer]] = {
    "messages": _messages,
    "media": _upload,
    "reactions": _reactions,
    "read": _read,
}
