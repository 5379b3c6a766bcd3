"""Who is offered which call. Pure: rows in, choices out; the order of the rows never changes the decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

WAIT_FOR_SKILL = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Item:
    """A call or a callback, in the order in which they are taken."""

    id: UUID
    language: str  # of the agent; empty: any
    skill: str
    waited: timedelta
    excluded: frozenset[UUID] = frozenset()  # members who missed it a moment ago
    never: frozenset[UUID] = frozenset()  # members who turned it down, or passed it on, a moment ago


@dataclass(frozen=True, slots=True)
class Agent:
    membership: UUID
    languages: frozenset[str]
    skills: frozenset[str]
    idle_since: datetime


def choose(items: Sequence[Item], free: Sequence[Agent], skilled: frozenset[str]) -> list[tuple[UUID, UUID]]:
    """(item, membership). `skilled`: skills of those who are there, free or not: worth a short wait."""
    left = {agent.membership: agent for agent in free}
    choices = []
    for item in items:
        if agent := _agent_for(item, list(left.values()), skilled):
            choices.append((item.id, agent.membership))
            del left[agent.membership]
    return choices


def _agent_for(item: Item, free: Sequence[Agent], skilled: frozenset[str]) -> Agent | None:
    able = [agent for agent in free if _speaks(agent, item) and agent.membership not in item.never]
    able = [agent for agent in able if agent.membership not in item.excluded] or able
    if item.skill:
        having = [agent for agent in able if item.skill in agent.skills]
        waits = item.skill in skilled and item.waited < WAIT_FOR_SKILL
        able = having or ([] if waits else able)
    return min(able, key=lambda agent: (agent.idle_since, agent.membership), default=None)


def _speaks(agent: Agent, item: Item) -> bool:
    return not item.language or item.language in agent.languages
