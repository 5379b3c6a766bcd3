"""Understanding one another: translations under messages, replies shown before they go, and people who translate."""

from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.conversations.models import Conversation
from aidline.conversations.queries import access_conversation, access_message, text_of
from aidline.conversations.sending import CannotSend, keep_draft
from aidline.desk.inbox import translations
from aidline.desk.inbox.answers import done, refused, sheet
from aidline.kernel import languages
from aidline.kernel.ids import new_id
from aidline.language import composing, human, machine, services, transcribing
from aidline.language.queries import access_transcription, access_translation, somebody_translates


@requires(Can.ANSWER)
@require_safe
def translation(request: StaffRequest, message: UUID) -> HttpResponseBase:
    """The ways to a translation of one message."""
    row = access_message(request.seat, message)
    context = {
        "title": _("Translate this message"),
        "message": row,
        "conversation": row.conversation,
        "text": "" if row.deleted_at else text_of(row),
        **translations.ways(request, row.language or row.conversation.language),
    }
    return sheet(request, "desk/inbox/translate_message.html", context)


@requires(Can.ANSWER)
@require_POST
def translate(request: StaffRequest, message: UUID) -> HttpResponseBase:
    """By the engine; the same button tries again."""
    row = access_message(request.seat, message)
    language = _language(request, "language") or request.user.language
    if machine.want_translation(by=request.user, message=row, language=language) is None:
        return refused(request, row.conversation, _("There are no words to translate."))
    return done(request, row.conversation)


@requires(Can.ANSWER)
@require_POST
def ask_translator(request: StaffRequest, message: UUID) -> HttpResponseBase:
    row = access_message(request.seat, message)
    try:
        human.ask_translator(
            by=request.user,
            message=row,
            **_pair(request, "language"),
            note=request.POST.get("note", ""),
            show_all="show_all" in request.POST,
        )
    except human.CannotAsk as problem:
        return refused(request, row.conversation, problem.message)
    return done(request, row.conversation, _("Asked. The answer comes under the message."))


@requires(Can.ANSWER)
@require_POST
def withdraw(request: StaffRequest, translation: UUID) -> HttpResponseBase:
    row = access_translation(request.seat, translation)
    if not human.withdraw(by=request.user, translation=row):
        return refused(request, row.message.conversation, _("It was answered already."))
    return done(request, row.message.conversation, _("Taken back. No translator is asked any more."))


@requires(Can.ANSWER)
@require_POST
def write_down(request: StaffRequest, transcription: UUID) -> HttpResponseBase:
    """Once more, after a machine could not write a recording down."""
    row = access_transcription(request.seat, transcription)
    transcribing.try_again(transcription=row)
    return done(request, row.message.conversation, _("It is tried again."))


@requires(Can.ANSWER)
@require_POST
def preview(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    """What the person would read, and what that says. What was written is kept as a draft whatever happens."""
    found = access_conversation(request.seat, conversation)
    written = request.POST.get("written") or request.POST.get("text", "")
    keep_draft(by=request.user, conversation=found, text=written, is_note=False)
    source = _language(request, "source") or request.user.language
    target = _language(request, "target") or found.language
    edited = request.POST.get("text", "") if "look" in request.POST else ""
    context = {
        **_sheet_of_reply(request, found),
        "shown": composing.preview(
            centre_id=found.centre_id, written=written, source=source, target=target, edited=edited
        ),
    }
    return sheet(request, "desk/inbox/translate_reply.html", context)


@requires(Can.ANSWER)
@require_POST
def ask_for_reply(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    try:
        human.ask_for_reply(
            by=request.user,
            conversation=found,
            text=request.POST.get("written", ""),
            **_pair(request, "target"),
            note=request.POST.get("note", ""),
        )
    except (human.CannotAsk, CannotSend) as problem:
        return refused(request, found, problem.message)
    keep_draft(by=request.user, conversation=found, text="", is_note=False)
    return done(request, found, _("Asked. Your words are kept as a note; the answer comes under it."))


@requires(Can.ANSWER)
@require_POST
def keep_language(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    """The person does not write in another language, whatever it seems."""
    found = access_conversation(request.seat, conversation)
    services.turn_down(by=request.user, person=found.person)
    return done(request, found)


def _sheet_of_reply(request: StaffRequest, conversation: Conversation) -> dict[str, Any]:
    return {
        "title": _("Translate before sending"),
        "conversation": conversation,
        "person": conversation.person,
        "client_key": new_id(),
        **translations.ways(request, request.user.language),
    }


def _language(request: StaffRequest, field: str) -> str:
    code = request.POST.get(field, "")
    return code if code in languages.ALL else ""


def _pair(request: StaffRequest, field: str) -> dict[str, str]:
    """From which language into which; nobody is asked in vain."""
    source, language = _language(request, "source"), _language(request, field)
    if not source or not language or source == language:
        raise human.CannotAsk(_("Choose two different languages."))
    if not somebody_translates(request.seat.centre, source, language):
        raise human.CannotAsk(_("Nobody here translates between these two languages."))
    return {"source": source, "language": language}
