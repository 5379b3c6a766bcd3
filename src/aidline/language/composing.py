"""An agent writes in their own language, and sees before sending what the person will read and what it says."""

from dataclasses import dataclass
from time import monotonic
from typing import Any
from uuid import UUID

from aidline.kernel import text as words
from aidline.language.engine import engine_of, for_a_page, terms_of, translate
from aidline.language.libretranslate import NAME, EngineError
from aidline.language.models import Engine

LONGEST = 2000  # characters: more would be waited for too long


@dataclass(frozen=True, slots=True)
class Preview:
    """`problem` is a code of ours where a translation is missing; the agent may send what they wrote all the same."""

    written: str
    source: str
    target: str
    text: str = ""  # what the person would read
    back: str = ""  # what that says in the agent's language
    flagged: bool = False
    problem: str = ""
    engine: str = NAME


def preview(*, centre_id: UUID, written: str, source: str, target: str, edited: str = "") -> Preview:
    """Two calls of a server, within its time; never in a transaction. `edited` is what an agent made of it."""
    asked = Preview(words.clean(written).strip(), source, target)
    return _with_engine(centre_id, asked, words.clean(edited).strip())


def _with_engine(centre_id: UUID, asked: Preview, edited: str) -> Preview:
    engine = engine_of(centre_id)
    if engine is None:
        return _without(asked, edited, "off")
    if not (asked.written and asked.target) or asked.source == asked.target:
        return _without(asked, edited, "")
    if len(asked.written) > LONGEST or len(edited) > LONGEST:
        return _without(asked, edited, "too-long")
    try:
        with for_a_page():
            return _both_ways(engine, asked, edited)
    except EngineError as error:
        return _without(asked, edited, error.code)


def _both_ways(engine: Engine, asked: Preview, edited: str) -> Preview:
    """Without the way back the translation is shown all the same, and said to be unchecked."""
    how: dict[str, Any] = {"terms": terms_of(engine.centre_id), "until": monotonic() + engine.seconds}
    flagged, text = False, edited
    if not text:
        made = translate(engine, asked.written, source=asked.source, target=asked.target, **how)
        flagged, text = made.flagged, made.text
    try:
        back = translate(engine, text, source=asked.target, target=asked.source, **how).text
    except EngineError as error:
        return Preview(asked.written, asked.source, asked.target, text, "", flagged, error.code)
    return Preview(asked.written, asked.source, asked.target, text, back, flagged)


def _without(asked: Preview, edited: str, problem: str) -> Preview:
    return Preview(asked.written, asked.source, asked.target, edited, "", problem=problem)
