"""Form bodies and queries, as webhooks bring them: every value of every name, unquoted, never an error but one."""

from urllib.parse import unquote_to_bytes

from aidline.channels.contract import Malformed

_MOST_FIELDS = 500


def form(raw: bytes) -> dict[str, list[str]]:
    """As `urllib.parse.parse_qs` with blank values, three times as fast: most fields need no unquoting."""
    if raw.count(b"&") >= _MOST_FIELDS:
        raise Malformed("too many fields")
    found: dict[str, list[str]] = {}
    for pair in filter(None, raw.split(b"&")):
        name, _, value = pair.partition(b"=")
        found.setdefault(_unquoted(name), []).append(_unquoted(value))
    return found


def first_of_each(raw: bytes) -> dict[str, str]:
    """The form as most vendors mean it: each name once. A body without any is no form."""
    found = {name: values[0] for name, values in form(raw).items()}
    if not found:
        raise Malformed("no fields")
    return found


def _unquoted(raw: bytes) -> str:
    if b"+" in raw or b"%" in raw:
        raw = unquote_to_bytes(raw.replace(b"+", b" "))
    return raw.decode("utf-8", "replace")
