"""Any gateway: a small one with plain names, for practice with the provider of any kind.

It takes `to`, `text`, `file`, `reference`, `callback` and `sender` as JSON, as a form or in a query, at any path but
`files/…`, and refuses every other name. The key comes as a bearer token.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from aidline.simulator.lookalikes.shapes import Account, Answer, Call, Exchange, Taken, answer
from aidline.simulator.lookalikes.strict import Table, check, text
from aidline.simulator.lookalikes.trouble import Ending, ending_of

VENDOR = "http"
LONGEST = 1600

_MESSAGE: Table = {
    "to": text(60, needed=True),
    "text": text(LONGEST),
    "file": text(2000),
    "reference": text(60),
    "callback": text(2000),
    "sender": text(60),
}


class Refused(Exception):
    def __init__(self, code: str, status: int = 400, words: str = "") -> None:
        super().__init__(code)
        self.answer = error(code, status, words)


def respond(call: Call, exchange: Exchange) -> Answer:
    try:
        return _route(call, exchange)
    except Refused as refusal:
        return refusal.answer


def error(code: str, status: int = 400, words: str = "") -> Answer:
    return answer({"ok": False, "error": {"code": code, "message": words or code}}, status)


def _route(call: Call, exchange: Exchange) -> Answer:
    account = _account(call, exchange)
    if call.method == "GET" and call.parts[0] == "files":
        return _file(exchange, account, call.parts[-1])
    content = _content(call)
    taken = _taken(content, account)
    ending = ending_of(exchange, account, taken.to)
    refused = _trouble(ending)
    if refused:
        return refused
    exchange.take(replace(taken, fate=ending.fate))
    return ending.late(exchange, answer({"ok": True, "data": {"id": taken.id}}, 201))


def _account(call: Call, exchange: Exchange) -> Account:
    kind, _, token = call.headers.get("authorization", "").partition(" ")
    account = exchange.account(VENDOR, "", token) if kind == "Bearer" and token else None
    if account is None:
        raise Refused("wrong-key", 401)
    return account


def _file(exchange: Exchange, account: Account, file_id: str) -> Answer:
    file = exchange.file(account, file_id)
    if file is None:
        raise Refused("no-such-file", 404)
    return Answer(200, file.content, file.mime)


def _content(call: Call) -> Mapping[str, Any]:
    kind = call.headers.get("content-type", "")
    if "json" in kind:
        try:
            content = json.loads(call.body)
        except ValueError:
            raise Refused("not-json") from None
    else:
        form = dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))
        content = {**call.query, **form}
    if not isinstance(content, dict):
        raise Refused("not-an-object")
    return content


def _taken(content: Mapping[str, Any], account: Account) -> Taken:
    problem = check(content, _MESSAGE)
    if problem:
        raise Refused(f"{problem.what}-{problem.where}")
    if not content.get("text") and not content.get("file"):
        raise Refused("nothing-to-send")
    digits = content["to"].removeprefix("+")
    return Taken(
        account=account.ref,
        id="g-" + secrets.token_hex(8),
        to=f"+{digits}" if digits.isdigit() else content["to"],
        kind="media" if content.get("file") else "text",
        text=content.get("text", ""),
        link=content.get("file", ""),
        opaque=content.get("reference", ""),
        callback=content.get("callback", ""),
    )


def _trouble(ending: Ending) -> Answer | None:
    if ending.status:
        return error("too-fast" if ending.status == 429 else "broken", ending.status)
    return error(ending.code, 400, "refused for practice") if ending.code else None
