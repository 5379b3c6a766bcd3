"""Words and recordings as FLOIP keeps them: one id, and values by language, way of use and kind of content."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from aidline.flows.exchange import tongues
from aidline.flows.exchange.losses import Report
from aidline.flows.language import Text, Words

SPACE = UUID("5b0b6f5e-8a1c-4c55-9d0d-3f0f6a1f8a11")  # of all ids that we make: the same flow, the same ids
CHAT, SMS, PHONE = "RICH_MESSAGING", "SMS", "IVR"
_WRITTEN = frozenset({CHAT, "TEXT", "OFFLINE", "USSD"})
_PLACEHOLDER = re.compile(r"@(?:\(|[a-z_]+\.)")


def made_id(*parts: str) -> str:
    return str(uuid5(SPACE, "/".join(parts)))


def text_of(
    resource: Mapping[str, Any] | None, tongue: Mapping[str, str], where: str, report: Report
) -> Text:
    """`tongue`: our code by the language ids of the flow."""
    by_language: dict[str, list[Mapping[str, Any]]] = {}
    for value in (resource or {}).get("values", ()):
        code = tongue.get(str(value.get("language_id"))) or tongues.two(str(value.get("language_id", "")))
        by_language.setdefault(code, []).append(value)
    return {code: _words(values, where, report) for code, values in by_language.items()}


def _words(values: Sequence[Mapping[str, Any]], where: str, report: Report) -> Words:
    written = [value for value in values if value.get("content_type") == "TEXT"]
    text = _first(written, _WRITTEN) or _first(written, {SMS}) or _first(written, {PHONE})
    short = _first(written, {SMS})
    spoken = _first(written, {PHONE})
    if spoken and spoken not in (text, short):
        report.lose(where, "speech-text", spoken)
    if any(value.get("content_type") not in ("TEXT", "AUDIO") for value in values):
        report.lose(where, "media-dropped")
    if _PLACEHOLDER.search(text.replace("@@", "")):
        report.lose(where, "expression-in-text", text)
    recording = _first([value for value in values if value.get("content_type") == "AUDIO"], None)
    return Words(text=text, short=short if short != text else "", recording=recording)


def _first(values: Iterable[Mapping[str, Any]], modes: Iterable[str] | None) -> str:
    wanted = None if modes is None else set(modes)
    fitting = (
        value
        for value in values
        if wanted is None or wanted & {str(mode).upper() for mode in value.get("modes", ())}
    )
    return next((str(value.get("value", "")) for value in fitting), "")


def resource_of(text: Text, uuid: str) -> dict[str, Any]:
    return {"uuid": uuid, "values": [value for code, words in text.items() for value in _values(code, words)]}


def _values(code: str, words: Words) -> Iterable[dict[str, Any]]:
    modes = [CHAT, PHONE] if words.short else [CHAT, SMS, PHONE]
    if words.text:
        yield _value(code, modes, "TEXT", "text/plain", words.text)
    if words.short:
        yield _value(code, [SMS], "TEXT", "text/plain", words.short)
    if words.recording:
        yield _value(code, [PHONE], "AUDIO", "audio/wav", words.recording)


def _value(code: str, modes: list[str], content: str, mime: str, value: str) -> dict[str, Any]:
    return {
        "language_id": tongues.three(code),
        "modes": modes,
        "content_type": content,
        "mime_type": mime,
        "value": value,
    }
