"""The few conditions that both sides understand: one value, one comparison, one constant.

FLOIP: "Excellent" expressions, with or without "@(…)" around them. Whatever is more than that is not read, and the
caller says so. Source: FLOIP Flow Specification 1.0.0-rc4, layers 1 and 2 and "Expressions", read 2026-11-24.
"""

import re
from dataclasses import dataclass

from aidline.flows.exchange import tongues
from aidline.flows.language import Test

_AROUND = re.compile(r"^@\((.*)\)$", re.DOTALL)
_COMPARED = re.compile(
    r"""^\s*@?(?P<what>[A-Za-z_][\w.]*)\s*
        (?P<sign>==|!=|<>|=|<|>)\s*
        (?:'(?P<single>[^']*)'|"(?P<double>[^"]*)"|(?P<bare>-?\w[\w.\-]*))\s*$""",
    re.VERBOSE,
)
_CALLED = re.compile(
    r"""^\s*(?P<name>has_phrase|has_any_word|has_all_words|has_text|has_number)\(\s*@?(?P<what>[A-Za-z_][\w.]*)\s*
        (?:,\s*['"](?P<value>[^'"]*)['"]\s*)?\)\s*$""",
    re.VERBOSE | re.IGNORECASE,
)
_SIGNS = {
    "=": Test.IS,
    "==": Test.IS,
    "!=": Test.IS_NOT,
    "<>": Test.IS_NOT,
    "<": Test.BELOW,
    ">": Test.ABOVE,
}
_WRITTEN = {Test.IS: "=", Test.IS_NOT: "!=", Test.BELOW: "<", Test.ABOVE: ">"}
MODES = {"IVR": "phone", "TEXT": "sms", "SMS": "sms", "RICH_MESSAGING": "chat"}
_OUR_MODES = {"phone": "IVR", "sms": "SMS", "chat": "RICH_MESSAGING"}


@dataclass(frozen=True, slots=True)
class Condition:
    """`what`: "language", "medium", "" for the answer of the block itself, or the name of a kept answer."""

    what: str
    test: Test
    value: str


def read(expression: str) -> Condition | None:
    bare = expression.strip()
    around = _AROUND.match(bare)
    bare = around[1].strip() if around else bare
    compared, called = _COMPARED.match(bare), _CALLED.match(bare)
    if compared:
        value = next(compared[name] for name in ("single", "double", "bare") if compared[name] is not None)
        return _condition(compared["what"], _SIGNS[compared["sign"]], value)
    if called:
        known = called["name"].lower() in ("has_text", "has_number")
        return _condition(called["what"], Test.KNOWN if known else Test.HAS, called["value"] or "")
    return None


def write(condition: Condition) -> str:
    what = _path(condition.what)
    if condition.test is Test.KNOWN:
        return f"has_text({what})"
    if condition.test is Test.HAS:
        return f"has_phrase({what}, '{_plain(condition.value)}')"
    value = _value_out(condition)
    quoted = value if condition.test in (Test.ABOVE, Test.BELOW) else f"'{_plain(value)}'"
    return f"{what} {_WRITTEN[condition.test]} {quoted}"


def _condition(path: str, test: Test, value: str) -> Condition:
    what = _what(path)
    if what == "language":
        value = tongues.two(value)
    if what == "medium":
        value = MODES.get(value.upper(), value)
    return Condition(what, test, value)


def _what(path: str) -> str:
    parts = path.lower().split(".")
    if parts[0] == "block" and parts[-1] in ("value", "response"):
        return ""
    if parts in (["flow", "language"], ["contact", "language"]):
        return "language"
    if parts == ["flow", "mode"]:
        return "medium"
    kept = parts[1:] if parts[0] in ("flow", "contact", "results") else parts
    return ".".join(kept[:-1] if len(kept) > 1 and kept[-1] == "value" else kept)


def _path(what: str) -> str:
    if what in ("", "language", "medium"):
        return {"": "block.value", "language": "flow.language", "medium": "flow.mode"}[what]
    return f"flow.{what}"


def _value_out(condition: Condition) -> str:
    if condition.what == "language":
        return tongues.three(condition.value)
    if condition.what == "medium":
        return _OUR_MODES.get(condition.value, condition.value)
    return condition.value


def _plain(value: str) -> str:
    return value.replace("'", "’")
