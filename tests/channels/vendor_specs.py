"""The vendors' published API descriptions as judges of what we send.

They lie outside the repository: in the folder AIDLINE_SPECS names, or in `../shared/specs` beside it. Where a
description is known to be behind its API, or at odds with its own examples, the correction stands here.
"""

import json
import os
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import yaml
from jsonschema import Draft202012Validator

from local_server import Seen

META, TWILIO = "meta_business_messaging_v23.yaml", "twilio_api_v2010.json"
MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json"

Json = Any


def folder() -> Path | None:
    beside = Path(__file__).parents[2].resolve().parent / "shared" / "specs"
    named = os.environ.get("AIDLINE_SPECS")
    found = Path(named) if named else beside
    return found if found.is_dir() else None


def have(name: str) -> bool:
    place = folder()
    return place is not None and (place / name).is_file()


@cache
def _spec(name: str) -> dict[str, Json]:
    place = folder()
    assert place
    with (place / name).open(encoding="utf-8") as file:
        return (
            json.load(file)
            if name.endswith("json")
            else yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        )


# --- Meta ------------------------------------------------------------------------------------------------

# Newer than v23.0 (November 2025), or left out of it.
_NEWER_FIELDS = frozenset(
    {
        ("recipient",),  # business-scoped ids, 2026-04
        ("biz_opaque_callback_data",),  # described for calls only; Cloud API reference, Messages, 2026-11-22
    }
)
_NEWER_INTERACTIVE = frozenset({"cta_url", "location_request_message"})


def complaints_of_meta(body: Json) -> list[str]:
    """What is wrong with a body for /messages; nothing if it may pass."""
    schema = _message_schema(body.get("type", ""))
    if schema is None:
        return [f"type {body.get('type')!r}"]
    if body["type"] == "interactive" and body["interactive"].get("type") in _NEWER_INTERACTIVE:
        return []
    if "recipient" in body:
        body = {"to": body["recipient"], **body}
    validator = Draft202012Validator({**schema, "components": _meta()["components"]})
    wrong = [f"{list(error.absolute_path)}: {error.validator}" for error in validator.iter_errors(body)]
    return wrong + [f"unknown field {path}" for path in _paths(body) - _known_paths() - _NEWER_FIELDS]


@cache
def _meta() -> dict[str, Json]:
    spec = deepcopy(_spec(META))
    schemas = spec["components"]["schemas"]
    for schema in schemas.values():
        for part in schema.get("allOf", ()):
            part.pop("additionalProperties", None)  # beside allOf it would forbid the shared fields too
    # Its own description says "0-9"; the pattern, a slip, allows 2 to 6.
    schemas["TemplateComponent"]["properties"]["index"]["pattern"] = "^[0-9]$"
    return spec


def _message_schema(kind: str) -> dict[str, Json] | None:
    ref = _meta()["components"]["schemas"]["Message"]["discriminator"]["mapping"].get(kind)
    return {"$ref": ref} if ref else None


Paths = frozenset[tuple[str, ...]]


@cache
def _known_paths() -> Paths:
    """Every name at its place, from the description and from its own examples (which know `caption`)."""
    operation = _meta()["paths"]["/{Version}/{Phone-Number-ID}/messages"]["post"]["requestBody"]
    examples = operation["content"]["application/json"]["examples"].values()
    shown = frozenset(path for example in examples for path in _paths(example["value"]))
    described = frozenset(_described({"$ref": "#/components/schemas/Message"}, ()))
    free = frozenset(
        ("template", "components", "parameters", name)
        for name in ("type", "text", "parameter_name", "payload")
    )
    return shown | described | free


def _described(schema: Json, place: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if "$ref" in schema:
        schema = _meta()["components"]["schemas"][schema["$ref"].split("/")[-1]]
    for part in (*schema.get("allOf", ()), *schema.get("oneOf", ())):
        yield from _described(part, place)
    for name, inner in schema.get("properties", {}).items():
        yield (*place, name)
        yield from _described(inner, (*place, name))
    if "items" in schema:
        yield from _described(schema["items"], place)


def _paths(value: Json, place: tuple[str, ...] = ()) -> Paths:
    if isinstance(value, list):
        return frozenset(path for one in value for path in _paths(one, place))
    if not isinstance(value, dict):
        return frozenset()
    here = frozenset((*place, name) for name in value)
    return here | frozenset(path for name, inner in value.items() for path in _paths(inner, (*place, name)))


def complaints_of_meta_subscription(body: Json) -> list[str]:
    """What is wrong with a body for /{WABA-ID}/subscribed_apps."""
    known = _meta()["components"]["schemas"]["SubscriptionRequest"]
    validator = Draft202012Validator(known)
    wrong = [f"{list(error.absolute_path)}: {error.validator}" for error in validator.iter_errors(body)]
    return wrong + [f"unknown field {name}" for name in set(body) - set(known["properties"])]


def known_fields_of_meta_number() -> set[str]:
    """The fields of a phone number in the description and its examples."""
    operation = _meta()["paths"]["/{Version}/{Phone-Number-ID}"]["get"]
    ref = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    return set(_meta()["components"]["schemas"][ref.split("/")[-1]]["properties"])


TEMPLATES = "/{Version}/{WABA-ID}/message_templates"
# Component "Body" of the reference, read 2026-11-24: the description knows examples by place only.
_NEWER_OF_TEMPLATES = frozenset(
    {
        ("parameter_format",),
        ("components", "example", "body_text_named_params"),
        ("components", "example", "body_text_named_params", "param_name"),
        ("components", "example", "body_text_named_params", "example"),
    }
)


def complaints_of_meta_template(body: Json) -> list[str]:
    """For POST message_templates; its schema is made from examples, so what the list answers counts as well."""
    schema = _template_operation("post")["requestBody"]["content"]["application/json"]["schema"]
    wrong = [
        f"{list(error.absolute_path)}: {error.validator}"
        for error in Draft202012Validator(schema).iter_errors(body)
    ]
    known = _known_of_templates() | _NEWER_OF_TEMPLATES
    return wrong + [f"unknown field {path}" for path in _paths(body) - known]


@cache
def _known_of_templates() -> Paths:
    posted = _template_operation("post")["requestBody"]["content"]["application/json"]
    listed = _template_operation("get")["responses"]["200"]["content"]["application/json"]
    shown = [example["value"] for example in posted["examples"].values()]
    shown += [one for example in listed["examples"].values() for one in example["value"]["data"]]
    described = frozenset(_described(posted["schema"], ()))
    return described | frozenset(path for one in shown for path in _paths(one))


def _template_operation(method: str) -> Json:
    return _meta()["paths"][TEMPLATES][method]


# --- Twilio ----------------------------------------------------------------------------------------------


def complaints_of_twilio(seen: Seen) -> list[str]:
    """A form for Messages.json: types, patterns, and names, which form parsers let through silently."""
    spec = _spec(TWILIO)
    operation = spec["paths"][MESSAGES]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
    schema = operation["schema"]
    form = parse_qs(seen.body.decode(), keep_blank_values=True, strict_parsing=True)
    unknown = [f"unknown field {name}" for name in form if name not in schema["properties"]]
    body = {name: _typed(words, schema["properties"].get(name, {})) for name, words in form.items()}
    validator = Draft202012Validator({**schema, "components": spec["components"]})
    return unknown + [
        f"{list(error.absolute_path)}: {error.validator}" for error in validator.iter_errors(body)
    ]


def _typed(words: list[str], schema: Json) -> Json:
    kind = schema.get("type")
    if kind == "array":
        return words
    word = words[0] if len(words) == 1 else words
    if kind in ("integer", "boolean", "number"):
        try:
            return json.loads(str(word))
        except ValueError:
            return word
    return word


def unknown_to_twilio_listing(names: list[str]) -> set[str]:
    known = {one["name"] for one in _spec(TWILIO)["paths"][MESSAGES]["get"]["parameters"]}
    return set(names) - known


def unknown_to_twilio(path: str, method: str, names: list[str]) -> set[str]:
    """Names that a GET's query or a POST's form may not have."""
    operation = _spec(TWILIO)["paths"][f"/2010-04-01/Accounts/{{AccountSid}}/{path}"][method]
    if method == "get":
        return set(names) - {one["name"] for one in operation.get("parameters", ())}
    form = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    return set(names) - set(form["properties"])
