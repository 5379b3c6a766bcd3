"""Asking a person for their language with a menu, once, before an agent has taken up the conversation."""

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext

from aidline.centres.models import Centre
from aidline.channels.contract import Choice
from aidline.conversations.models import Conversation, Looking, Message
from aidline.conversations.sending import MOST_CHOICES, CannotSend, send_choices
from aidline.conversations.states import ConversationState
from aidline.kernel import languages
from aidline.kernel.clock import now
from aidline.language.arrivals import CHOSEN
from aidline.language.models import LanguageDoubt
from aidline.people.models import OptOut

AGAIN = timedelta(days=1)


def ask_language(payload: dict[str, str]) -> None:
    """The job `language.ask`. Whatever has happened since it was enqueued is looked at again here."""
    conversation_id = UUID(payload["conversation"])
    try:
        with transaction.atomic():
            conversation = _held(conversation_id)
            if conversation and _may_be_asked(conversation) and _first_today(conversation.person_id):
                _ask(conversation)
    except CannotSend:
        return  # the channel is closed, or has no way back: an agent will see to it


def _held(conversation_id: UUID) -> Conversation | None:
    """As it is now, and as it stays until we are done: an agent may be answering at this moment."""
    rows = Conversation.objects.filter(pk=conversation_id)
    rows.update(last_seq=F("last_seq"))
    return rows.select_related("centre", "channel", "person", "address").first()


def question(centre: Centre) -> str:
    """In every language of the centre that the screens have words for, each once."""
    spoken = [code for code in centre.languages if code in languages.INTERFACE] or ["en"]
    return "\n".join(dict.fromkeys(_question_in(code) for code in spoken))


def choices(centre: Centre) -> list[Choice]:
    return [Choice(CHOSEN + code, languages.name(code)) for code in centre.languages[:MOST_CHOICES]]


def _question_in(code: str) -> str:
    with translation.override(code):
        return gettext("In which language shall we write to you?")


def _ask(conversation: Conversation) -> None:
    """A question of ours answers nobody: the person goes on waiting, and the queue goes on showing their words."""
    kept = {"waiting_since": conversation.waiting_since, "last_message_id": conversation.last_message_id}
    send_choices(
        by=None,
        conversation=conversation,
        text=question(conversation.centre),
        choices=choices(conversation.centre),
    )
    Conversation.objects.filter(pk=conversation.pk).update(**kept)


def _may_be_asked(conversation: Conversation) -> bool:
    centre = conversation.centre
    return (
        centre.asks_language
        and len(centre.languages) > 1
        and conversation.state == ConversationState.OPEN
        and not (conversation.hidden or conversation.language or conversation.person.language)
        and not conversation.in_flow
        and not _in_hand(conversation)
        and not _stopped(conversation)
    )


def _stopped(conversation: Conversation) -> bool:
    address, channel = conversation.address_id, conversation.channel_id
    if address is None or channel is None:
        return True
    return OptOut.objects.filter(address_id=address, channel_id=channel).exists()


def _in_hand(conversation: Conversation) -> bool:
    """An agent holds it. One that was only handed out by the machine a moment ago, and that nobody has opened or
    answered, is not in anybody's hand yet: with agents on duty that is every first message.
    """
    if conversation.assignee_id is None:
        return False
    opened = Looking.objects.filter(conversation=conversation, until__gt=now()).exists()
    return opened or Message.objects.filter(conversation=conversation, author__isnull=False).exists()


def _first_today(person_id: UUID) -> bool:
    """True for exactly one of all who ask at the same time."""
    at = now()
    due = Q(asked_at=None) | Q(asked_at__lte=at - AGAIN)
    if LanguageDoubt.objects.filter(due, person=person_id).update(asked_at=at):
        return True
    try:
        with transaction.atomic():
            LanguageDoubt.objects.create(person_id=person_id, asked_at=at)
            return True
    except IntegrityError:
        return False
