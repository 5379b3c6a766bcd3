"""What Twilio allows in a document, read from its own library and its pages; it knows nothing of our renderer.

Sources: the package `twilio` (verbs and attributes), twilio.com/docs/voice/twiml (values), read 2026-11-24.
"""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError, fromstring

from twilio.twiml import voice_response as theirs

LONGEST = 64 * 1024
LONGEST_SAY = 4096

# What a method's first parameter means where it is no attribute but what stands inside.
_CONTENT = {
    "say": "message",
    "play": "url",
    "redirect": "url",
    "dial": "number",
    "conference": "name",
    "number": "phone_number",
}
_INSIDE: Mapping[str, tuple[type, tuple[str, ...]]] = {
    "Response": (
        theirs.VoiceResponse,
        ("say", "play", "pause", "gather", "record", "dial", "redirect", "hangup", "reject"),
    ),
    "Gather": (theirs.Gather, ("say", "play", "pause")),
    "Dial": (theirs.Dial, ("conference", "number")),
}


def complaints(raw: bytes) -> list[str]:
    if len(raw) > LONGEST:
        return ["too long"]
    try:
        root = fromstring(raw)
    except ParseError:
        return ["no XML"]
    if root.tag != "Response" or root.attrib:
        return [f"root {root.tag}"]
    return [*_within(root), *_ends(root)]


def _within(parent: Element) -> Iterator[str]:
    for at, element in enumerate(parent):
        attributes = _known(parent.tag).get(element.tag)
        if attributes is None:
            yield f"{element.tag} in {parent.tag}"
            continue
        yield from (f"{element.tag} {name}" for name in element.attrib if name not in attributes)
        yield from _values(element)
        yield from _inside(element)
        if element.tag == "Reject" and at:
            yield "Reject is not the first verb"
        yield from _within(element)


@cache
def _known(tag: str) -> Mapping[str, frozenset[str]]:
    made, names = _INSIDE.get(tag, (None, ()))
    return {name.capitalize(): _attributes(getattr(made, name), name) for name in names}


def _attributes(method: Callable[..., object], name: str) -> frozenset[str]:
    known = [one for one in inspect.signature(method).parameters if one not in ("self", "kwargs")]
    return frozenset(_camel(one) for one in known if one != _CONTENT.get(name))


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


# --- values ----------------------------------------------------------------------------------------------

Rule = Callable[[str], bool]


def _one_of(*words: str) -> Rule:
    return lambda value: value in words


def _some_of(*words: str) -> Rule:
    return lambda value: bool(value) and set(value.split(" ")) <= set(words)


def _between(least: int, most: int) -> Rule:
    return lambda value: value.isascii() and value.isdigit() and least <= int(value) <= most


def _matches(pattern: str) -> Rule:
    return lambda value: re.fullmatch(pattern, value) is not None


def absolute(url: str) -> bool:
    target = urlsplit(url)
    return target.scheme in ("http", "https") and bool(target.netloc) and " " not in url


_TRUTH = _one_of("true", "false")
_METHOD = _one_of("GET", "POST")
_RECORDED = _some_of("in-progress", "completed", "absent")
_LANGUAGE = _matches(r"arb|cmn-CN|[a-z]{2,3}-[A-Z]{2}|es-419")
_VOICE = _matches(
    r"man|woman|alice|Polly\.[A-Z][a-z]+(-Neural)?|Google\.[a-z]{2,3}-[A-Z]{2}-[A-Za-z0-9]+-[A-Z]"
)

_VALUES: Mapping[str, Mapping[str, Rule]] = {
    "Say": {"voice": _VOICE, "language": _LANGUAGE, "loop": _between(0, 1000)},
    "Play": {"loop": _between(0, 1000), "digits": _matches("[0-9*#w]+")},
    "Pause": {"length": _between(1, 3600)},
    "Gather": {
        "input": _one_of("dtmf", "speech", "dtmf speech"),
        "action": absolute,
        "method": _METHOD,
        "timeout": _between(1, 600),
        "numDigits": _between(1, 1000),
        "finishOnKey": _matches("[0-9#*]?"),
        "actionOnEmptyResult": _TRUTH,
    },
    "Record": {
        "action": absolute,
        "method": _METHOD,
        "timeout": _between(1, 3600),
        "finishOnKey": _matches("[0-9#*]*"),
        "maxLength": _between(1, 14_400),
        "playBeep": _TRUTH,
        "trim": _one_of("trim-silence", "do-not-trim"),
        "recordingStatusCallback": absolute,
        "recordingStatusCallbackMethod": _METHOD,
        "recordingStatusCallbackEvent": _RECORDED,
    },
    "Dial": {
        "action": absolute,
        "method": _METHOD,
        "timeout": _between(5, 600),
        "callerId": _matches(r"\+[1-9]\d{6,14}|client:\w+"),
        "answerOnBridge": _TRUTH,
        "hangupOnStar": _TRUTH,
        "timeLimit": _between(1, 86_400),
    },
    "Conference": {
        "muted": _TRUTH,
        "beep": _one_of("true", "false", "onEnter", "onExit"),
        "startConferenceOnEnter": _TRUTH,
        "endConferenceOnExit": _TRUTH,
        "waitUrl": lambda url: not url or absolute(url),
        "waitMethod": _METHOD,
        "record": _one_of("do-not-record", "record-from-start"),
        "trim": _one_of("trim-silence", "do-not-trim"),
        "coach": _matches("CA[0-9a-f]{32}"),
        "participantLabel": _matches(r"[\w-]{1,128}"),
        "statusCallback": absolute,
        "statusCallbackMethod": _METHOD,
        "statusCallbackEvent": _some_of(
            "start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"
        ),
        "recordingStatusCallback": absolute,
        "recordingStatusCallbackMethod": _METHOD,
        "recordingStatusCallbackEvent": _RECORDED,
    },
    "Number": {},
    "Redirect": {"method": _METHOD},
    "Reject": {"reason": _one_of("rejected", "busy")},
    "Hangup": {},
}


def _values(element: Element) -> Iterator[str]:
    rules = _VALUES[element.tag]
    for name, value in element.attrib.items():
        if name not in rules or not rules[name](value):
            yield f"{element.tag} {name}={value[:60]!r}"


def _inside(element: Element) -> Iterator[str]:
    text, tag = (element.text or "").strip(), element.tag
    if tag == "Say" and not 0 < len(text) <= LONGEST_SAY:
        yield "Say of nothing, or too much"
    if tag in ("Play", "Redirect") and not absolute(text):
        yield f"{tag} {text[:60]!r}"
    if tag == "Number" and not re.fullmatch(r"\+[1-9]\d{6,14}", text):
        yield "Number is none"
    if tag == "Conference" and not re.fullmatch(r"[\w-]{1,128}", text):
        yield "Conference without a name"
    if tag == "Dial" and not len(element):
        yield "Dial to nobody"


# --- no dead ends ----------------------------------------------------------------------------------------

_ENDS = frozenset({"Redirect", "Hangup", "Reject"})


def _ends(root: Element) -> Iterator[str]:
    """Nothing to do is a dead end, and so is a last verb without an action; what is never reached is a slip."""
    ending = [_is_end(element) for element in root]
    if not ending or not ending[-1]:
        yield "runs out of verbs"
    if any(ending[:-1]):
        yield "verbs that are never reached"


def _is_end(element: Element) -> bool:
    return element.tag in _ENDS or (element.tag == "Dial" and bool(element.get("action")))
