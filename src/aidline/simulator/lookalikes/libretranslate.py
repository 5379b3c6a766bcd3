"""LibreTranslate's side of the wire, for practice: a phrase book of the demo, and visibly invented words otherwise.

It checks what the real server checks (libretranslate/app.py, read 2026-11-24) and answers as it does. Faults are
asked for in the address: `/look-alike/libretranslate/slow`, `/busy`, `/broken`, `/garbage` or `/mangle`, which brings
brackets and digits out of shape as real engines do. With `/key-…` in front of all else only that key is good.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from aidline.simulator.content.phrases import say_in
from aidline.simulator.lookalikes.shapes import Answer, Call, Exchange, answer
from aidline.simulator.lookalikes.strict import Table, check, number, text, thing
from aidline.simulator.lookalikes.trouble import GARBAGE, LATE

NAMES: Mapping[str, str] = {
    "ar": "Arabic",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fr": "French",
    "nl": "Dutch",
    "uk": "Ukrainian",
}
MOST_TEXTS, MOST_CHARACTERS = 50, 5000
_ASKED: Table = {
    "q": thing(),
    "source": text(needed=True),
    "target": text(needed=True),
    "format": text(only=frozenset({"text", "html"})),
    "alternatives": number(),
    "api_key": text(),
}
_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


class Refused(Exception):
    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.answer = answer({"error": words}, status)


def respond(call: Call, exchange: Exchange) -> Answer:
    *orders, verb = call.parts
    try:
        return _respond(call, exchange, orders, verb)
    except Refused as refusal:
        return refusal.answer


def _respond(call: Call, exchange: Exchange, orders: list[str], verb: str) -> Answer:
    made = _VERBS.get((call.method, verb))
    if made is None:
        raise Refused("Not Found", 404)
    if "busy" in orders:
        raise Refused("Slowdown", 429)
    if "broken" in orders:
        raise Refused("Cannot translate text", 500)
    if "slow" in orders:
        exchange.wait(LATE)
    good = made(_document(call, orders), "mangle" in orders)
    return GARBAGE if "garbage" in orders else good


def _document(call: Call, orders: list[str]) -> dict[str, Any]:
    if call.method == "GET":
        return {}
    try:
        asked = json.loads(call.body)
    except ValueError:
        raise Refused("Invalid JSON format") from None
    if not isinstance(asked, dict) or not asked.get("q"):
        raise Refused("Invalid request: missing q parameter")
    key = next((order.removeprefix("key-") for order in orders if order.startswith("key-")), "")
    if key and asked.get("api_key") != key:
        raise Refused("Invalid API key", 403)
    return asked


def _languages(_asked: dict[str, Any], _mangle: bool) -> Answer:
    return answer([{"code": code, "name": name, "targets": sorted(NAMES)} for code, name in NAMES.items()])


def _translate(asked: dict[str, Any], mangle: bool) -> Answer:
    texts = _texts(asked)
    made = [_out_of_shape(one) if mangle else one for one in (_said(one, asked["target"]) for one in texts)]
    one_only = isinstance(asked["q"], str)
    content: dict[str, Any] = {"translatedText": made[0] if one_only else made}
    if asked["source"] == "auto":
        found = [_found(one) for one in texts]
        content["detectedLanguage"] = found[0] if one_only else found
    return answer(content)


def _texts(asked: dict[str, Any]) -> list[str]:
    plain = {**asked, "q": {}}
    problem = check(plain, _ASKED)
    if problem:
        raise Refused(f"Invalid request: {problem.what} {problem.where}")
    texts = [asked["q"]] if isinstance(asked["q"], str) else asked["q"]
    if len(texts) > MOST_TEXTS or sum(map(len, texts)) > MOST_CHARACTERS:
        raise Refused("Invalid request: request exceeds text limit")
    for code in (asked["source"], asked["target"]):
        if code not in NAMES and code != "auto":
            raise Refused(f"{code} is not supported")
    return list(texts)


def _said(words: str, target: str) -> str:
    return say_in(words, target) or " ".join(_invented(word) for word in words.split())


def _invented(word: str) -> str:
    """A word that nobody could take for a translation; what is not a word stays."""
    return f"‹{word}›" if any(map(str.isalpha, word)) else word


def _out_of_shape(words: str) -> str:
    return re.sub(r"\[(\d+)\]", lambda mark: f"( {mark[1].translate(_ARABIC)} )", words)


def _found(words: str) -> dict[str, Any]:
    arabic = any("\u0600" <= letter <= "\u06ff" for letter in words)
    cyrillic = any("\u0400" <= letter <= "\u04ff" for letter in words)
    return {"confidence": 90.0, "language": "ar" if arabic else "uk" if cyrillic else "en"}


def _detect(asked: dict[str, Any], _mangle: bool) -> Answer:
    return answer([_found(str(asked["q"]))])


_VERBS: Mapping[tuple[str, str], Callable[[dict[str, Any], bool], Answer]] = {
    ("GET", "languages"): _languages,
    ("POST", "translate"): _translate,
    ("POST", "detect"): _detect,
}
