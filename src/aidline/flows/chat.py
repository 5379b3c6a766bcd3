"""A flow in a conversation: the job that answers what was said, one message and one transaction at a time.

The row of the conversation is locked from the first look to the last word, and the run moves on only from where it
was read: killed anywhere, done twice or by two workers at once, each message is answered once. Whatever goes wrong,
the conversation goes to people.
"""

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction
from django.db.models import F, Max

from aidline.conversations.models import Conversation, Message
from aidline.conversations.services import leave_flow
from aidline.conversations.states import ConversationState, Direction
from aidline.flows import engine
from aidline.flows.acting import Talk, perform, to_people
from aidline.flows.hearing import is_said, missed, said
from aidline.flows.language import Flow, ToPerson
from aidline.flows.media import capabilities, medium_of
from aidline.flows.models import Run
from aidline.flows.queries import entrance, live_run, load
from aidline.flows.state import State, Turn
from aidline.flows.surroundings import Asker, Surroundings
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.people.models import OptOut

log = logging.getLogger(__name__)

IDLE = timedelta(hours=24)  # after that much silence the next word begins anew
AT_ONCE = 100  # messages of one conversation in one job
LOST = "menu_lost"  # the line in the conversation where a flow could not go on


class Overtaken(Exception):
    """Somebody else has answered meanwhile; nothing of ours is kept."""


def take_turns(payload: dict[str, Any]) -> None:
    """The job `flows.turn`. A second look finds nothing to do."""
    conversation_id = UUID(payload["conversation"])
    try:
        for _ in range(AT_ONCE):
            if not _turn(conversation_id):
                return
    except DatabaseError:
        raise
    except Overtaken:
        raise
    except Exception as problem:
        log.exception("a flow could not go on: %s", type(problem).__name__)
        give_up(payload)


@transaction.atomic
def give_up(payload: dict[str, Any]) -> None:
    """After the death of the job, and wherever a flow cannot go on: a person is needed."""
    conversation = held(UUID(payload["conversation"]))
    if conversation and conversation.in_flow:
        to_people(conversation, event=LOST, ending="lost")


def held(conversation_id: UUID) -> Conversation | None:
    """As it is now, and as it stays until we are done: an agent may be taking it at this moment."""
    rows = Conversation.objects.filter(pk=conversation_id)
    rows.update(last_seq=F("last_seq"))
    return rows.select_related("centre", "channel", "person", "address", "topic").first()


@transaction.atomic
def _turn(conversation_id: UUID) -> bool:
    """Whether there may be more to answer."""
    conversation = held(conversation_id)
    if conversation is None or not conversation.in_flow:
        return False
    if conversation.hidden or conversation.assignee_id or conversation.state != ConversationState.OPEN:
        leave_flow(conversation)
        return False
    if _stopped(conversation):
        to_people(conversation, ending="stopped")
        return False
    run = _run_of(conversation)
    return _hear(conversation, run) if run else _begin(conversation)


def _stopped(conversation: Conversation) -> bool:
    address, channel = conversation.address_id, conversation.channel_id
    if address is None or channel is None:
        return True
    return OptOut.objects.filter(address_id=address, channel_id=channel).exists()


def _run_of(conversation: Conversation) -> Run | None:
    run = live_run(conversation.pk)
    if run and run.heard_at < now() - IDLE:
        Run.objects.filter(pk=run.pk, ended_at=None).update(ended_at=now(), ending="silence")
        return None
    return run


# --- the first turn --------------------------------------------------------------------------------------


def _begin(conversation: Conversation) -> bool:
    found = entrance(conversation.channel_id, "messages") if conversation.channel_id else None
    opening = _opening(conversation)
    if found is None or not opening or _answers_a_broadcast(conversation):
        to_people(conversation, ending="")
        return False
    version, flow = found
    talk = _talk(conversation, opening[-1])
    turn = _greeted(flow, opening, talk, conversation)
    run = Run(
        id=new_id(),
        conversation=conversation,
        version_id=version,
        centre_id=conversation.centre_id,
        key_id=conversation.person_id,
        seen_seq=opening[-1].seq,
        steps=1,
    )
    run.state = {"at": turn.state.packed()}
    run.save(force_insert=True)
    perform(talk, run, turn)
    return True


def _opening(conversation: Conversation) -> list[Message]:
    """What was said since anybody else spoke: all of it is met by the one greeting."""
    rows = Message.objects.filter(conversation=conversation)
    ours = rows.exclude(direction=Direction.IN).aggregate(last=Max("seq"))["last"] or 0
    return list(rows.filter(direction=Direction.IN, seq__gt=ours).order_by("seq"))


def _answers_a_broadcast(conversation: Conversation) -> bool:
    """Who answers what we wrote unasked is no newcomer at a door: an agent sees what they answer."""
    ours = Message.objects.filter(conversation=conversation, direction=Direction.OUT)
    last = ours.order_by("-seq").values_list("purpose", flat=True).first()
    return bool(last)


def _greeted(flow: Flow, opening: list[Message], talk: Talk, conversation: Conversation) -> Turn:
    """Who asks for a person with their first words, or is in danger, is not asked for a language first."""
    turn = engine.begin(
        flow,
        medium=talk.medium,
        language=conversation.language or conversation.person.language,
        world=talk.world,
        channel=conversation.channel.provider if conversation.channel else "",
    )
    for message in filter(is_said, opening):
        heard = engine.hear(flow, turn.state, said(message), talk.world)
        if any(isinstance(act, ToPerson) for act in heard.acts):
            return heard
    return turn


# --- every later one -------------------------------------------------------------------------------------


def _hear(conversation: Conversation, run: Run) -> bool:
    message = _unanswered(conversation, run)
    if message is None:
        return False
    kept = dict(run.state or {})
    before = State.unpacked(kept["at"])
    talk = _talk(conversation, message)
    turn = Turn(before, ())
    if is_said(message):
        heard = engine.hear(load(run.version_id), before, said(message), talk.world)
        turn = turn if missed(before, heard.state) and _crossed(message) else heard
    _move_on(run, message, {**kept, "at": turn.state.packed()})
    perform(talk, run, turn)
    return True


def _unanswered(conversation: Conversation, run: Run) -> Message | None:
    rows = Message.objects.filter(
        conversation=conversation, direction=Direction.IN, seq__gt=run.seen_seq, deleted_at=None
    )
    return rows.order_by("seq").first()


def _crossed(message: Message) -> bool:
    """Written before our last words were there: a hurried second line is no failed answer to them."""
    later = Message.objects.filter(conversation=message.conversation_id, seq__gt=message.seq)
    return later.filter(direction=Direction.OUT).exists()


def _move_on(run: Run, message: Message, state: dict[str, Any]) -> None:
    if message.extra and "choice" in message.extra:
        state["path"] = [*state.get("path", []), message.extra["choice"]["title"]]
    run.state = state
    moved = Run.objects.filter(pk=run.pk, seen_seq=run.seen_seq, ended_at=None).update(
        seen_seq=message.seq, state_sealed=run.state_sealed, steps=F("steps") + 1, heard_at=now()
    )
    if not moved:
        raise Overtaken
    run.seen_seq = message.seq


def _talk(conversation: Conversation, message: Message) -> Talk:
    assert conversation.channel is not None
    return Talk(
        conversation=conversation,
        world=Surroundings(
            conversation.centre,
            conversation.channel_id,
            Asker(conversation.address_id) if conversation.address_id else None,
        ),
        medium=medium_of(capabilities(conversation.channel)),
        since=conversation.waiting_since or message.created_at,
        last_message_id=conversation.last_message_id,
    )
