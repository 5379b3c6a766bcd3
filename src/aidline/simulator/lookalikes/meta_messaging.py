"""A look-alike of Meta's Send API for Messenger and Instagram: same addresses, checks and words of refusal.

Sources: developers.facebook.com/docs/messenger-platform (Send API, attachment upload, quick replies, error codes)
and /docs/instagram-platform (messaging API), read 2026-11-24. What differs between the two stands in their files.
"""

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aidline.simulator.lookalikes import multipart
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
from aidline.simulator.lookalikes.strict import Problem, Rule, Table, check, flag, many, text, thing
from aidline.simulator.lookalikes.trouble import Ending, ending_of

_VERSION = re.compile(r"v\d+\.\d+")
_OWNER = re.compile(r"[0-9a-f-]{36}")
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_LARGEST, _LARGEST_IMAGE = 25 * 1024 * 1024, 8 * 1024 * 1024
_FILES = frozenset({"image", "video", "audio", "file"})
_FIELDS = frozenset(
    {"messages", "messaging_postbacks", "message_deliveries", "message_reads", "message_echoes"}
    | {"message_edits", "message_reactions", "messaging_optins", "messaging_referrals", "standby"}
    | {"messaging_seen", "messaging_handovers", "messaging_policy_enforcement", "feed", "comments"}
)


@dataclass(frozen=True, slots=True)
class Platform:
    """What differs between Messenger and Instagram."""

    vendor: str
    new_id: Callable[[], str]
    payload: Table  # of an attachment: what a file may be named by
    message: Mapping[str, Rule]  # fields of a message besides the common ones
    longest: Callable[[str], bool]  # whether a text is too long
    window_code: str
    must_mark: bool  # messaging_type is required
    uploads: bool
    about: Callable[[Account, str], dict[str, Any]]  # of the account itself, for the fields asked for


class Refused(Exception):
    """The vendor's own refusal: code with subcode, words for a developer, HTTP status."""

    def __init__(self, code: str, details: str, status: int = 400) -> None:
        super().__init__(code)
        self.answer = error(code, details, status)


def error(code: str, details: str, status: int = 400) -> Answer:
    plain, _, subcode = code.partition("/")
    content: dict[str, Any] = {"message": f"(#{plain}) {details}", "type": "OAuthException"}
    content |= {"code": int(plain), "fbtrace_id": secrets.token_urlsafe(16)[:16]}
    if subcode:
        content["error_subcode"] = int(subcode)
    return answer({"error": content}, status)


def respond(platform: Platform) -> Callable[[Call, Exchange], Answer]:
    def responder(call: Call, exchange: Exchange) -> Answer:
        try:
            return _route(platform, call, exchange)
        except Refused as refusal:
            return refusal.answer

    return responder


def _route(platform: Platform, call: Call, exchange: Exchange) -> Answer:
    if call.parts[0] == "cdn" and call.method == "GET" and len(call.parts) == 3:
        return _file(call, exchange)
    account = _account(platform, call, exchange)
    version, *rest = call.parts
    if not _VERSION.fullmatch(version) or not 1 <= len(rest) <= 2:
        raise Refused("2500", "Unknown path components")
    if rest[0] != "me" and not account.owns(rest[0]):
        raise Refused("100/33", f"Unsupported request. Object with ID '{rest[0][:40]}' does not exist")
    verb = _VERBS.get((call.method, "/".join(rest[1:])))
    if verb is None or ("message_attachments" in rest and not platform.uploads):
        raise Refused("2500", "Unknown path components")
    return verb(platform, call, exchange, account)


def _account(platform: Platform, call: Call, exchange: Exchange) -> Account:
    kind, _, token = call.headers.get("authorization", "").partition(" ")
    account = exchange.account(platform.vendor, "", token) if kind == "Bearer" and token else None
    if account is None:
        raise Refused("190/463", "Invalid OAuth access token", 401)
    return account


# --- what may be said ------------------------------------------------------------------------------------

_QUICK_REPLY: Table = {
    "content_type": text(needed=True, only=frozenset({"text"})),
    "title": text(20, needed=True),
    "payload": text(1000, needed=True),
    "image_url": text(),
}
_COMMON: Table = {
    "recipient": thing({"id": text(needed=True)}, needed=True),
    "messaging_type": text(only=frozenset({"RESPONSE", "UPDATE", "MESSAGE_TAG"})),
    "tag": text(only=frozenset({"HUMAN_AGENT"})),
    "reply_to": thing({"mid": text(needed=True)}),
    "sender_action": text(only=frozenset({"typing_on", "typing_off", "mark_seen", "react", "unreact"})),
    "payload": thing({"message_id": text(needed=True), "reaction": text()}),
    "appsecret_proof": text(64),
}


def _rules(platform: Platform) -> Table:
    attachment = {"type": text(needed=True, only=_FILES), "payload": thing(platform.payload, needed=True)}
    message: Table = {
        "text": text(),
        "attachment": thing(attachment),
        "quick_replies": many(_QUICK_REPLY, 13),
        **platform.message,
    }
    return {**_COMMON, "message": thing(message)}


def _document(call: Call) -> dict[str, Any]:
    try:
        content = json.loads(call.body)
    except ValueError:
        content = None
    if not isinstance(content, dict) or "json" not in call.headers.get("content-type", ""):
        raise Refused("100", "The parameter recipient is required")
    return content


def _refuse(problem: Problem | None) -> None:
    if problem:
        raise Refused("100", f"{problem.what} parameter: {problem.where}")


def _messages(platform: Platform, call: Call, exchange: Exchange, account: Account) -> Answer:
    content = _document(call)
    _refuse(check(content, _rules(platform)))
    to = content["recipient"]["id"]
    if ("message" in content) is ("sender_action" in content):
        raise Refused("100/2018034", "Either message or sender_action is required")
    if "sender_action" in content:
        return _action(platform, content, exchange, account)
    taken = _taken(platform, content, exchange, account)
    _check_window(platform, content, exchange, account)
    ending = ending_of(exchange, account, to)
    refused = _trouble(ending)
    if refused:
        return refused
    exchange.take(replace(taken, fate=ending.fate))
    return ending.late(exchange, answer({"recipient_id": to, "message_id": taken.id}))


def _trouble(ending: Ending) -> Answer | None:
    if ending.status == 429:
        return error("613", "Calls to this API have exceeded the rate limit", 429)
    if ending.status == 500:
        return error("2", "An unexpected error has occurred. Please retry your request later", 500)
    return error(ending.code, "Refused for practice") if ending.code else None


def _check_window(platform: Platform, content: dict[str, Any], exchange: Exchange, account: Account) -> None:
    """Nobody can be written to who did not write first; answers end after a day, people's after seven."""
    tagged = content.get("messaging_type") == "MESSAGE_TAG"
    if platform.must_mark and "messaging_type" not in content:
        raise Refused("100", "The parameter messaging_type is required")
    if tagged and "tag" not in content:
        raise Refused("100", "The parameter tag is required")
    if tagged and "reply_to" in content:
        raise Refused("100", "reply_to needs a message of the person within the last 24 hours")
    last = exchange.last_said(account, content["recipient"]["id"])
    if last is None:
        raise Refused("100/2018001", "No matching user found")
    if datetime.now(UTC) - last > (_WEEK if tagged else _DAY):
        raise Refused(platform.window_code, "This message is sent outside of allowed window", 403)


def _taken(platform: Platform, content: dict[str, Any], exchange: Exchange, account: Account) -> Taken:
    message = content["message"]
    words, attachment = message.get("text", ""), message.get("attachment")
    if bool(words) is bool(attachment):
        raise Refused("100", "A message needs either text or an attachment")
    if platform.longest(words):
        raise Refused("100", "Length of param message[text] is too long")
    taken = Taken(
        account=account.ref,
        id=platform.new_id(),
        to=content["recipient"]["id"],
        kind=attachment["type"] if attachment else "text",
        text=words,
        options=[Option(one["payload"], one["title"]) for one in message.get("quick_replies", ())],
        reply_to=content.get("reply_to", {}).get("mid", ""),
        opaque=message.get("metadata", ""),
    )
    return _with_file(taken, attachment["payload"], exchange, account) if attachment else taken


def _with_file(taken: Taken, payload: dict[str, Any], exchange: Exchange, account: Account) -> Taken:
    link, uploaded = payload.get("url", ""), payload.get("attachment_id", "")
    if bool(link) is bool(uploaded):
        raise Refused("100/2018047", "Either url or attachment_id is required")
    if uploaded and exchange.file(account, uploaded) is None:
        raise Refused("100/2018074", "Invalid attachment id")
    return replace(taken, link=link, file=uploaded)


def _action(platform: Platform, content: dict[str, Any], exchange: Exchange, account: Account) -> Answer:
    action, to = content["sender_action"], content["recipient"]["id"]
    if action == "mark_seen":
        exchange.mark_seen(account, to)
    if action in ("react", "unreact"):
        _react(platform, content, exchange, account)
    return answer({"recipient_id": to})


def _react(platform: Platform, content: dict[str, Any], exchange: Exchange, account: Account) -> None:
    payload, given = content.get("payload", {}), content["sender_action"] == "react"
    if "message_id" not in payload or given is not bool(payload.get("reaction")):
        raise Refused("100", "Invalid reaction payload")
    emoji = {"love": "❤️"}.get(payload.get("reaction", ""), payload.get("reaction", ""))
    taken = Taken(account.ref, platform.new_id(), content["recipient"]["id"], "reaction", text=emoji)
    exchange.take(replace(taken, target=payload["message_id"]))


# --- files -----------------------------------------------------------------------------------------------


def _upload(_platform: Platform, call: Call, exchange: Exchange, account: Account) -> Answer:
    parts = multipart.read(call.headers.get("content-type", ""), call.body)
    file, kind = parts.get("filedata"), _kind_of(parts)
    if file is None or kind not in _FILES:
        raise Refused("100/2018008", "Failed to fetch the file")
    if len(file.content) > (_LARGEST_IMAGE if kind == "image" else _LARGEST):
        raise Refused("100/2018109", "Attachment size exceeds allowable limit")
    kept = exchange.keep_file(account, StoredFile(file.content, file.mime, file.filename))
    return answer({"attachment_id": kept})


def _kind_of(parts: Mapping[str, multipart.Part]) -> str:
    try:
        attachment = json.loads(parts["message"].content)["attachment"]
        return str(attachment["type"]) if attachment["payload"]["is_reusable"] is True else ""
    except (KeyError, TypeError, ValueError):
        return ""


def _file(call: Call, exchange: Exchange) -> Answer:
    """A signed address of a content network: whoever has it may fetch, no key is looked at."""
    _, owner, file_id = call.parts
    nobody = Account("", owner, "", lambda _given: False)
    file = exchange.file(nobody, file_id) if _OWNER.fullmatch(owner) else None
    return (
        Answer(200, file.content, file.mime) if file else Answer(403, b"URL signature mismatch", "text/plain")
    )


# --- the account itself ----------------------------------------------------------------------------------


def _about(platform: Platform, call: Call, _exchange: Exchange, account: Account) -> Answer:
    return answer(platform.about(account, call.query.get("fields", "id,name")))


def _subscribe(_platform: Platform, call: Call, _exchange: Exchange, _account: Account) -> Answer:
    content = _document(call)
    _refuse(check(content, {"subscribed_fields": text(needed=True), "appsecret_proof": text(64)}))
    unknown = set(content["subscribed_fields"].split(",")) - _FIELDS
    if unknown:
        raise Refused("100", f"Param subscribed_fields has no field {min(unknown)[:40]}")
    return answer({"success": True})


def _subscriptions(_platform: Platform, _call: Call, _exchange: Exchange, account: Account) -> Answer:
    """The practice app brings the messages of every practice account."""
    app = {"id": account.number, "name": "Practice", "subscribed_fields": ["messages"]}
    return answer({"data": [app]})


_VERBS: Mapping[tuple[str, str], Callable[[Platform, Call, Exchange, Account], Answer]] = {
    ("POST", "messages"): _messages,
    ("POST", "message_attachments"): _upload,
    ("GET", ""): _about,
    ("POST", "subscribed_apps"): _subscribe,
    ("GET", "subscribed_apps"): _subscriptions,
}

BY_UPLOAD: Table = {"url": text(), "attachment_id": text(), "is_reusable": flag()}
BY_ADDRESS: Table = {"url": text(needed=True)}
