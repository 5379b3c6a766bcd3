"""A look-alike of Telegram's Bot API.

Source: core.telegram.org/bots/api (Bot API 10.1, read 2026-11-24). Telegram leaves unknown fields unread; we
refuse them, so that a slip in a name is found here and not in the field.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from aidline.simulator.lookalikes import multipart, registered
from aidline.simulator.lookalikes import telegram_rules as rules
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
from aidline.simulator.lookalikes.strict import Problem, check
from aidline.simulator.lookalikes.trouble import Ending, ending_of
from aidline.simulator.wire.telegram import Bot, new_message_id

VENDOR = "telegram"
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_MOST_BUTTONS, _DATA_BYTES = 100, 64
_PORTS = {443, 80, 88, 8443}

Fields = dict[str, Any]


class Refused(Exception):
    def __init__(self, description: str, code: int = 400, **parameters: int) -> None:
        super().__init__(description)
        self.answer = error(description, code, **parameters)


def respond(call: Call, exchange: Exchange) -> Answer:
    try:
        return _route(call, exchange)
    except Refused as refusal:
        return refusal.answer


def error(description: str, code: int = 400, **parameters: int) -> Answer:
    more = {"parameters": parameters} if parameters else {}
    return answer({"ok": False, "error_code": code, "description": description, **more}, code)


def _route(call: Call, exchange: Exchange) -> Answer:
    parts = call.parts
    if parts[0] == "file":
        return _download(exchange, _account(parts[1:2], exchange), parts[2:])
    account = _account(parts[:1], exchange)
    method = parts[1] if len(parts) == 2 else ""
    table = rules.METHODS.get(method)
    if table is None:
        raise Refused("Not Found", 404)
    fields, files = _read(call)
    _refuse(check(fields, table), fields)
    verb = _VERBS.get(method)
    return verb(fields, exchange, account) if verb else _send(method, fields, files, exchange, account)


def _account(named: list[str], exchange: Exchange) -> Account:
    token = named[0] if named else ""
    if not token.startswith("bot"):
        raise Refused("Not Found", 404)
    account = exchange.account(VENDOR, "", token.removeprefix("bot"))
    if account is None:
        raise Refused("Unauthorized", 401)
    return account


def _read(call: Call) -> tuple[Fields, dict[str, multipart.Part]]:
    """JSON, or a form in which every object is JSON."""
    kind = call.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        found = multipart.read(kind, call.body)
        files = {name: part for name, part in found.items() if part.filename}
        fields = {name: _plain(name, part) for name, part in found.items() if not part.filename}
        return fields, files
    if call.method == "GET":
        return dict(call.query), {}
    return _json(call.body or b"{}"), {}


def _json(body: bytes) -> Fields:
    try:
        fields = json.loads(body)
    except ValueError:
        raise Refused("Bad Request: can't parse JSON object") from None
    if not isinstance(fields, dict):
        raise Refused("Bad Request: can't parse JSON object")
    return fields


def _plain(name: str, part: multipart.Part) -> Any:
    words = part.content.decode("utf-8", "replace")
    if name not in ("chat_id", "reply_parameters", "reply_markup", "message_thread_id"):
        return words
    try:
        return json.loads(words)
    except ValueError:
        raise Refused(f"Bad Request: can't parse {name}") from None


def _refuse(problem: Problem | None, fields: Fields) -> None:
    if problem is None:
        return
    if (problem.what, problem.where) == ("length", "text"):
        raise Refused("Bad Request: message is too long")
    if (problem.what, problem.where) == ("length", "caption"):
        raise Refused("Bad Request: message caption is too long")
    if problem.where == "text" and not fields.get("text"):
        raise Refused("Bad Request: message text is empty")
    if problem.where == "chat_id":
        raise Refused("Bad Request: chat_id is empty")
    raise Refused(f"Bad Request: {problem.what} field {problem.where}")


# --- messages --------------------------------------------------------------------------------------------


def _send(
    method: str, fields: Fields, files: Mapping[str, multipart.Part], exchange: Exchange, account: Account
) -> Answer:
    taken = Taken(
        account=account.ref,
        id=new_message_id(),
        to=_chat(fields),
        kind=_KINDS[method],
        text=fields.get("text") or fields.get("caption") or "",
        reply_to=str(fields.get("reply_parameters", {}).get("message_id", "")),
        options=_options(fields.get("reply_markup", {})),
        place=_place(fields),
    )
    file = _file(method, fields, files, exchange, account)
    ending = ending_of(exchange, account, taken.to)
    refused = _trouble(ending)
    if refused:
        return refused
    if file:
        taken = replace(taken, file=exchange.keep_file(account, file), filename=file.name)
    exchange.take(replace(taken, fate=ending.fate))
    return ending.late(exchange, answer({"ok": True, "result": _message(account, taken)}))


def _trouble(ending: Ending) -> Answer | None:
    if ending.status == 429:
        return error("Too Many Requests: retry after 2", 429, retry_after=2)
    if ending.status == 500:
        return error("Internal Server Error", 500)
    if ending.code == "403":
        return error("Forbidden: bot was blocked by the user", 403)
    return error("Bad Request: chat not found", 400) if ending.code else None


def _chat(fields: Fields) -> str:
    chat = str(fields["chat_id"])
    if not chat.isdigit():
        raise Refused("Bad Request: chat not found")
    return chat


def _options(markup: Fields) -> list[Option]:
    rows = markup.get("inline_keyboard", [])
    buttons = [button for row in rows if isinstance(row, list) for button in row]
    if len(buttons) > _MOST_BUTTONS:
        raise Refused("Bad Request: reply markup is too long")
    for button in buttons:
        problem = check(button, rules.BUTTON) if isinstance(button, dict) else Problem("type", "button")
        if problem:
            raise Refused(f"Bad Request: can't parse inline keyboard button: {problem.what} {problem.where}")
        if not 0 < len(button.get("callback_data", "").encode()) <= _DATA_BYTES and "url" not in button:
            raise Refused("Bad Request: BUTTON_DATA_INVALID")
    return [Option(one["callback_data"], one["text"]) for one in buttons if "callback_data" in one]


def _place(fields: Fields) -> tuple[float, float, str, str] | None:
    if "latitude" not in fields:
        return None
    return fields["latitude"], fields["longitude"], fields.get("title", ""), fields.get("address", "")


def _file(
    method: str, fields: Fields, files: Mapping[str, multipart.Part], exchange: Exchange, account: Account
) -> StoredFile | None:
    if method not in rules.FILES:
        return None
    field, most = rules.FILES[method]
    sent = files.get(field)
    if sent is None:
        known = exchange.file(account, fields.get(field, ""))
        if known is None:
            raise Refused(f"Bad Request: there is no {field} in the request")
        return known
    if not sent.content:
        raise Refused("Bad Request: file must be non-empty")
    if len(sent.content) > most:
        raise Refused("Request Entity Too Large", 413)
    return StoredFile(sent.content, sent.mime, sent.filename)


def _message(account: Account, taken: Taken) -> Fields:
    return {
        "message_id": int(taken.id),
        "from": Bot(account.secret, "").user,
        "chat": {"id": int(taken.to), "type": "private", "first_name": "?"},
        "date": int(time.time()),
        "text": taken.text,
    }


_KINDS: Mapping[str, str] = {
    "sendMessage": "text",
    "sendPhoto": "image",
    "sendVideo": "video",
    "sendAudio": "audio",
    "sendVoice": "voice",
    "sendDocument": "document",
    "sendSticker": "sticker",
    "sendLocation": "location",
    "sendVenue": "location",
}

# --- everything else -------------------------------------------------------------------------------------


def _done(result: Any = True) -> Answer:
    return answer({"ok": True, "result": result})


def _react(fields: Fields, exchange: Exchange, account: Account) -> Answer:
    emoji = [one["emoji"] for one in fields.get("reaction", ())]
    if len(emoji) > 1 or not rules.REACTIONS.issuperset(emoji):
        raise Refused("Bad Request: REACTION_INVALID")
    taken = Taken(account.ref, new_message_id(), _chat(fields), "reaction", text="".join(emoji))
    exchange.take(replace(taken, target=str(fields["message_id"])))
    return _done()


def _act(fields: Fields, _exchange: Exchange, _account: Account) -> Answer:
    _chat(fields)
    return _done()


def _me(_fields: Fields, _exchange: Exchange, account: Account) -> Answer:
    return _done({**Bot(account.secret, "").user, "can_join_groups": False, "supports_inline_queries": False})


def _set_hook(fields: Fields, _exchange: Exchange, account: Account) -> Answer:
    url, secret = fields.get("url", ""), fields.get("secret_token", "")
    target = urlsplit(url)
    loopback = target.hostname in ("127.0.0.1", "localhost", "::1")  # so that practice works without a name
    if url and target.scheme != "https" and not loopback:
        raise Refused("Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
    if url and (target.port or 443) not in _PORTS and not loopback:
        raise Refused("Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if secret and not _SECRET.fullmatch(secret):
        raise Refused("Bad Request: secret token contains unallowed characters")
    registered.register(account, url)
    return answer({"ok": True, "result": True, "description": "Webhook was set"})


def _drop_hook(_fields: Fields, _exchange: Exchange, account: Account) -> Answer:
    registered.register(account, "")
    return _done()


def _hook(_fields: Fields, exchange: Exchange, account: Account) -> Answer:
    url = registered.address(account, exchange, "telegram")
    return _done({"url": url, "has_custom_certificate": False, "pending_update_count": 0})


def _file_path(fields: Fields, exchange: Exchange, account: Account) -> Answer:
    file_id = fields["file_id"]
    file = exchange.file(account, file_id)
    if file is None:
        raise Refused("Bad Request: wrong file_id or the file is temporarily unavailable")
    return _done({"file_id": file_id, "file_size": len(file.content), "file_path": f"documents/{file_id}"})


def _download(exchange: Exchange, account: Account, path: list[str]) -> Answer:
    file = exchange.file(account, path[-1]) if len(path) == 2 else None
    if file is None:
        raise Refused("Not Found", 404)
    return Answer(200, file.content, "application/octet-stream")


_VERBS: Mapping[str, Callable[[Fields, Exchange, Account], Answer]] = {
    "setMessageReaction": _react,
    "sendChatAction": _act,
    "getMe": _me,
    "getFile": _file_path,
    "setWebhook": _set_hook,
    "deleteWebhook": _drop_hook,
    "getWebhookInfo": _hook,
}
