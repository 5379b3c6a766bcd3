"""Where a run is: what the engine needs to go on, and nothing else. Kept sealed between two turns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from aidline.flows.language import Act, Medium


class Waits(StrEnum):
    """What for."""

    NOTHING = ""  # the run is over
    ANSWER = "answer"  # to the question of the node `at`
    LANGUAGE = "language"  # to "which language?", asked in between; then back to `before`
    QUEUE = "queue"  # a caller waits for a person
    VOICEMAIL = "voicemail"  # nobody could take the call, and the flow says nothing about that


class Step(StrEnum):
    """Within an information node."""

    NONE = ""
    CATEGORIES = "categories"
    ARTICLES = "articles"
    AFTER = "after"  # an article was read


@dataclass(frozen=True, slots=True)
class Frame:
    """A flow that another one went into, and where that one goes on afterwards."""

    flow: str
    to: str


@dataclass(frozen=True, slots=True)
class State:
    """`offered`: the ids of the choices as they stand before the person, and their `keys`. `told`: the messages that
    led to the question, to be repeated with it."""

    medium: Medium
    language: str
    is_theirs: bool = False  # the language was known or chosen; it is not only the flow's first
    channel: str = ""
    waits: Waits = Waits.NOTHING
    flow: str = ""  # the sub-flow we are in
    at: str = ""
    frames: tuple[Frame, ...] = ()  # from the outside inwards
    kept: Mapping[str, str] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    page: int = 0
    tries: int = 0
    step: Step = Step.NONE
    category: str = ""
    article: str = ""
    before: Waits = Waits.NOTHING
    risk: str = ""
    inputs: int = 0

    @property
    def over(self) -> bool:
        return self.waits == Waits.NOTHING

    def packed(self) -> dict[str, Any]:
        """Plain JSON, without what is as at the beginning."""
        plain: dict[str, Any] = {"medium": str(self.medium), "language": self.language}
        for name in _WORDS:
            if value := getattr(self, name):
                plain[name] = str(value)
        for name in _NUMBERS:
            if number := getattr(self, name):
                plain[name] = number
        for name in _LISTS:
            if found := getattr(self, name):
                plain[name] = list(found)
        if self.is_theirs:
            plain["is_theirs"] = True
        if self.frames:
            plain["frames"] = [[frame.flow, frame.to] for frame in self.frames]
        if self.kept:
            plain["kept"] = dict(self.kept)
        return plain

    @classmethod
    def unpacked(cls, plain: Mapping[str, Any]) -> Self:
        return cls(
            medium=Medium(plain["medium"]),
            language=plain["language"],
            is_theirs=plain.get("is_theirs", False),
            channel=plain.get("channel", ""),
            waits=Waits(plain.get("waits", "")),
            flow=plain.get("flow", ""),
            at=plain.get("at", ""),
            frames=tuple(Frame(*frame) for frame in plain.get("frames", ())),
            kept=dict(plain.get("kept", {})),
            told=tuple(plain.get("told", ())),
            offered=tuple(plain.get("offered", ())),
            keys=tuple(plain.get("keys", ())),
            page=plain.get("page", 0),
            tries=plain.get("tries", 0),
            step=Step(plain.get("step", "")),
            category=plain.get("category", ""),
            article=plain.get("article", ""),
            before=Waits(plain.get("before", "")),
            risk=plain.get("risk", ""),
            inputs=plain.get("inputs", 0),
        )


_WORDS = ("channel", "waits", "flow", "at", "step", "category", "article", "before", "risk")
_NUMBERS = ("page", "tries", "inputs")
_LISTS = ("told", "offered", "keys")


@dataclass(frozen=True, slots=True)
class Turn:
    """The last act is what the run waits on (`Offer`, `Want`, `ToPerson`), or `Finish`."""

    state: State
    acts: tuple[Act, ...]
