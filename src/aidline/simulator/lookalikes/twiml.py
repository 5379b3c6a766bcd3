"""Reads TwiML as strictly as its schema says: what Twilio would only warn of is found here and not in the field.

Source: twilio.com/docs/voice/twiml and its pages on each verb, read 2026-11-24; attribute names also in
`twilio.twiml.voice_response` of twilio 9.13.0, against which a test holds this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

LARGEST = 64 * 1024  # Twilio, error 11750
LONGEST_SAY = 4096


class BadTwiml(Exception):
    """`code` is Twilio's own: 12100 is not XML, 12200 does not fit the schema."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(f"{code} {why}")
        self.code, self.why = code, why


@dataclass(frozen=True, slots=True)
class Verb:
    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    inside: tuple["Verb", ...] = ()

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def number(self, name: str, default: int) -> int:
        given = self.get(name)
        return int(given) if given.isdecimal() else default

    def yes(self, name: str, *, default: bool) -> bool:
        return self.get(name, "true" if default else "false") == "true"

    def packed(self) -> list[Any]:
        return [self.name, dict(self.attributes), self.text, [one.packed() for one in self.inside]]

    @classmethod
    def unpacked(cls, row: list[Any]) -> "Verb":
        return cls(row[0], row[1], row[2], tuple(cls.unpacked(one) for one in row[3]))


_CALLBACK = {"statusCallback", "statusCallbackMethod", "statusCallbackEvent"}
_RECORDING = {"recordingStatusCallback", "recordingStatusCallbackMethod", "recordingStatusCallbackEvent"}
_GO_ON = {"action", "method"}

# What practice follows. Twilio has more; what we send must be here.
ATTRIBUTES: Mapping[str, frozenset[str]] = {
    name: frozenset(given)
    for name, given in {
        "Say": {"voice", "language", "loop"},
        "Play": {"loop", "digits"},
        "Pause": {"length"},
        "Gather": _GO_ON
        | {"input", "timeout", "numDigits", "finishOnKey", "actionOnEmptyResult", "language", "bargeIn"},
        "Record": _GO_ON
        | _RECORDING
        | {"timeout", "finishOnKey", "maxLength", "playBeep", "trim", "transcribe", "transcribeCallback"},
        "Redirect": {"method"},
        "Hangup": set(),
        "Reject": {"reason"},
        "Dial": _GO_ON
        | _RECORDING
        | {
            "timeout",
            "hangupOnStar",
            "timeLimit",
            "callerId",
            "record",
            "trim",
            "answerOnBridge",
            "ringTone",
        },
        "Number": _CALLBACK | {"url", "method", "sendDigits"},
        "Client": _CALLBACK | {"url", "method"},
        "Conference": _CALLBACK
        | _RECORDING
        | {"muted", "beep", "startConferenceOnEnter", "endConferenceOnExit", "waitUrl", "waitMethod"}
        | {"maxParticipants", "record", "region", "coach", "trim", "eventCallbackUrl", "participantLabel"},
    }.items()
}
_TOP = frozenset({"Say", "Play", "Pause", "Gather", "Record", "Redirect", "Hangup", "Reject", "Dial"})
_NESTED = {
    "Gather": frozenset({"Say", "Play", "Pause"}),
    "Dial": frozenset({"Number", "Client", "Conference"}),
}


def read(body: bytes, content_type: str = "text/xml") -> tuple[Verb, ...]:
    if len(body) > LARGEST:
        raise BadTwiml(11750, "larger than 64 KB")
    if content_type.partition(";")[0].strip() not in ("text/xml", "application/xml"):
        raise BadTwiml(12300, f"content type {content_type[:40]}")
    return tuple(_verb(one, _TOP) for one in _root(body))


def _root(body: bytes) -> ET.Element:
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise BadTwiml(12100, "a document type")
    try:
        root = ET.fromstring(body)  # noqa: S314 (ours; entities are refused above)
    except ET.ParseError as problem:
        raise BadTwiml(12100, str(problem)) from None
    if root.tag != "Response" or root.attrib:
        raise BadTwiml(12200, "no plain <Response>")
    return root


def _verb(element: ET.Element, allowed: frozenset[str]) -> Verb:
    name = element.tag
    if name not in allowed:
        raise BadTwiml(12200, f"<{name}> does not belong here")
    unknown = set(element.attrib) - ATTRIBUTES[name]
    if unknown:
        raise BadTwiml(12200, f"{name} has no {sorted(unknown)[0]}")
    text = (element.text or "").strip()
    inside = tuple(_verb(one, _NESTED.get(name, frozenset())) for one in element)
    verb = Verb(name, dict(element.attrib), text, inside)
    _check(verb)
    return verb


def _check(verb: Verb) -> None:
    wants_text = verb.name in ("Say", "Number", "Client", "Conference", "Redirect")
    if wants_text and not verb.text:
        raise BadTwiml(12200, f"{verb.name} is empty")
    if verb.name == "Play" and not verb.text and not verb.get("digits"):
        raise BadTwiml(13420, "Play has no address")
    if verb.name == "Say" and len(verb.text) > LONGEST_SAY:
        raise BadTwiml(13520, "Say is longer than 4096 characters")
    if verb.name == "Dial" and not verb.inside and not verb.text:
        raise BadTwiml(13201, "Dial rings nobody")
