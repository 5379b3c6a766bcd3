"""Writing: replies, notes, drafts, approved messages; taking back and sending again."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aidline.centres.models import Membership
from aidline.centres.queries import members_of
from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.conversations import sending
from aidline.conversations.models import Conversation, Message
from aidline.conversations.presentation import lines_of
from aidline.conversations.queries import (
    access_conversation,
    access_message,
    access_template,
    draft_of,
)
from aidline.desk.inbox import contexts
from aidline.desk.inbox.answers import by_script, done, refused, sheet, talk_url
from aidline.desk.inbox.offers import choices
from aidline.desk.inbox.translations import is_out_of_step, written_of
from aidline.gateway.cleaning import Refused, clean_upload
from aidline.kernel.ids import new_id
from aidline.routing import services as routing

MOST_FILES = 10


@requires(Can.ANSWER)
@require_POST
def reply(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    """The same `client_key` twice is one reply: a double click or a repeat after a lost link changes nothing."""
    found = access_conversation(request.seat, conversation)
    text = request.POST.get("written" if "as_written" in request.POST else "text", "")
    if is_out_of_step(request):
        return refused(request, found, _("You changed what you wrote. Translate it again first."))
    try:
        uploads = _uploads(request, found)
        messages = sending.send_reply(
            by=request.seat.staff,
            conversation=found,
            text=text,
            client_key=client_key_of(request),
            uploads=uploads,
            written=written_of(request),
        )
    except (sending.CannotSend, Refused) as problem:
        return _not_sent(request, found, text, problem, is_note=False)
    take_if_free(request, found)
    return sent(request, found, messages)


@requires(Can.ANSWER)
@require_POST
def note(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    text = request.POST.get("text", "")
    try:
        message = sending.add_note(
            by=request.seat.staff,
            conversation=found,
            text=text,
            mentioned=_mentioned(request, text),
            client_key=client_key_of(request),
        )
    except sending.CannotSend as problem:
        return _not_sent(request, found, text, problem, is_note=True)
    return sent(request, found, [message], undo=False)


@requires(Can.ANSWER)
@require_POST
def draft(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    row = sending.keep_draft(
        by=request.seat.staff,
        conversation=found,
        text=request.POST.get("text", ""),
        is_note="note" in request.POST,
    )
    return render(request, "desk/inbox/draft_state.html", {"draft": row})


@requires(Can.ANSWER)
@require_safe
def templates(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    context = {"title": _("Approved messages"), "conversation": found, "person": found.person}
    offered = {"choices": choices(request.seat, found), "client_key": new_id()}
    return sheet(request, "desk/inbox/templates.html", {**context, **offered})


@requires(Can.ANSWER)
@require_POST
def template(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    chosen = access_template(request.seat, found, _uuid_or_404(request.POST.get("template", "")))
    values = {name: request.POST.get(f"value-{name}", "") for name in chosen.parameters}
    try:
        messages = sending.send_template(
            by=request.seat.staff,
            conversation=found,
            template=chosen,
            values=values,
            client_key=client_key_of(request),
        )
    except sending.CannotSend as problem:
        return refused(request, found, problem.message)
    take_if_free(request, found)
    return sent(request, found, messages)


@requires(Can.ANSWER)
@require_POST
def take_back(request: StaffRequest, message: UUID) -> HttpResponseBase:
    """Back into the field it goes, if nothing else is being written there."""
    row = access_message(request.seat, message)
    if not sending.take_back(by=request.seat.staff, message=row):
        return refused(request, row.conversation, _("It has left already."))
    _keep_again(request, row)
    return done(request, row.conversation, _("Taken back."))


@requires(Can.ANSWER)
@require_POST
def send_again(request: StaffRequest, message: UUID) -> HttpResponseBase:
    row = access_message(request.seat, message)
    if not sending.send_again(by=request.seat.staff, message=row):
        return refused(request, row.conversation, _("It is on its way already."))
    return done(request, row.conversation, _("It goes out once more."))


def sent(
    request: StaffRequest, conversation: Conversation, messages: list[Message], *, undo: bool = True
) -> HttpResponseBase:
    if not by_script(request):
        return redirect(talk_url(request, conversation.pk, "sent=1" if undo else ""))
    context = {
        "conversation": conversation,
        "lines": lines_of(messages),
        "names": {},
        "undo": messages[0] if undo and messages else None,
        "seconds": request.seat.centre.undo_seconds,
    }
    return render(request, "desk/inbox/sent.html", context)


def _not_sent(
    request: StaffRequest, conversation: Conversation, text: str, problem: Any, *, is_note: bool
) -> HttpResponseBase:
    """What was typed is kept as a draft whatever the reason."""
    sending.keep_draft(by=request.seat.staff, conversation=conversation, text=text, is_note=is_note)
    return refused(request, conversation, problem.message, "mode=note" if is_note else "")


def take_if_free(request: StaffRequest, conversation: Conversation) -> None:
    membership = request.seat.membership
    if membership and conversation.assignee_id is None:
        routing.take(by=request.seat.staff, membership=membership, conversation=conversation)


def _uploads(request: StaffRequest, conversation: Conversation) -> list[sending.Upload]:
    files = request.FILES.getlist("files")[:MOST_FILES]
    if _is_repeat(request, conversation):
        return []  # sent already; the files need not be stored a second time
    return [
        clean_upload(file.read(), file.name or "", key=conversation.person_id, scope=conversation.centre_id)
        for file in files
    ]


def _is_repeat(request: StaffRequest, conversation: Conversation) -> bool:
    key = client_key_of(request)
    return Message.objects.filter(conversation=conversation, client_key=key).exists()


def client_key_of(request: StaffRequest) -> UUID:
    """A form without its key cannot be recognised again; it counts as new."""
    try:
        return UUID(request.POST.get("client_key", ""))
    except ValueError:
        return new_id()


def _mentioned(request: StaffRequest, text: str) -> list[Membership]:
    """Colleagues named as "@Noor A."; of two names that begin alike the longer one counts."""
    rest = text.casefold()
    found = []
    rows = members_of(request.seat.centre, contexts.ANSWERING).exclude(staff=request.seat.staff)
    for row in sorted(rows, key=lambda row: -len(row.staff.name)):
        name = f"@{row.staff.name.casefold()}"
        if row.staff.name and name in rest:
            rest = rest.replace(name, "")
            found.append(row)
    return found


def _keep_again(request: StaffRequest, message: Message) -> None:
    staff, conversation = request.seat.staff, message.conversation
    if draft_of(staff, conversation, is_note=False) is None:
        sending.keep_draft(by=staff, conversation=conversation, text=message.text, is_note=False)


def _uuid_or_404(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
