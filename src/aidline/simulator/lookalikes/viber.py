"""A look-alike of Viber's REST bot API.

Source: developers.viber.com/docs/api/rest-bot-api and creators.viber.com/docs/bots-api (read 2026-11-24). Viber
leaves unknown fields unread; we refuse them, so that a slip in a name is found here and not in the field.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from aidline.simulator.lookalikes import registered
from aidline.simulator.lookalikes.shapes import Account, Answer, Call, Exchange, Option, Taken, answer
from aidline.simulator.lookalikes.strict import Problem, Rule, Table, check, flag, many, text, thing
from aidline.simulator.lookalikes.trouble import Ending, ending_of
from aidline.simulator.wire.viber import new_token, post

VENDOR = "viber"
_LARGEST = 30_000  # bytes of a message
_USER_ID = re.compile(r"[A-Za-z0-9+/]{11,}={1,2}")
_NUMBER = Rule((int,))
_SIZE = Rule((int,), needed=True)
_DEGREES = Rule((str, int, float), needed=True)

_BUTTON: Table = {
    "Columns": _NUMBER,
    "Rows": _NUMBER,
    "ActionType": text(only=frozenset({"reply", "open-url", "location-picker", "share-phone", "none"})),
    "ActionBody": text(250, needed=True),
    "Text": text(250, needed=True),
    "TextSize": text(only=frozenset({"small", "regular", "large"})),
    "TextVAlign": text(),
    "TextHAlign": text(),
    "BgColor": text(),
    "Silent": flag(),
}
_KEYBOARD: Table = {
    "Type": text(needed=True, only=frozenset({"keyboard"})),
    "DefaultHeight": flag(),
    "BgColor": text(),
    "InputFieldState": text(only=frozenset({"regular", "minimized", "hidden"})),
    "Buttons": many(_BUTTON, 24, needed=True),
}
_COMMON: Table = {
    "receiver": text(needed=True),
    "type": text(needed=True),
    "sender": thing({"name": text(28, needed=True), "avatar": text()}, needed=True),
    "tracking_data": text(4000),
    "min_api_version": _NUMBER,
    "keyboard": thing(_KEYBOARD),
}
_TYPES: dict[str, Table] = {
    "text": {"text": text(7000, needed=True)},
    "picture": {"text": text(512), "media": text(needed=True), "thumbnail": text()},
    "video": {"media": text(needed=True), "size": _SIZE, "duration": _NUMBER, "thumbnail": text()},
    "file": {"media": text(needed=True), "size": _SIZE, "file_name": text(256, needed=True)},
    "location": {"location": thing({"lat": _DEGREES, "lon": _DEGREES}, needed=True)},
    "contact": {"contact": thing({"name": text(28, needed=True), "phone_number": text(18, needed=True)})},
    "url": {"media": text(2000, needed=True)},
    "sticker": {"sticker_id": _SIZE},
}
_ENDINGS: Mapping[str, tuple[str, ...]] = {
    "picture": (".jpg", ".jpeg", ".png", ".gif"),
    "video": (".mp4",),
}
_MOST: Mapping[str, int] = {"video": 26 * 1024 * 1024, "file": 50 * 1024 * 1024}
_WEBHOOK: Table = {"url": Rule((str,)), "event_types": many(), "send_name": flag(), "send_photo": flag()}
_EVENTS = ("delivered", "seen", "failed", "subscribed", "unsubscribed", "conversation_started", "message")
_NAMES: Mapping[str, str] = {
    "1": "invalidUrl",
    "2": "invalidAuthToken",
    "3": "badData",
    "4": "missingData",
    "5": "receiverNotRegistered",
    "6": "receiverNotSubscribed",
    "12": "tooManyRequests",
}

Fields = dict[str, Any]


class Refused(Exception):
    def __init__(self, status: str, words: str = "") -> None:
        super().__init__(status)
        self.answer = error(status, words)


def respond(call: Call, exchange: Exchange) -> Answer:
    try:
        return _route(call, exchange)
    except Refused as refusal:
        return refusal.answer


def error(status: str, words: str = "") -> Answer:
    """HTTP is 200 all the same."""
    number = int(status) if status.isdigit() else 3
    return answer({"status": number, "status_message": words or _NAMES.get(status, "failed")})


def _route(call: Call, exchange: Exchange) -> Answer:
    if call.method == "GET" and call.parts[0] == "media":
        return _media(call.parts[1:], exchange)
    token = call.headers.get("x-viber-auth-token", "")
    if not token:
        raise Refused("2", "missing_auth_token")
    account = exchange.account(VENDOR, "", token)
    if account is None:
        raise Refused("2")
    verb = _VERBS.get(call.path) if call.method == "POST" else None
    if verb is None:
        return answer({"status": 3, "status_message": "no such method"}, 404)
    return verb(_document(call), exchange, account)


def _media(parts: list[str], exchange: Exchange) -> Answer:
    """As with Viber the address alone opens the file; where its own carries a signature, ours has the token."""
    account = exchange.account(VENDOR, "", parts[0]) if len(parts) == 2 else None
    file = exchange.file(account, parts[1]) if account else None
    return Answer(200, file.content, file.mime) if file else Answer(404, b"", "text/plain")


def _document(call: Call) -> Fields:
    try:
        content = json.loads(call.body or b"{}")
    except ValueError:
        raise Refused("3") from None
    if not isinstance(content, dict):
        raise Refused("3")
    return content


def _refuse(problem: Problem | None) -> None:
    if problem:
        raise Refused("4" if problem.what == "missing" else "3", f"{problem.what} {problem.where}")


# --- messages --------------------------------------------------------------------------------------------


def _send(content: Fields, exchange: Exchange, account: Account) -> Answer:
    taken = _checked(content, account)
    ending = ending_of(exchange, account, taken.to)
    refused = _trouble(ending)
    if refused:
        return refused
    exchange.take(replace(taken, fate=ending.fate))
    told = {"status": 0, "status_message": "ok", "message_token": int(taken.id), "billing_status": 1}
    return ending.late(exchange, answer({**told, "chat_hostname": "SN-CHAT-01_"}))


def _trouble(ending: Ending) -> Answer | None:
    if ending.status == 429:
        return error("12")
    if ending.status == 500:
        return answer({}, 500)
    return error(ending.code) if ending.code else None


def _checked(content: Fields, account: Account) -> Taken:
    kind = str(content.get("type", ""))
    if kind not in _TYPES:
        raise Refused("3", "type is invalid")
    _refuse(check(content, {**_COMMON, **_TYPES[kind]}))
    if len(json.dumps(content, ensure_ascii=False).encode()) > _LARGEST:
        raise Refused("3", "The message is larger than 30 KB")
    if not _USER_ID.fullmatch(content["receiver"]):
        raise Refused("5")
    _refuse_file(kind, content)
    return Taken(
        account=account.ref,
        id=new_token(),
        to=content["receiver"],
        kind=_KINDS.get(kind, kind),
        text=content.get("text", ""),
        link=content.get("media", ""),
        filename=content.get("file_name", ""),
        place=_place(content.get("location")),
        options=[Option(one["ActionBody"], one["Text"]) for one in _buttons(content)],
    )


def _refuse_file(kind: str, content: Fields) -> None:
    path = urlsplit(content.get("media", "")).path.lower()
    if kind in _ENDINGS and not path.endswith(_ENDINGS[kind]):
        raise Refused("3", "media must end in the ending of its type")
    if kind in _MOST and not 0 < content["size"] <= _MOST[kind]:
        raise Refused("3", "size is invalid")


def _place(spot: Fields | None) -> tuple[float, float, str, str] | None:
    if spot is None:
        return None
    try:
        return float(spot["lat"]), float(spot["lon"]), "", ""
    except ValueError:
        raise Refused("3", "location is invalid") from None


def _buttons(content: Fields) -> list[Fields]:
    return [one for one in content.get("keyboard", {}).get("Buttons", ()) if one.get("ActionType") == "reply"]


_KINDS: Mapping[str, str] = {"picture": "image", "file": "document"}

# --- the account -----------------------------------------------------------------------------------------


def _set_webhook(content: Fields, exchange: Exchange, account: Account) -> Answer:
    """Viber calls the address at once, and keeps it only if that is answered with 200."""
    _refuse(check(content, _WEBHOOK))
    url = content.get("url", "")
    target = urlsplit(url)
    if url and target.scheme != "https" and target.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise Refused("1")
    unknown = set(content.get("event_types", ())) - set(_EVENTS)
    if unknown:
        raise Refused("3", "event_types is invalid")
    registered.register(account, url)
    if url:
        exchange.knock(url, post(account.secret, "webhook", datetime.now(UTC), new_token()))
    return answer({"status": 0, "status_message": "ok", "event_types": content.get("event_types", _EVENTS)})


def _account_info(_content: Fields, exchange: Exchange, account: Account) -> Answer:
    facts = {"status": 0, "status_message": "ok", "id": "pa:75346594275468546724", "uri": "practice"}
    told = {"name": account.number or "Practice", "event_types": list(_EVENTS), "subscribers_count": 1}
    return answer({**facts, **told, "webhook": registered.address(account, exchange, "viber")})


_VERBS: Mapping[str, Callable[[Fields, Exchange, Account], Answer]] = {
    "send_message": _send,
    "set_webhook": _set_webhook,
    "get_account_info": _account_info,
}
