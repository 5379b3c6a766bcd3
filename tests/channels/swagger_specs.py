"""Two published API descriptions as judges: of the app on an Android phone, and of the bridge to Signal.

Both let unknown fields pass in silence; here every name must be known where it stands.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

from jsonschema import Draft4Validator

from channels.vendor_specs import folder
from local_server import Seen

ANDROID, SIGNAL = "android_sms_gateway_swagger.json", "signal_cli_rest_swagger.json"

Json = Any


def complaints(spec: str, seen: Seen) -> list[str]:
    """What is wrong with a request: address, verb, query, fields; nothing if it may pass."""
    operation = _operation(spec, seen)
    if operation is None:
        return [f"no such call: {seen.method} {urlsplit(seen.path).path}"]
    parameters = operation.get("parameters", [])
    known = {one["name"] for one in parameters if one["in"] == "query"}
    asked = {pair.partition("=")[0] for pair in urlsplit(seen.path).query.split("&") if pair}
    return [f"unknown query {name}" for name in asked - known] + _of_body(spec, operation, seen)


def _of_body(spec: str, operation: Mapping[str, Json], seen: Seen) -> list[str]:
    schema = _schema(operation)
    if schema is None:
        return ["a body that nobody asked for"] if seen.body else []
    body = json.loads(seen.body)
    whole = _document(spec)
    named = {name: whole[name] for name in ("definitions", "components") if name in whole}
    errors = Draft4Validator({**schema, **named}).iter_errors(body)
    wrong = [f"{list(error.absolute_path)}: {error.validator}" for error in errors]
    return wrong + [f"unknown field {path}" for path in _unknown(spec, body, schema, "")]


def _operation(spec: str, seen: Seen) -> Json:
    path = [unquote(part) for part in urlsplit(seen.path).path.strip("/").split("/")]
    for template, verbs in _document(spec)["paths"].items():
        named = template.strip("/").split("/")
        same = len(named) == len(path) and all(
            one == other or one.startswith("{") for one, other in zip(named, path, strict=True)
        )
        if same and seen.method.lower() in verbs:
            return verbs[seen.method.lower()]
    return None


def _schema(operation: Mapping[str, Json]) -> Json:
    """Of Swagger 2 or OpenAPI 3."""
    if "requestBody" in operation:
        return operation["requestBody"]["content"]["application/json"]["schema"]
    bodies = [one["schema"] for one in operation.get("parameters", []) if one["in"] == "body"]
    return bodies[0] if bodies else None


def _unknown(spec: str, value: Json, schema: Json, path: str) -> Iterator[str]:
    schemas = list(_parts(spec, schema))
    if isinstance(value, list):
        items = next((one["items"] for one in schemas if "items" in one), {})
        for one in value:
            yield from _unknown(spec, one, items, f"{path}[]")
    elif isinstance(value, dict):
        known = {name: inner for one in schemas for name, inner in one.get("properties", {}).items()}
        for name, inner in value.items():
            if name not in known:
                yield f"{path}.{name}"
            else:
                yield from _unknown(spec, inner, known[name], f"{path}.{name}")


def _parts(spec: str, schema: Json) -> Iterator[Json]:
    if "$ref" in schema:
        found = _document(spec)
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    yield schema
    for part in schema.get("allOf", ()):
        yield from _parts(spec, part)


@cache
def _document(spec: str) -> Json:
    place = folder()
    assert place
    return _mended(json.loads((place / spec).read_text(encoding="utf-8")))


def _mended(value: Json) -> Json:
    """The app's description calls its words (such as an event) objects, against its own examples."""
    if isinstance(value, list):
        return [_mended(one) for one in value]
    if not isinstance(value, dict):
        return value
    slip = "allOf" in value and value.get("type") == "object"
    return {name: _mended(inner) for name, inner in value.items() if not (slip and name == "type")}
