"""A request made of a template: what a person wrote goes into it whole, and nowhere beside its place.

JSON is read first and filled afterwards, form fields and queries are filled one by one and then written: nothing
that is put in can end a text, add a field or lead to another address. What consists of one placeholder and is empty
is left out, so that one template does for texts and files.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

PLACEHOLDERS = frozenset(
    {"to", "to_digits", "text", "id", "from", "callback", "key", "media_url", "media_type", "reply_to"}
)
_HOLDER = re.compile(r"\{(\w+)\}")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")

Values = Mapping[str, str]
_LEFT_OUT = object()


class BadTemplate(Exception):
    """The text says where it is wrong and holds nothing of the template."""


def holders(template: str) -> frozenset[str]:
    return frozenset(_HOLDER.findall(template))


def filled(template: str, values: Values) -> str:
    """In one go, so that what is put in is never taken for a placeholder."""
    return _HOLDER.sub(lambda found: values.get(found[1], ""), template)


def _is_empty(template: str, values: Values) -> bool:
    only = _HOLDER.fullmatch(template.strip())
    return bool(only) and not values.get(only[1] if only else "", "")


# --- JSON ------------------------------------------------------------------------------------------------


def json_template(template: str) -> Any:
    """A placeholder outside of a text is no JSON, and so found here."""
    try:
        return json.loads(template)
    except (ValueError, RecursionError):
        raise BadTemplate("not JSON") from None


def json_body(template: Any, values: Values) -> bytes:
    whole = _filled_json(template, values)
    return json.dumps({} if whole is _LEFT_OUT else whole, ensure_ascii=False).encode("utf-8", "replace")


def _filled_json(part: Any, values: Values) -> Any:
    if isinstance(part, str):
        return _LEFT_OUT if _is_empty(part, values) else filled(part, values)
    if isinstance(part, list):
        rows = (_filled_json(one, values) for one in part)
        return [row for row in rows if row is not _LEFT_OUT]
    if isinstance(part, dict):
        named = {name: _filled_json(one, values) for name, one in part.items()}
        return {name: one for name, one in named.items() if one is not _LEFT_OUT}
    return part


# --- forms and headers -----------------------------------------------------------------------------------

Pairs = tuple[tuple[str, str], ...]


def form_template(template: str) -> Pairs:
    """One field a line, as name=value."""
    return tuple(_split(line, "=") for line in template.splitlines() if line.strip())


def form_body(template: Pairs, values: Values) -> bytes:
    told = [(name, filled(word, values)) for name, word in template if not _is_empty(word, values)]
    return urlencode(told, errors="replace").encode()


def header_lines(lines: str) -> Pairs:
    """One header a line, as Name: value."""
    pairs = tuple(_split(line, ":") for line in lines.splitlines() if line.strip())
    if any(not _HEADER.fullmatch(name) or not value.isascii() for name, value in pairs):
        raise BadTemplate("not a header")
    return pairs


def _split(line: str, sign: str) -> tuple[str, str]:
    name, found, value = line.partition(sign)
    if not found or not name.strip():
        raise BadTemplate("no name")
    return name.strip(), value.strip()


# --- addresses -------------------------------------------------------------------------------------------


def path_template(template: str) -> str:
    if template and not template.startswith(("/", "?")):
        raise BadTemplate("not a path")
    if "#" in template or "\\" in template or not template.isascii() or " " in template:
        raise BadTemplate("not a path")
    return template


def path(template: str, values: Values) -> str:
    """ValueError for a value that would be a step up."""
    way, mark, query = template.partition("?")
    if any(values.get(name, "") in (".", "..") for name in holders(way)):
        raise ValueError("a step up")
    pairs = [pair for pair in query.split("&") if not _is_empty(pair.partition("=")[2], values)]
    quoted = {name: quote(value, safe="", errors="replace") for name, value in values.items()}
    return filled(way, quoted) + (mark + filled("&".join(pairs), quoted) if pairs and mark else "")
