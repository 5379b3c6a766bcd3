"""What is said to somebody on a call, as lines, and how long saying it takes."""

import io
import wave
from functools import lru_cache
from typing import Any

from aidline.kernel.clock import now
from aidline.simulator import hooks
from aidline.simulator.lookalikes.twiml import Verb
from aidline.simulator.models import PracticeCall

KEPT = 60  # lines of a call
LETTERS_A_SECOND = 14.0
LONGEST = 60.0  # seconds that one line takes; music goes on for longer, and is not waited for
BYTES_A_SECOND = 16_000.0
_SAID = ("Say", "Play", "Pause")


def is_said(verb: Verb) -> bool:
    return verb.name in _SAID


def hear(call: PracticeCall, verb: Verb) -> float:
    """Adds it to the lines; its seconds."""
    if verb.name == "Pause":
        return float(verb.number("length", 1))
    if verb.name == "Say":
        _add(call, {"say": verb.text, "language": language_of(verb.get("language"))})
        return min(LONGEST, max(1.0, len(verb.text) / LETTERS_A_SECOND) * max(verb.number("loop", 1), 1))
    if verb.text:
        _add(call, {"play": verb.text})
    return min(LONGEST, _seconds(verb.text) * (verb.number("loop", 1) or 1000))


def note(call: PracticeCall, what: str, **more: Any) -> None:
    """Something that happened, for the page to word: a key, a tone, somebody's coming."""
    _add(call, {"what": what, **more})


def _add(call: PracticeCall, line: dict[str, Any]) -> None:
    lines = call.heard or []
    number = lines[-1]["n"] + 1 if lines else 1
    call.heard = [*lines, {"n": number, "at": now().isoformat(), **line}][-KEPT:]


def language_of(given: str) -> str:
    """Twilio's names of languages begin with ours, but for Arabic's `arb`."""
    first = given.partition("-")[0]
    return {"arb": "ar", "cmn": "zh"}.get(first, first) or "en"


@lru_cache(256)
def _seconds(url: str) -> float:
    """Of a WAV of ours; what cannot be fetched is over at once, as for a caller."""
    found = hooks.fetch(url) if url else None
    if found is None:
        return 0.0
    return seconds_of_wav(found[0])


def seconds_of_wav(content: bytes) -> float:
    try:
        with wave.open(io.BytesIO(content)) as sound:
            return float(sound.getnframes() / (sound.getframerate() or 8000))
    except (wave.Error, EOFError):
        return len(content) / BYTES_A_SECOND
