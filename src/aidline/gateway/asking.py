"""What a caller hears and is asked at one step, as it is kept with the call; and as a script for the provider."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from aidline.calls.models import Call
from aidline.channels.contract.voice import (
    Gather,
    Hangup,
    Prompt,
    Record,
    Script,
)
from aidline.flows.language import Line
from aidline.gateway import sounds
from aidline.gateway.sites import Site


@dataclass(frozen=True, slots=True)
class Question:
    """Lines, and then `most` keys, or a recording of so many seconds, or the end."""

    lines: tuple[Line, ...]
    most: int = 1
    record: int = 0
    ends: bool = False

    def after(self, lines: Iterable[Line]) -> "Question":
        return Question((*lines, *self.lines), self.most, self.record, self.ends)


def packed(question: Question) -> dict[str, Any]:
    return {
        "lines": [[line.text, line.language, line.recording] for line in question.lines],
        "most": question.most,
        "record": question.record,
        "ends": question.ends,
    }


def unpacked(plain: dict[str, Any]) -> Question:
    lines = tuple(Line(*line) for line in plain["lines"])
    return Question(lines, plain["most"], plain["record"], plain["ends"])


def script(site: Site, call: Call, question: Question) -> Script:
    prompts = spoken(site, question.lines)
    if question.ends:
        return (*prompts, Hangup())
    then = site.turn(call)
    if question.record:
        return (Record(then=then, told=site.told, prompts=prompts, seconds=question.record),)
    finish = "#" if question.most > 1 else ""
    return (Gather(prompts=prompts, then=then, most=question.most, finish=finish),)


def spoken(site: Site, lines: Iterable[Line]) -> tuple[Prompt, ...]:
    return sounds.prompts(site.voice, site.centre.pk, lines)
