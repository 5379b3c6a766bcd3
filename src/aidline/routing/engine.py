"""Who gets which conversation. Pure, so that a richer engine can take its place behind `Router`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Waiting:
    conversation: UUID
    language: str  # "" = not known yet
    since: datetime
    urgency: int = 0


@dataclass(frozen=True, slots=True)
class Free:
    """An agent who may take more: available, seen lately, below capacity."""

    membership: UUID
    languages: frozenset[str]
    load: int
    capacity: int
    idle_since: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    conversation: UUID
    membership: UUID


class Router(Protocol):
    def choose(self, waiting: Sequence[Waiting], agents: Sequence[Free]) -> list[Choice]: ...


class LongestIdle:
    """Most urgent first, then who waits longest; to an agent with the language, the smallest share of load,
    the longest idle.

    The order of the rows given in never changes the decision: every tie ends at the id.
    """

    def choose(self, waiting: Sequence[Waiting], agents: Sequence[Free]) -> list[Choice]:
        load = {agent.membership: agent.load for agent in agents}
        given: dict[UUID, int] = dict.fromkeys(load, 0)
        choices = []
        for item in sorted(waiting, key=lambda item: (-item.urgency, item.since, item.conversation)):
            able = [agent for agent in agents if _can_take(agent, item, load)]
            if not able:
                continue
            best = min(able, key=lambda agent: _rank(agent, load, given))
            load[best.membership] += 1
            given[best.membership] += 1
            choices.append(Choice(item.conversation, best.membership))
        return choices


def _can_take(agent: Free, item: Waiting, load: dict[UUID, int]) -> bool:
    speaks = not item.language or item.language in agent.languages
    return speaks and load[agent.membership] < agent.capacity


def _rank(agent: Free, load: dict[UUID, int], given: dict[UUID, int]) -> tuple[float, int, datetime, UUID]:
    share = load[agent.membership] / agent.capacity
    return share, given[agent.membership], agent.idle_since, agent.membership
