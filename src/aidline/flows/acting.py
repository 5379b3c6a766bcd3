"""Doing what the engine wants done in a conversation: words, choices, language, topic, a person, a goodbye.

Runs inside the transaction of a turn. Words of a flow answer nobody who waits for a person.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.translation import gettext

from aidline.centres.timetables import closed_text
from aidline.channels.contract import Choice
from aidline.channels.wire.menus import numbered
from aidline.conversations import services as conversations
from aidline.conversations.live import Hint, tell
from aidline.conversations.models import Conversation, Message, Topic
from aidline.conversations.sending import MOST_CHOICES, CannotSend, send_choices, send_reply
from aidline.conversations.states import Direction, Outcome
from aidline.conversations.timeline import note_event
from aidline.flows.language import (
    Finish,
    Line,
    Mark,
    Medium,
    Offer,
    Option,
    Read,
    SpeakLanguage,
    Tell,
    ToPerson,
    Want,
)
from aidline.flows.models import Run
from aidline.flows.state import Turn
from aidline.flows.surroundings import Surroundings
from aidline.kernel.clock import now
from aidline.language.arrivals import CHOSEN, keep_chosen
from aidline.routing.services import distribute

MENU = {"menu": True}  # beside a message: a flow wrote it
ASKED = "menu_person"  # the line in the conversation where it goes to people


@dataclass(slots=True)
class Talk:
    """A conversation during one turn. `since`: since when its person would be waiting for somebody."""

    conversation: Conversation
    world: Surroundings
    medium: Medium
    since: datetime
    last_message_id: UUID | None
    passed: ToPerson | None = None
    finished: bool = False
    read: list[UUID] = field(default_factory=list)


def perform(talk: Talk, run: Run, turn: Turn) -> None:
    for act in turn.acts:
        _ACTS[type(act)](talk, act)
    if talk.passed:
        _hand_over(talk, talk.passed, run)
    elif talk.finished:
        _finish(talk, run)
    else:
        _answered(talk.conversation)


def _answered(conversation: Conversation) -> None:
    """Nobody waits for us: the flow has heard them, also where it had nothing to say."""
    Conversation.objects.filter(pk=conversation.pk).update(waiting_since=None)


# --- words -----------------------------------------------------------------------------------------------


def _tell(talk: Talk, act: Tell) -> None:
    _say(talk.conversation, act.line)


def _want(talk: Talk, act: Want) -> None:
    _say(talk.conversation, act.line)


def _say(conversation: Conversation, line: Line) -> None:
    if not line.text.strip():
        return
    conversation.language, known = line.language, conversation.language  # of these words alone
    send_reply(by=None, conversation=conversation, text=line.text, extra=MENU)
    conversation.language = known


def _offer(talk: Talk, act: Offer) -> None:
    """What the channel cannot show as choices goes out as numbered words, which the engine understands too."""
    conversation, line = talk.conversation, act.line
    choices = [Choice(_id(option), option.line.text) for option in act.options]
    try:
        if len(choices) > MOST_CHOICES:
            raise CannotSend("")
        send_choices(by=None, conversation=conversation, text=line.text, choices=choices, extra=MENU)
    except CannotSend:
        send_reply(by=None, conversation=conversation, text=numbered(line.text, choices), extra=MENU)


def _id(option: Option) -> str:
    """Of a language, so that wherever the answer is heard it counts at once."""
    is_language = option.id == option.line.language
    return CHOSEN + option.id if is_language else option.id


# --- what is known ---------------------------------------------------------------------------------------


def _speak(talk: Talk, act: SpeakLanguage) -> None:
    conversation = talk.conversation
    if act.language == conversation.language:
        return
    keep_chosen({conversation.person_id: act.language})
    conversation.language = conversation.person.language = act.language


def _mark(talk: Talk, act: Mark) -> None:
    topic = Topic.objects.filter(centre=talk.conversation.centre_id, code=act.topic).first()
    if topic:
        Conversation.objects.filter(pk=talk.conversation.pk).update(topic=topic)
        talk.conversation.topic = topic


def _read(talk: Talk, act: Read) -> None:
    talk.read.append(act.article)


def _pass_on(talk: Talk, act: ToPerson) -> None:
    talk.passed = act


def _end(talk: Talk, _act: Finish) -> None:
    talk.finished = True


# The way of each act; an act without one would be a wish that nobody hears.
_ACTS: dict[type, Callable[[Talk, Any], None]] = {
    Tell: _tell,
    Offer: _offer,
    Want: _want,
    SpeakLanguage: _speak,
    Mark: _mark,
    Read: _read,
    ToPerson: _pass_on,
    Finish: _end,
}


# --- how it ends -----------------------------------------------------------------------------------------


def _hand_over(talk: Talk, act: ToPerson, run: Run) -> None:
    conversation = talk.conversation
    _say_farewell(talk, act)
    _tag(conversation, [*filter(None, [act.skill]), *_risk(conversation, act.risk)])
    conversations.raise_urgency(conversation, act.risk)
    path = "\n".join((run.state or {}).get("path", []))
    conversation.waiting_since, conversation.last_message_id = talk.since, talk.last_message_id
    to_people(conversation, event=ASKED, ending="person", path=path, risk=act.risk)


def _say_farewell(talk: Talk, act: ToPerson) -> None:
    """Outside the hours the centre's own words say when somebody will be there."""
    conversation = talk.conversation
    closed = (
        ""
        if talk.world.is_open()
        else closed_text(conversation.centre, conversation.channel_id, act.language)
    )
    if closed:
        _say(conversation, Line(closed, act.language))
    elif act.line:
        _say(conversation, act.line)


def _risk(conversation: Conversation, risk: str) -> list[str]:
    """The tag is read by staff, so it speaks the centre's language."""
    with translation.override(conversation.centre.default_language):
        words = {
            "medium": gettext("Risk: medium"),
            "high": gettext("Risk: high"),
            "imminent": gettext("Risk: imminent"),
        }
        return [words[risk]] if risk in words else []


def _tag(conversation: Conversation, names: Sequence[str]) -> None:
    for name in names:
        conversations.add_tag(by=None, conversation=conversation, name=name)


def to_people(conversation: Conversation, *, ending: str, event: str = "", **facts: str) -> None:
    """From now on it is offered to agents; its person waits since they last spoke unanswered."""
    if not conversations.leave_flow(conversation, ending):
        return
    kept = {"last_message_id": conversation.last_message_id} if conversation.last_message_id else {}
    at = Value(conversation.waiting_since or now())
    Conversation.objects.filter(pk=conversation.pk).update(
        waiting_since=Coalesce("waiting_since", at), queued_since=Coalesce("queued_since", at), **kept
    )
    if event:
        note_event(conversation, event, by=None, **{name: fact for name, fact in facts.items() if fact})
    tell([Hint(conversation.centre_id, "state", conversation.pk), Hint(conversation.centre_id, "queue")])
    distribute([conversation.centre_id])


def _finish(talk: Talk, run: Run) -> None:
    """What they said after it is read by a person."""
    conversation = talk.conversation
    more = Message.objects.filter(conversation=conversation, direction=Direction.IN, seq__gt=run.seen_seq)
    if more.exists():
        return to_people(conversation, ending="goodbye")
    conversations.leave_flow(conversation, "goodbye")
    conversations.close(
        by=None, conversation=conversation, topic=conversation.topic, outcome=Outcome.ANSWERED
    )
