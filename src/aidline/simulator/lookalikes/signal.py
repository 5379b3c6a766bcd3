"""A look-alike of signal-cli-rest-api in the mode json-rpc.

Source: its API description (read 2026-11-24). The bridge asks for no password; here the first part of the address
names the channel by our number. The bridge leaves unknown fields unread; we refuse them, so that a slip is found.
"""

import json
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from aidline.kernel import phones
from aidline.simulator.lookalikes.shapes import Account, Answer, Call, Exchange, StoredFile, Taken, answer
from aidline.simulator.lookalikes.strict import Rule, Table, check, flag, many, text, thing
from aidline.simulator.lookalikes.trouble import Ending, ending_of
from aidline.simulator.wire.signal import new_moment

VENDOR = "signal"

_WHOLE = Rule((int,))
_MENTION: Table = {"author": text(), "length": _WHOLE, "start": _WHOLE}
_SEND: Table = {
    "number": text(needed=True),
    "recipients": Rule((list,), needed=True),
    "message": Rule((str,)),
    "base64_attachments": Rule((list,), most=32),
    "text_mode": text(only=frozenset({"normal", "styled"})),
    "quote_timestamp": _WHOLE,
    "quote_author": text(),
    "quote_message": text(),
    "quote_mentions": many(_MENTION),
    "mentions": many(_MENTION),
    "edit_timestamp": _WHOLE,
    "notify_self": flag(),
    "view_once": flag(),
    "sticker": text(),
    "link_preview": thing(),
}
_REACTION: Table = {
    "recipient": text(needed=True),
    "target_author": text(needed=True),
    "timestamp": Rule((int,), needed=True),
    "reaction": text(16),
}
_RECEIPT: Table = {
    "receipt_type": text(needed=True, only=frozenset({"read", "viewed"})),
    "recipient": text(needed=True),
    "timestamp": Rule((int,), needed=True),
}
_TYPING: Table = {"recipient": text(needed=True)}
_FILE = re.compile(
    r"data:(?P<mime>[\w.+-]+/[\w.+-]+);(?:filename=(?P<name>[^;,]*);)?base64,(?P<content>.*)", re.S
)
_KINDS = {"image": "image", "video": "video", "audio": "audio"}

SENTENCES: Mapping[str, str] = {
    "untrusted-identity": "Failed to send message due to untrusted identities",
    "not-on-signal": "Unregistered user",
    "account-unknown": "Specified account does not exist",
    "network-failure": "Failed to send (some) messages: Network failure",
}
CHALLENGE = (
    "Failed to send message due to rate limiting. Use the attached challenge tokens to lift the rate limit "
    "restrictions via the '/v1/accounts/{number}/rate-limit-challenge' endpoint."
)


class Refused(Exception):
    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(status)
        self.answer = error(words, status)


def respond(call: Call, exchange: Exchange) -> Answer:
    try:
        return _route(call, exchange)
    except Refused as refusal:
        return refusal.answer


def error(words: str, status: int = 400) -> Answer:
    return answer({"error": words}, status)


def _route(call: Call, exchange: Exchange) -> Answer:
    key, *rest = call.parts
    account = exchange.account(VENDOR, key, "")
    if account is None:
        raise Refused("no such bridge", 404)
    if call.method == "GET" and rest[:2] == ["v1", "attachments"] and len(rest) == 3:
        return _attachment(exchange, account, rest[2])
    verb = _VERBS.get((call.method, "/".join(rest[:2])))
    if verb is None:
        raise Refused("404 page not found", 404)
    if len(rest) == 3 and rest[2] != f"+{key}":
        raise Refused("Specified account does not exist")
    return verb(call, exchange, account)


def _attachment(exchange: Exchange, account: Account, file_id: str) -> Answer:
    file = exchange.file(account, file_id)
    if file is None:
        raise Refused("No such file", 404)
    return Answer(200, file.content, file.mime)


def _about(_call: Call, _exchange: Exchange, _account: Account) -> Answer:
    facts = {"build": 2, "mode": "json-rpc", "version": "practice", "versions": ["v1", "v2"]}
    return answer({**facts, "capabilities": {"v2/send": ["quotes", "mentions"]}})


def _accounts(_call: Call, _exchange: Exchange, account: Account) -> Answer:
    return answer([f"+{account.key}"])


# --- messages --------------------------------------------------------------------------------------------


def _send(call: Call, exchange: Exchange, account: Account) -> Answer:
    content = _document(call, _SEND)
    taken, file = _taken(content, account)
    ending = ending_of(exchange, account, taken.to)
    refused = _trouble(ending)
    if refused:
        return refused
    if file:
        taken = replace(taken, file=exchange.keep_file(account, file), filename=file.name)
    exchange.take(replace(taken, fate=ending.fate))
    return ending.late(exchange, answer({"timestamp": taken.id}, 201))


def _trouble(ending: Ending) -> Answer | None:
    if ending.status == 429 or ending.code == "challenge":
        return answer({"error": CHALLENGE, "challenge_tokens": ["practice-challenge"], "account": ""}, 429)
    if ending.status:
        return error("An internal error", 500)
    return error(SENTENCES.get(ending.code, "Failed to send message")) if ending.code else None


def _taken(content: Mapping[str, Any], account: Account) -> tuple[Taken, StoredFile | None]:
    if content["number"] != f"+{account.key}":
        raise Refused("Specified account does not exist")
    files = [_file(one) for one in content.get("base64_attachments", ())]
    if not content.get("message") and not files:
        raise Refused("Couldn't process request - please provide a message")
    if len(files) > 1 or len(content["recipients"]) != 1:
        raise Refused("practice knows one recipient and one file")
    kind = _KINDS.get(files[0].mime.partition("/")[0], "document") if files else "text"
    taken = Taken(
        account=account.ref,
        id=new_moment(),
        to=_recipient(content["recipients"][0]),
        kind=kind,
        text=content.get("message", ""),
        reply_to=str(content.get("quote_timestamp", "")),
    )
    return taken, files[0] if files else None


def _recipient(given: Any) -> str:
    if isinstance(given, str) and (phones.normalise(given) == given or _is_uuid(given)):
        return given
    raise Refused("Invalid recipient")


def _is_uuid(given: str) -> bool:
    try:
        return str(UUID(given)) == given
    except ValueError:
        return False


def _file(given: Any) -> StoredFile:
    found = _FILE.fullmatch(given) if isinstance(given, str) else None
    if found is None:
        raise Refused("Couldn't process request - invalid attachment")
    try:
        return StoredFile(b64decode(found["content"], validate=True), found["mime"], found["name"] or "")
    except ValueError:
        raise Refused("illegal base64 data") from None


def _document(call: Call, table: Table) -> dict[str, Any]:
    try:
        content = json.loads(call.body)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise Refused("Couldn't process request - invalid request")
    problem = check(content, table)
    if problem:
        raise Refused(f"Couldn't process request - {problem.what} {problem.where}")
    return content


# --- signs -----------------------------------------------------------------------------------------------


def _react(call: Call, exchange: Exchange, account: Account) -> Answer:
    content = _document(call, _REACTION)
    emoji = content.get("reaction", "") if call.method == "POST" else ""
    if call.method == "POST" and not emoji:
        raise Refused("Couldn't process request - reaction missing")
    taken = Taken(account=account.ref, id=new_moment(), to=_recipient(content["recipient"]), kind="reaction")
    exchange.take(replace(taken, target=str(content["timestamp"]), text=emoji))
    return Answer(204)


def _receipt(call: Call, exchange: Exchange, account: Account) -> Answer:
    content = _document(call, _RECEIPT)
    _recipient(content["recipient"])
    exchange.mark_read(account, str(content["timestamp"]))
    return Answer(204)


def _typing(call: Call, _exchange: Exchange, _account: Account) -> Answer:
    _recipient(_document(call, _TYPING)["recipient"])
    return Answer(204)


_VERBS: Mapping[tuple[str, str], Callable[[Call, Exchange, Account], Answer]] = {
    ("GET", "v1/about"): _about,
    ("GET", "v1/accounts"): _accounts,
    ("POST", "v2/send"): _send,
    ("POST", "v1/reactions"): _react,
    ("DELETE", "v1/reactions"): _react,
    ("POST", "v1/receipts"): _receipt,
    ("PUT", "v1/typing-indicator"): _typing,
}
