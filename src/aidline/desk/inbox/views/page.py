"""The page itself: the queue alone, or with a conversation."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from aidline.audit.services import record
from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.conversations import services
from aidline.conversations.models import Conversation, Message
from aidline.conversations.queries import access_conversation
from aidline.conversations.states import Direction, MessageState
from aidline.desk.inbox import contexts
from aidline.desk.inbox.answers import by_script, sheet
from aidline.desk.inbox.prepared import inserted, suggestions
from aidline.desk.inbox.words_for_scripts import words_for_scripts
from aidline.gateway.attention import show_attention
from aidline.routing.services import seen


@requires(Can.ANSWER)
@require_safe
def home(request: StaffRequest) -> HttpResponseBase:
    return render(request, "desk/inbox/desk.html", _page(request))


@requires(Can.ANSWER)
@require_safe
def talk(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    """Opening a conversation is reading a person's file: it is recorded."""
    found = access_conversation(request.seat, conversation)
    _opened(request, found)
    context = {
        **contexts.talk_part(request, found),
        **contexts.person_part(request, found),
        **_written(request, found),
        "sent": _just_sent(request, found),
    }
    if by_script(request):
        return render(request, "desk/inbox/open.html", context)
    return render(request, "desk/inbox/desk.html", {**_page(request, found), **context})


@requires(Can.ANSWER)
@require_safe
def keys(request: StaffRequest) -> HttpResponseBase:
    return sheet(request, "desk/inbox/keys.html", {"title": pgettext_lazy("keyboard", "Keys"), "keys": KEYS})


KEYS = (
    (("?",), _("These keys")),
    (("j", "k"), _("Next, previous conversation")),
    (("Enter",), pgettext_lazy("verb", "Open")),
    (("f",), _("Filter")),
    (("/",), _("Search the queue; prepared replies while writing")),
    (("r",), _("Reply")),
    (("n",), _("Note")),
    (("t",), _("Pass on")),
    (("l",), _("Later")),
    (("e",), _("Finish")),
    (("i",), _("Person")),
    (("p",), _("To the phone: Enter then accepts a call that rings")),
    (("x",), _("Not now, of a call that rings")),
    (("m",), _("Mute or unmute while on the phone")),
    (("Ctrl", "Enter"), _("Send")),
    (("Esc",), _("Back")),
)


def _page(request: StaffRequest, conversation: Conversation | None = None) -> dict[str, Any]:
    return {
        **contexts.queue_part(request, conversation.pk if conversation else None),
        **contexts.filter_part(request),
        **contexts.presence_part(request.seat),
        "words": words_for_scripts(),
        "conversation": conversation,
    }


@transaction.atomic
def _opened(request: StaffRequest, conversation: Conversation) -> None:
    staff = request.seat.staff
    record(
        by=staff,
        action="conversation.open",
        object_type="conversation",
        object_id=conversation.pk,
        centre=conversation.centre_id,
    )
    services.look(by=staff, conversation=conversation, typing=False)
    services.see_mentions(by=staff, conversation=conversation)
    if conversation.waiting_since:
        show_attention(conversation=conversation, typing=False)
    if request.seat.membership:
        seen(membership=request.seat.membership)


def _written(request: StaffRequest, conversation: Conversation) -> dict[str, Any]:
    """Without a script, a prepared reply is chosen from a list of links and put into the field by the server."""
    chosen = request.GET.get("insert", "")
    text = inserted(request.seat, conversation, chosen) if chosen else ""
    listed = suggestions(request.seat, conversation, "") if "prepared" in request.GET else []
    return {"inserted": text, "prepared": listed}


def _just_sent(request: StaffRequest, conversation: Conversation) -> Message | None:
    """What can still be taken back after a reload."""
    row = Message.objects.filter(
        conversation=conversation,
        author=request.seat.staff,
        direction=Direction.OUT,
        state=MessageState.QUEUED,
        attempts=0,
    )
    return row.order_by("-seq").first() if "sent" in request.GET else None
