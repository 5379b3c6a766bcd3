"""Sending what is more than words: a question with choices, a place to go to."""

from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.conversations import sending
from aidline.conversations.models import Conversation
from aidline.conversations.queries import access_conversation
from aidline.desk.inbox.accounts import able
from aidline.desk.inbox.answers import by_script, refused, sheet
from aidline.desk.inbox.extras import PlaceForm, choices_from
from aidline.desk.inbox.views.writing import client_key_of, sent, take_if_free
from aidline.kernel.ids import new_id

SHOWN_AT_FIRST = 4


@requires(Can.ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    if request.method != "POST":
        return _choices_sheet(request, found, request.GET.get("text", ""), [])
    text, titles = request.POST.get("text", ""), request.POST.getlist("choice")
    try:
        messages = sending.send_choices(
            by=request.seat.staff,
            conversation=found,
            text=text,
            choices=choices_from(titles),
            client_key=client_key_of(request),
        )
    except sending.CannotSend as problem:
        if by_script(request):
            return refused(request, found, problem.message)
        return _choices_sheet(request, found, text, titles, problem.message)
    take_if_free(request, found)
    return sent(request, found, messages)


def _choices_sheet(
    request: StaffRequest, conversation: Conversation, text: str, titles: list[str], problem: Any = ""
) -> HttpResponseBase:
    rows = [(place, title) for place, title in enumerate(_padded(titles), 1)]
    channel = conversation.channel
    context = {
        **_about(conversation, _("A question with choices"), problem),
        "text": text,
        "rows": rows[:SHOWN_AT_FIRST],
        "more": rows[SHOWN_AT_FIRST:],
        "more_open": any(title for _place, title in rows[SHOWN_AT_FIRST:]),
        "pressed": bool(channel and able(channel).choices),
    }
    return sheet(request, "desk/inbox/choices.html", context)


def _padded(titles: list[str]) -> list[str]:
    return [*titles, *[""] * sending.MOST_CHOICES][: sending.MOST_CHOICES]


@requires(Can.ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    form = PlaceForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _place_answer(request, found, form)
    try:
        messages = sending.send_place(
            by=request.seat.staff,
            conversation=found,
            place=form.place(),
            client_key=client_key_of(request),
        )
    except sending.CannotSend as problem:
        form.add_error(None, str(problem.message))
        return _place_answer(request, found, form)
    take_if_free(request, found)
    return sent(request, found, messages)


def _place_answer(request: StaffRequest, conversation: Conversation, form: PlaceForm) -> HttpResponseBase:
    if form.errors and by_script(request):
        return refused(request, conversation, " ".join(form.all_errors()))
    context = {**_about(conversation, _("Send a place"), ""), "form": form}
    return sheet(request, "desk/inbox/place.html", context)


def _about(conversation: Conversation, title: str, problem: Any) -> dict[str, Any]:
    return {
        "title": title,
        "conversation": conversation,
        "person": conversation.person,
        "problem": problem,
        "client_key": new_id(),
    }
