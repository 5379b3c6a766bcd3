"""Prepared replies for one conversation: in the person's language, with the variables filled."""

from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone, translation
from django.utils.formats import date_format

from aidline.centres.queries import Seat
from aidline.conversations.models import Conversation
from aidline.conversations.queries import draft_of
from aidline.knowledge.queries import Canned, access_canned, canned_replies


@dataclass(frozen=True, slots=True)
class Suggestion:
    id: UUID
    code: str
    language: str
    text: str


def suggestions(seat: Seat, conversation: Conversation, words: str) -> list[Suggestion]:
    language = _language(seat, conversation)
    return [_filled(seat, conversation, reply) for reply in canned_replies(seat.centre, language, words)]


def inserted(seat: Seat, conversation: Conversation, chosen: str) -> str:
    """The draft so far with the chosen reply after it."""
    try:
        reply = access_canned(seat, UUID(chosen))
    except ValueError:
        return ""
    found = [row for row in suggestions(seat, conversation, reply.code) if row.id == reply.pk]
    draft = draft_of(seat.staff, conversation, is_note=False)
    return "\n".join([text for text in (draft.text if draft else "", found[0].text if found else "") if text])


def first_name(name: str) -> str:
    return name.split(maxsplit=1)[0] if name.split() else ""


def _filled(seat: Seat, conversation: Conversation, reply: Canned) -> Suggestion:
    values = {
        "alias": conversation.person.alias(reply.language),
        "agent": first_name(seat.staff.name),
        "centre": seat.centre.name,
        "date": date_in(reply.language),
    }
    return Suggestion(reply.id, reply.code, reply.language, reply.filled(values))


def date_in(language: str) -> str:
    with translation.override(language if translation.check_for_language(language) else "en"):
        return date_format(timezone.localdate(), "DATE_FORMAT")


def _language(seat: Seat, conversation: Conversation) -> str:
    return conversation.language or conversation.person.language or seat.centre.default_language
