"""STOP, START, and a yes to somebody who was asked: what a short message means for what we may send."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID, uuid5

from aidline.centres.models import Centre
from aidline.channels.contract import Incoming, Kind, Provider, Scheme
from aidline.conversations.choosing import plain
from aidline.conversations.models import Conversation, Message
from aidline.conversations.states import Direction, MessageState
from aidline.conversations.timeline import append
from aidline.gateway.opt_out_texts import stopped_text
from aidline.gateway.opt_out_words import says_yes, wants_start, wants_stop
from aidline.kernel.clock import now
from aidline.people import consents
from aidline.people import services as people
from aidline.people.states import Evidence


@dataclass(frozen=True, slots=True)
class Word:
    """Something short that a person wrote, and where."""

    message_id: UUID
    event: Incoming
    provider: Provider
    centre: Centre
    channel_id: UUID
    address_id: UUID
    conversation_id: UUID


def note(words: Iterable[Word]) -> None:
    """Inside the batch's transaction, after its messages."""
    for word in words:
        if word.event.automatic:  # what a machine repeats is nobody's wish
            continue
        if word.event.opt_out or wants_stop(said(word.event)):
            _stop(word)
        elif _agrees(word):
            continue
        elif word.event.opt_in or wants_start(said(word.event)):
            people.opt_in(address_id=word.address_id, channel_id=word.channel_id)


def said(event: Incoming) -> str:
    """What may be a word of ours. "Cancel" among choices we offered cancels what we asked about, not our messages.

    A press says its id, which in a template's buttons is what stands on them: "Stop" is a stop there. What was typed
    while a question was open is a word, as STOP is, unless it is one of the choices and no beginning of it.
    """
    choice = event.choice
    if choice is None:
        return event.text
    if event.kind is not Kind.TEXT:
        return choice.id
    return "" if plain(event.text) == plain(choice.title) else event.text


def _stop(word: Word) -> None:
    source = Evidence.PROVIDER if word.event.opt_out else Evidence.WORD
    new = people.opt_out(address_id=word.address_id, channel_id=word.channel_id, source=source)
    if new and not _answered_elsewhere(word):
        _confirm(word)


def _answered_elsewhere(word: Word) -> bool:
    """By the provider, who told us so; and who has our own page open needs no answer to it."""
    return word.event.opt_out or set(word.provider.capabilities.schemes) == {Scheme.WEBCHAT}


def _confirm(word: Word) -> None:
    """Once a day in one conversation, whatever comes back: two machines never talk to each other here.

    It is a reply, but no answer: who waited for one goes on waiting.
    """
    conversation = Conversation.objects.select_related("channel").get(pk=word.conversation_id)
    key = uuid5(word.conversation_id, f"stopped {now():%Y-%m-%d}")
    if Message.objects.filter(conversation=conversation, client_key=key).exists():
        return
    append(
        conversation,
        direction=Direction.OUT,
        kind="text",
        state=MessageState.QUEUED,
        text=stopped_text(conversation.language, word.centre.default_language),
        client_key=key,
        due_at=now(),
    )


def _agrees(word: Word) -> bool:
    """A yes counts only as the answer to a question of ours; it takes a stop away as well."""
    choice = word.event.choice
    words = choice.title if choice else word.event.text
    if not (says_yes(words) or wants_start(words)):
        return False
    asked = consents.open_invitations(address_id=word.address_id, channel_id=word.channel_id)
    answered = _answered(word) if asked else None
    invitation = asked.get(answered) if answered else None
    source = Evidence.CHOICE if choice else Evidence.WORD
    if invitation is None or not consents.accept(invitation=invitation, source=source):
        return False
    people.opt_in(address_id=word.address_id, channel_id=word.channel_id)
    return True


M = MessageState
_MAY_BE_READ = (M.SENDING, M.SENT, M.DELIVERED, M.READ, M.UNKNOWN)


def _answered(word: Word) -> UUID | None:
    """The message they name, else the last that went to them: "yes" to anything else is no consent.

    A choice is made from a menu, and a menu is no such question unless it says so.
    """
    if word.event.reply_to or word.event.choice:
        rows = Message.objects.filter(pk=word.message_id).values_list("reply_to_id", flat=True)
    else:
        ours = Message.objects.filter(
            conversation__address=word.address_id, conversation__channel=word.channel_id
        )
        gone = ours.filter(direction=Direction.OUT, state__in=_MAY_BE_READ)
        rows = gone.order_by("-at", "-seq").values_list("pk", flat=True)
    return rows.first()
