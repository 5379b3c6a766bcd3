"""What Vonage allows in an NCCO, after its reference; it knows nothing of our renderer.

Source: developer.vonage.com/voice/voice-api/ncco-reference, read 2026-11-24.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from voice.twiml_rules import absolute

Rule = Callable[[Any], bool]
Action = dict[str, Any]


def complaints(raw: bytes) -> list[str]:
    try:
        actions = json.loads(raw)
    except ValueError:
        return ["no JSON"]
    if not isinstance(actions, list) or not all(isinstance(one, dict) for one in actions):
        return ["no list of actions"]
    return [*(wrong for one in actions for wrong in _one(one)), *_order(actions)]


def _one(action: Action) -> Iterator[str]:
    name = str(action.get("action"))
    rules = _ACTIONS.get(name)
    if rules is None:
        yield f"action {name}"
        return
    yield from (f"{name} without {needed}" for needed in _NEEDED[name] if needed not in action)
    for key, value in action.items():
        if key != "action" and (key not in rules or not rules[key](value)):
            yield f"{name} {key}={str(value)[:60]!r}"


# --- values ----------------------------------------------------------------------------------------------


def _number(least: float, most: float) -> Rule:
    return lambda value: (
        isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
    )


def _truth(value: Any) -> bool:
    return isinstance(value, bool)


def _one_of(*words: str) -> Rule:
    return lambda value: value in words


def _matches(pattern: str) -> Rule:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _address(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 1 and absolute(str(value[0]))


def _legs(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and one for one in value)


def _text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= 1500 and "<" not in value


def _keys(value: Any) -> bool:
    rules: Mapping[str, Rule] = {
        "timeOut": _number(0, 10),
        "maxDigits": _number(1, 20),
        "submitOnHash": _truth,
    }
    return isinstance(value, dict) and all(name in rules and rules[name](one) for name, one in value.items())


def _endpoint(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != 1 or set(value[0]) != {"type", "number"}:
        return False
    return value[0]["type"] == "phone" and _MSISDN(value[0]["number"])


_MSISDN = _matches(r"[1-9]\d{6,14}")
_METHOD = _one_of("GET", "POST")
_TOLD: Mapping[str, Rule] = {"eventUrl": _address, "eventMethod": _METHOD}
_LANGUAGE = _matches(r"ar|cmn-CN|[a-z]{2,3}-[A-Z]{2}")

_ACTIONS: Mapping[str, Mapping[str, Rule]] = {
    "talk": {
        "text": _text,
        "language": _LANGUAGE,
        "style": _number(0, 20),
        "bargeIn": _truth,
        "loop": _number(0, 1000),
        "level": _number(-1, 1),
    },
    "stream": {"streamUrl": _address, "bargeIn": _truth, "loop": _number(0, 1000), "level": _number(-1, 1)},
    "input": {"type": lambda value: value == ["dtmf"], "dtmf": _keys, **_TOLD},
    "record": {
        "format": _one_of("mp3", "wav", "ogg"),
        "split": _one_of("conversation"),
        "channels": _number(1, 32),
        "endOnSilence": _number(3, 10),
        "endOnKey": _matches("[0-9*#]"),
        "timeOut": _number(3, 7200),
        "beepStart": _truth,
        **_TOLD,
    },
    "conversation": {
        "name": _matches(r"[\w-]{1,255}"),
        "musicOnHoldUrl": _address,
        "startOnEnter": _truth,
        "endOnExit": _truth,
        "record": _truth,
        "canSpeak": _legs,
        "canHear": _legs,
        "mute": _truth,
    },
    "connect": {
        "endpoint": _endpoint,
        "from": _MSISDN,
        "timeout": _number(1, 7200),
        "limit": _number(1, 7200),
        "eventType": _one_of("synchronous"),
        "machineDetection": _one_of("continue", "hangup"),
        **_TOLD,
    },
    "notify": {"payload": lambda value: isinstance(value, dict) and bool(value), **_TOLD},
    "wait": {"timeout": _number(0.1, 7200)},
}
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "talk": ("text",),
    "stream": ("streamUrl",),
    "input": ("type", "dtmf", "eventUrl"),
    "record": ("eventUrl", "endOnSilence", "timeOut"),  # without a condition nothing is recorded
    "conversation": ("name",),
    "connect": ("endpoint",),
    "notify": ("payload", "eventUrl"),
    "wait": (),
}

# --- order -----------------------------------------------------------------------------------------------

_HEARD = frozenset({"talk", "stream"})
_LEADS_ON = frozenset({"input", "record", "conversation", "connect"})


def _order(actions: list[Action]) -> Iterator[str]:
    names = [str(one.get("action")) for one in actions]
    for at, action in enumerate(actions):
        if action.get("bargeIn") and _next_of(names[at:]) != "input":
            yield "bargeIn without an input after it"
    leading = [at for at, name in enumerate(names) if name in _LEADS_ON]
    if leading and names[leading[-1] + 1 :] != ["notify"]:
        yield "a dead end"
    if "notify" in names[:-1]:
        yield "actions that are never reached"


def _next_of(names: list[str]) -> str:
    return next((name for name in names if name not in _HEARD), "")
