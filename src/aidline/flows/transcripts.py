"""Tests of a flow, as its author writes them: what a person says, and what they are to hear. See docs/flows.md.

What is said begins with ">"; `[photo]`, `[voice]`, `[place]`, `[nothing]` and `[nobody came]` stand for what has no
words. The lines after it must be heard in this order, word by word; "…" at the end of a line stands for its rest, a
"…" alone for any lines. Choices ("1 Food") and marks ("[person]", "[topic food]") may be left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from aidline.flows import engine
from aidline.flows.language import (
    Act,
    Finish,
    Flow,
    Line,
    Mark,
    Medium,
    Offer,
    Said,
    SpeakLanguage,
    Tell,
    ToPerson,
    Want,
)
from aidline.flows.problems import FlowError
from aidline.flows.state import Turn
from aidline.flows.text import READERS, Reader, one_of
from aidline.flows.world import ArticleTitle, Category, World
from aidline.flows.yamltree import tree

REST = "…"
NOBODY_CAME = "[nobody came]"
_SAYING = ">"
_SAID = {
    "[photo]": Said(file="photo"),
    "[voice]": Said(file="voice"),
    "[file]": Said(file="file"),
    "[place]": Said(place=(0.0, 0.0)),
    "[nothing]": Said(),
}


class Doors(StrEnum):
    AS_THEY_ARE = ""
    OPEN = "open"
    SHUT = "closed"


@dataclass(frozen=True, slots=True)
class Transcript:
    """`language`: the person's, known beforehand."""

    title: str
    medium: Medium
    lines: str
    language: str = ""
    channel: str = ""
    hours: Doors = Doors.AS_THEY_ARE


@dataclass(frozen=True, slots=True)
class Difference:
    """`said`: what the person had said last; empty at the beginning."""

    transcript: str
    said: str
    expected: str  # a line; empty where nothing more was expected
    found: str


@dataclass(frozen=True, slots=True)
class _Exchange:
    said: str
    expected: tuple[str, ...]


def read(source: str) -> list[Transcript]:
    """Raises `FlowError` and nothing else. Nothing written: no tests."""
    if not source.strip():
        return []
    reader = Reader(_READERS)
    record = lambda found, what: reader.record(Transcript, found, what)  # noqa: E731
    found = [one for one in reader.listed(tree(source), "tests", record) if one]
    for one in found:
        if not _lines(one.lines):
            reader.wrong("too_few_lines", 0)
    if reader.problems:
        raise FlowError(reader.problems)
    return found


_READERS = READERS | {
    "language": Reader.name,
    "medium": one_of(Medium),
    "channel": Reader.words,
    "hours": one_of(Doors),
    "lines": Reader.words,
}


def play(flow: Flow, transcript: Transcript, world: World) -> list[Difference]:
    """Goes on after a difference as far as the run does."""
    around = _With(world, transcript.hours)
    turn = engine.begin(
        flow,
        medium=transcript.medium,
        language=transcript.language,
        world=around,
        channel=transcript.channel,
    )
    differences: list[Difference] = []
    for exchange in _exchanges(transcript.lines):
        if exchange.said:
            turn = _next(flow, turn, exchange.said, around)
        differences += _compared(transcript, exchange, turn)
    return differences


def play_all(flow: Flow, source: str, world: World) -> list[Difference]:
    return [difference for one in read(source) for difference in play(flow, one, world)]


# --- what is said ----------------------------------------------------------------------------------------


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _exchanges(text: str) -> Iterator[_Exchange]:
    said = ""
    expected: list[str] = []
    for line in _lines(text):
        if line.startswith(_SAYING):
            yield _Exchange(said, tuple(expected))
            said, expected = line.removeprefix(_SAYING).strip() or "[nothing]", []
        else:
            expected.append(line)
    yield _Exchange(said, tuple(expected))


def _next(flow: Flow, turn: Turn, said: str, world: World) -> Turn:
    if said == NOBODY_CAME:
        return engine.left_queue(flow, turn.state, world)
    return engine.hear(flow, turn.state, _SAID.get(said, Said(said)), world)


# --- what is heard ---------------------------------------------------------------------------------------


def heard(acts: Sequence[Act]) -> list[str]:
    """As lines of a transcript."""
    return [line for act in acts for line in _written(act)]


def _written(act: Act) -> Iterator[str]:
    if isinstance(act, Tell | Offer | Want) or (isinstance(act, ToPerson) and act.line):
        yield from _lines((act.line or Line("", "")).text)
    if isinstance(act, Offer):
        yield from (f"{option.key} {option.line.text}" for option in act.options)
    elif isinstance(act, SpeakLanguage):
        yield f"[language {act.language}]"
    elif isinstance(act, Mark):
        yield f"[topic {act.topic}]"
    elif isinstance(act, ToPerson):
        yield f"[{' '.join(filter(None, ('person', act.skill, act.risk)))}]"
    elif isinstance(act, Finish):
        yield "[end]"
    elif isinstance(act, Want):
        yield f"[asks for {act.wants}]"


def _minor(acts: Sequence[Act]) -> set[str]:
    """What may be left out: marks and choices."""
    options = {f"{one.key} {one.line.text}" for act in acts if isinstance(act, Offer) for one in act.options}
    return options | {line for line in heard(acts) if line.startswith("[")}


def _compared(transcript: Transcript, exchange: _Exchange, turn: Turn) -> Iterator[Difference]:
    """Only the first difference of a turn is told; where nothing is expected, nothing is looked at."""
    if not exchange.expected:
        return
    found, minor, skips = heard(turn.acts), _minor(turn.acts), False
    for expected in exchange.expected:
        if expected == REST:
            skips = True
            continue
        while found and not _matches(expected, found[0]) and (skips or found[0] in minor):
            found.pop(0)
        if not found or not _matches(expected, found[0]):
            yield Difference(transcript.title, exchange.said, expected, found[0] if found else "")
            return
        found.pop(0)
        skips = False
    rest = [] if skips else [line for line in found if line not in minor]
    if rest:
        yield Difference(transcript.title, exchange.said, "", rest[0])


def _matches(expected: str, found: str) -> bool:
    if expected.endswith(REST):
        return found.startswith(expected.removesuffix(REST).rstrip())
    return found == expected


# --- the world, with the hours of the test ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _With:
    world: World
    hours: Doors

    def flow(self, slug: str) -> Flow | None:
        return self.world.flow(slug)

    def is_open(self) -> bool:
        return self.world.is_open() if self.hours is Doors.AS_THEY_ARE else self.hours is Doors.OPEN

    def categories(self, language: str) -> Sequence[Category]:
        return self.world.categories(language)

    def articles(self, category: str, language: str) -> Sequence[ArticleTitle]:
        return self.world.articles(category, language)

    def vouchers(self, language: str) -> Sequence[str]:
        return self.world.vouchers(language)

    def registration(self, receipt: str, language: str) -> str | None:
        return self.world.registration(receipt, language)

    def article(self, article: UUID, language: str, medium: Medium) -> Sequence[Line]:
        return self.world.article(article, language, medium)
