"""Saying yes or not now to a call that rings, and calling somebody."""

from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.conversations.queries import access_conversation
from aidline.desk.calls.answers import not_done, ticket, told
from aidline.gateway import talking


@requires(Can.ANSWER)
@require_POST
def accept(request: StaffRequest, offer: UUID) -> HttpResponseBase:
    return ticket(request, talking.accept(request.seat, offer))


@requires(Can.ANSWER)
@require_POST
def reject(request: StaffRequest, offer: UUID) -> HttpResponseBase:
    talking.reject(request.seat, offer)
    return told(request, _("It goes to a colleague."))


@requires(Can.ANSWER)
@require_POST
def dial(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    """To the person of a conversation, by the number they have called or written from."""
    found = access_conversation(request.seat, conversation)
    channel = request.POST.get("line", "")
    try:
        given = talking.dial_out(request.seat, UUID(channel), conversation=found)
    except ValueError:
        return not_done(request, _("Choose from the list."))
    except talking.CannotCall as problem:
        return not_done(request, problem.words)
    return ticket(request, given)
