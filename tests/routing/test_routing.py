"""Who gets what: the pure engine by properties, the services with people."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidline.conversations.models import Conversation, Message
from aidline.conversations.states import ConversationState, Outcome
from aidline.gateway import inbound
from aidline.kernel.clock import now
from aidline.routing.engine import Choice, Free, LongestIdle, Waiting
from aidline.routing.models import Assignment, Presence
from aidline.routing.services import (
    finish,
    hand_over,
    put_off,
    return_abandoned,
    set_presence,
    take,
)
from aidline.routing.states import PresenceState
from gateway.stage import arrive, body, make_agent, make_centre, make_channel, text_message

START = datetime(2026, 1, 1, tzinfo=UTC)
LANGUAGES = ("ar", "fr", "uk")

waiting = st.builds(
    Waiting,
    conversation=st.uuids(version=4),
    language=st.sampled_from(("", *LANGUAGES)),
    since=st.integers(0, 500).map(lambda n: START + timedelta(seconds=n)),
)
agents = st.integers(1, 4).flatmap(
    lambda capacity: st.builds(
        Free,
        membership=st.uuids(version=4),
        languages=st.frozensets(st.sampled_from(LANGUAGES)),
        load=st.integers(0, capacity),
        capacity=st.just(capacity),
        idle_since=st.integers(0, 500).map(lambda n: START - timedelta(seconds=n)),
    )
)
items_and_agents = st.tuples(
    st.lists(waiting, max_size=12, unique_by=lambda item: item.conversation),
    st.lists(agents, max_size=5, unique_by=lambda agent: agent.membership),
)


def faults(items: list[Waiting], free: list[Free], choices: list[Choice]) -> list[str]:
    """What a set of choices does wrong; the rules of routing, said apart from the engine."""
    found = []
    load = {agent.membership: agent.load for agent in free}
    by_id = {agent.membership: agent for agent in free}
    language = {item.conversation: item.language for item in items}
    for choice in choices:
        load[choice.membership] += 1
        speaks = language[choice.conversation]
        if speaks and speaks not in by_id[choice.membership].languages:
            found.append("language")
    if any(load[agent.membership] > max(agent.capacity, agent.load) for agent in free):
        found.append("capacity")
    taken = {choice.conversation for choice in choices}
    if len(taken) != len(choices):
        found.append("given twice")
    for item in items:
        could = [
            agent
            for agent in free
            if load[agent.membership] < agent.capacity
            and (not item.language or item.language in agent.languages)
        ]
        if item.conversation not in taken and could:
            found.append("someone waits while an agent is free")
    return found


@given(items_and_agents)
def test_nobody_waits_while_someone_able_is_free_and_nobody_gets_too_much(
    case: tuple[list[Waiting], list[Free]],
) -> None:
    items, free = case
    assert faults(items, free, LongestIdle().choose(items, free)) == []


@given(items_and_agents, st.randoms())
def test_the_order_of_rows_changes_nothing(case: tuple[list[Waiting], list[Free]], random: object) -> None:
    items, free = case
    shuffled_items, shuffled_free = list(items), list(free)
    random.shuffle(shuffled_items)  # type: ignore[attr-defined]
    random.shuffle(shuffled_free)  # type: ignore[attr-defined]
    assert LongestIdle().choose(items, free) == LongestIdle().choose(shuffled_items, shuffled_free)


@pytest.mark.parametrize("fault", ["language", "capacity", "someone waits while an agent is free"])
def test_the_rules_catch_a_planted_fault(fault: str) -> None:
    item = Waiting(UUID(int=1), "ar", START)
    agent = Free(UUID(int=2), frozenset({"ar"}), 0, 1, START)
    broken = {
        "language": ([item], [Free(UUID(int=2), frozenset({"fr"}), 0, 1, START)], True),
        "capacity": ([item], [Free(UUID(int=2), frozenset({"ar"}), 1, 1, START)], True),
        "someone waits while an agent is free": ([item], [agent], False),
    }
    items, free, gives = broken[fault]
    choices = [Choice(UUID(int=1), UUID(int=2))] if gives else []
    assert fault in faults(items, free, choices)


def test_equal_agents_get_equal_shares() -> None:
    free = [Free(UUID(int=n), frozenset(), 0, 10, START - timedelta(seconds=n)) for n in range(1, 5)]
    items = [Waiting(UUID(int=100 + n), "", START + timedelta(seconds=n)) for n in range(20)]
    given_to = [choice.membership for choice in LongestIdle().choose(items, free)]
    assert {given_to.count(agent.membership) for agent in free} == {5}
    assert given_to[0] == UUID(int=4)  # the longest idle is first


pytestmark = pytest.mark.django_db(transaction=True)


def waiting_conversation(number: str = "447700900123") -> Conversation:
    channel = make_channel(make_centre())
    arrive(channel, body(text_message(number, "مرحبا", "wamid.1")))
    inbound.drain()
    return Conversation.objects.get()


def test_only_one_of_two_agents_can_take_a_conversation() -> None:
    conversation = waiting_conversation()
    mira, first = make_agent(conversation.centre, "Mira")
    noor, second = make_agent(conversation.centre, "Noor")
    assert take(by=mira, membership=first, conversation=conversation)
    assert not take(by=noor, membership=second, conversation=conversation)
    assert Assignment.objects.get(until=None).membership == first


def test_a_queued_conversation_is_given_as_soon_as_someone_comes_free() -> None:
    conversation = waiting_conversation()
    _, membership = make_agent(conversation.centre, "Mira")
    set_presence(membership=membership, state=PresenceState.AVAILABLE)
    conversation.refresh_from_db()
    assert conversation.assignee == membership


def test_finishing_makes_room_for_the_next_one() -> None:
    centre = make_centre()
    channel = make_channel(centre)
    mira, membership = make_agent(centre, "Mira", capacity=1)
    set_presence(membership=membership, state=PresenceState.AVAILABLE)
    for n in (1, 2):
        arrive(channel, body(text_message(f"44770090012{n}", "مرحبا", f"wamid.{n}")))
        inbound.drain()
    first = Conversation.objects.get(assignee=membership)
    assert finish(by=mira, conversation=first, topic=None, outcome=Outcome.ANSWERED)
    assert Conversation.objects.get(assignee=membership, state=ConversationState.OPEN).pk != first.pk


def test_an_absent_agents_conversations_return_with_their_waiting_time() -> None:
    conversation = waiting_conversation()
    _, membership = make_agent(conversation.centre, "Mira")
    set_presence(membership=membership, state=PresenceState.AVAILABLE)
    since = Conversation.objects.get().waiting_since
    Presence.objects.update(seen_at=now() - timedelta(minutes=4))
    assert return_abandoned() == 1
    conversation.refresh_from_db()
    assert conversation.assignee is None
    assert conversation.waiting_since == since
    assert Presence.objects.get().state == PresenceState.OFFLINE


def test_passing_on_carries_the_note_and_names_the_colleague() -> None:
    conversation = waiting_conversation()
    mira, first = make_agent(conversation.centre, "Mira")
    noor, second = make_agent(conversation.centre, "Noor")
    take(by=mira, membership=first, conversation=conversation)
    assert hand_over(by=mira, conversation=conversation, to=second, note="She needs the clinic's hours.")
    conversation.refresh_from_db()
    assert conversation.assignee == second
    assert Message.objects.get(direction="n").text == "She needs the clinic's hours."
    assert noor.mentions.count() == 1


def test_what_is_put_off_leaves_room_and_comes_back() -> None:
    conversation = waiting_conversation()
    mira, membership = make_agent(conversation.centre, "Mira", capacity=1)
    take(by=mira, membership=membership, conversation=conversation)
    assert put_off(by=mira, conversation=conversation, until=now() + timedelta(hours=1))
    conversation.refresh_from_db()
    assert conversation.state == ConversationState.SNOOZED
    arrive(conversation.channel, body(text_message("447700900123", "still there?", "wamid.9")))  # type: ignore[arg-type]
    inbound.drain()
    conversation.refresh_from_db()
    assert conversation.state == ConversationState.OPEN
    assert conversation.assignee == membership
