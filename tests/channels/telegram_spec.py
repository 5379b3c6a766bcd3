"""Telegram's Bot API, as published in machine-readable form, as the judge of what we send.

It says of each method and type which fields there are, which must be, and of what type. Found as the other
descriptions are (`vendor_specs`).
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from channels.vendor_specs import folder
from local_server import Seen

TELEGRAM = "telegram_bot_api.json"
_PLAIN = {"String": str, "Integer": int, "Float": int | float, "Boolean": bool, "True": bool}
_FILE = object()  # a part of a form that holds a file

Json = Any


@cache
def _spec() -> dict[str, Json]:
    place = folder()
    assert place
    return dict(json.loads((place / TELEGRAM).read_text(encoding="utf-8")))


def complaints_of_telegram(seen: Seen) -> list[str]:
    name = seen.path.rpartition("/")[2]
    method = _spec()["methods"].get(name)
    if method is None:
        return [f"no method {name}"]
    described = method.get("fields", [])
    kind = seen.headers.get("content-type", "")
    given = _form(seen.body, described) if kind.startswith("multipart/") else json.loads(seen.body)
    return list(_object(given, described, name))


def _object(value: Json, described: list[dict[str, Json]], place: str) -> Iterator[str]:
    known = {one["name"]: one for one in described}
    yield from (f"{place}: unknown field {name}" for name in value if name not in known)
    yield from (
        f"{place}: {name} is missing" for name, one in known.items() if one["required"] and name not in value
    )
    for name, inner in value.items():
        if name in known and not any(_fits(inner, kind) for kind in known[name]["types"]):
            yield f"{place}.{name}: not {known[name]['types']}"


def _fits(value: Json, kind: str) -> bool:
    if kind.startswith("Array of "):
        return isinstance(value, list) and all(_fits(one, kind.removeprefix("Array of ")) for one in value)
    if kind == "InputFile":
        return value is _FILE
    if kind in _PLAIN:
        return isinstance(value, _PLAIN[kind]) and (not isinstance(value, bool) or _PLAIN[kind] is bool)
    described = _spec()["types"][kind]
    if described.get("subtypes"):
        return any(_fits(value, subtype) for subtype in described["subtypes"])
    return isinstance(value, dict) and not list(_object(value, described.get("fields", []), kind))


def _form(body: bytes, described: list[dict[str, Json]]) -> dict[str, Json]:
    """In a form everything but text is JSON."""
    texts = {one["name"] for one in described if one["types"] == ["String"]}
    found: dict[str, Json] = {}
    for piece in body.split(b"form-data; ")[1:]:
        name = piece.split(b'"')[1].decode()
        words = piece.partition(b"\r\n\r\n")[2].partition(b"\r\n--")[0]
        is_file = b'filename="' in piece.partition(b"\r\n\r\n")[0]
        found[name] = _FILE if is_file else words.decode() if name in texts else json.loads(words)
    return found
