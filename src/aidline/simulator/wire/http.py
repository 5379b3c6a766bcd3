"""Calls of a gateway of any kind, in the names that the channel's settings give."""

import base64
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from aidline.simulator.wire import Post

Config = Mapping[str, Any]
Row = dict[str, Any]


def new_id() -> str:
    return "m-" + secrets.token_hex(8)


def message(
    config: Config, *, id: str, sender: str, at: datetime, text: str = "", name: str = "", files: Any = ()
) -> Row:
    """`files` are addresses with their types."""
    row: Row = {}
    put(row, config.get("in_id", ""), id)
    put(row, config.get("in_from") or "from", sender)
    put(row, config.get("in_text") or "text", text)
    put(row, config.get("in_name", ""), name)
    put(row, config.get("in_time", ""), _written(config, at))
    for url, mime in files:
        put(row, config.get("in_media", ""), url)
        put(row, config.get("in_media_type", ""), mime)
    return row


def status(config: Config, *, id: str, state: str, at: datetime, ours: str = "", code: str = "") -> Row:
    row: Row = {}
    put(row, config.get("status_name", ""), _word(config, state))
    put(row, config.get("status_id", ""), id)
    put(row, config.get("status_our_id", ""), ours)
    put(row, config.get("status_code", ""), code)
    put(row, config.get("in_time", ""), _written(config, at))
    return row


_WORDS = {"sent": "sent", "delivered": "delivered", "read": "read", "failed": "failed"}


def _word(config: Config, state: str) -> str:
    return str(config.get(f"words_{state}") or _WORDS[state]).split(",")[0].strip()


def put(row: Row, path: str, value: Any) -> None:
    """Only objects are made on the way: lists of messages are told by `in_rows`."""
    *way, last = path.split(".")
    for step in way:
        row = row.setdefault(step, {})
    if last and value != "":
        row[last] = value


def _written(config: Config, at: datetime) -> str:
    seconds = int(at.astimezone(UTC).timestamp())
    form = config.get("time_format") or "iso"
    return {"iso": at.isoformat(), "seconds": str(seconds), "milliseconds": f"{seconds}000"}[form]


def post(config: Config, row: Row) -> Post:
    """As JSON or as a form; signed where the settings have a secret."""
    if (config.get("format") or "json") == "json":
        whole: Row = {}
        put(whole, config.get("in_rows", ""), [row])
        body, mime = json.dumps(whole or row, ensure_ascii=False).encode(), "application/json"
    else:
        body, mime = urlencode(row).encode(), "application/x-www-form-urlencoded"
    return Post(body, {"content-type": mime, **_signature(config, body)})


def _signature(config: Config, body: bytes) -> dict[str, str]:
    if not config.get("signature_secret"):
        return {}
    algorithm = config.get("signature_algorithm") or "sha256"
    mac = hmac.digest(str(config["signature_secret"]).encode(), body, algorithm)
    written = base64.b64encode(mac).decode() if config.get("signature_encoding") == "base64" else mac.hex()
    name = str(config.get("signature_header") or "X-Signature").lower()
    return {name: str(config.get("signature_prefix", "")) + written}
