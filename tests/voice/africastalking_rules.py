"""What Africa's Talking allows in a document, after its pages; it knows nothing of our renderer.

Source: docs.africastalking.com/voice (actions and the page of each), read 2026-11-24.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from xml.etree.ElementTree import Element, ParseError, fromstring

from voice.twiml_rules import absolute

Rule = Callable[[str], bool]


def complaints(raw: bytes) -> list[str]:
    try:
        root = fromstring(raw)
    except ParseError:
        return ["no XML"]
    if root.tag != "Response" or root.attrib:
        return [f"root {root.tag}"]
    return [*(wrong for one in root for wrong in _one(one)), *_order([one.tag for one in root])]


def _matches(pattern: str) -> Rule:
    return lambda value: re.fullmatch(pattern, value) is not None


def _between(least: int, most: int) -> Rule:
    return lambda value: value.isascii() and value.isdigit() and least <= int(value) <= most


_TRUTH = _matches("true|false")
_NUMBER = r"\+[1-9]\d{6,14}"

_ACTIONS: Mapping[str, Mapping[str, Rule]] = {
    "Say": {"voice": _matches("man|woman"), "playBeep": _TRUTH},
    "Play": {"url": absolute},
    "GetDigits": {
        "numDigits": _between(1, 100),
        "timeout": _between(1, 3600),
        "finishOnKey": _matches("[0-9*#]"),
        "callbackUrl": absolute,
    },
    "Record": {
        "finishOnKey": _matches("[0-9*#]"),
        "maxLength": _between(1, 3600),
        "timeout": _between(1, 3600),
        "trimSilence": _TRUTH,
        "playBeep": _TRUTH,
        "callbackUrl": absolute,
    },
    "Dial": {
        "phoneNumbers": _matches(f"{_NUMBER}(,{_NUMBER})*"),
        "record": _TRUTH,
        "sequential": _TRUTH,
        "callerId": _matches(_NUMBER),
        "ringBackTone": absolute,
        "maxDuration": _between(1, 7200),
    },
    "Enqueue": {"holdMusic": absolute, "name": _matches(r"\w+")},
    "Redirect": {},
    "Reject": {},
}
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "Play": ("url",),
    "GetDigits": ("callbackUrl",),
    "Record": ("callbackUrl",),
    "Dial": ("phoneNumbers",),
}
_PROMPTED = frozenset({"GetDigits", "Record"})


def _one(element: Element, *, inside: bool = False) -> Iterator[str]:
    rules = _ACTIONS.get(element.tag)
    if rules is None or (inside and element.tag not in ("Say", "Play")):
        yield f"action {element.tag}"
        return
    yield from (
        f"{element.tag} without {name}" for name in _NEEDED.get(element.tag, ()) if name not in element.attrib
    )
    for name, value in element.attrib.items():
        if name not in rules or not rules[name](value):
            yield f"{element.tag} {name}={value[:60]!r}"
    yield from _inside(element)


def _inside(element: Element) -> Iterator[str]:
    text = (element.text or "").strip()
    if element.tag == "Say" and not text:
        yield "Say of nothing"
    if element.tag == "Redirect" and not absolute(text):
        yield f"Redirect {text[:60]!r}"
    if len(element) > (1 if element.tag in _PROMPTED else 0):
        yield f"too much in {element.tag}"
    for prompt in element:
        yield from _one(prompt, inside=True)


_LEADS_ON = frozenset({"GetDigits", "Record", "Dial", "Enqueue"})


def _order(names: list[str]) -> Iterator[str]:
    leading = [at for at, name in enumerate(names) if name in _LEADS_ON]
    if not names or (leading and names[leading[-1] + 1 :] != ["Redirect"]):
        yield "a dead end"
    if "Redirect" in names[:-1]:
        yield "actions that are never reached"
    if "Reject" in names and len(names) > 1:
        yield "Reject among others"
