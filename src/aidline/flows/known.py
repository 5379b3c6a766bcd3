"""What the checks of a flow know of the centre around it. What is None is not looked at."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Self

from aidline.channels.contract import Capabilities
from aidline.flows.language import Flow


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one channel on which the flow is to run in writing. `choices`: as buttons or a list; 0: as numbered text."""

    channel: str
    choices: int = 0
    title: int = 0
    text: int = 0

    @classmethod
    def of(cls, channel: str, able: Capabilities) -> Self:
        return cls(channel, able.choices, able.choice_title, able.text_limit)


@dataclass(frozen=True, slots=True)
class Known:
    flows: Mapping[str, Flow] | None = None  # published, by slug
    topics: Collection[str] | None = None
    categories: Collection[str] | None = None
    skills: Collection[str] | None = None
    prompts: Collection[tuple[str, str]] | None = None  # name and language
    limits: tuple[Limits, ...] = field(default=())
