"""How the screens of calls answer: a ticket to the phone window, a hint to a script, a way back to a browser."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from aidline.calls.queries import leg_of
from aidline.calls.states import LegState
from aidline.centres.rules import StaffRequest
from aidline.desk.inbox.answers import by_script, done, talk_url
from aidline.gateway.talking import Ticket


def told(request: StaffRequest, words: str = "") -> HttpResponseBase:
    """It is done; the strip and the lists fetch what changed."""
    if by_script(request):
        return done(request, None, words)
    if words:
        messages.success(request, words)
    return redirect("calls:index", request.seat.centre.slug)


def not_done(request: StaffRequest, words: Any) -> HttpResponseBase:
    if by_script(request):
        return HttpResponse(str(words), status=422, content_type="text/plain; charset=utf-8")
    messages.error(request, str(words))
    return redirect("calls:index", request.seat.centre.slug)


def ticket(request: StaffRequest, given: Ticket | None) -> HttpResponseBase:
    """For the phone window, which connects with it. A browser without scripts cannot talk.

    `there`: who took over was in the call already, and stays on the same line.
    """
    leg = leg_of(request.seat) if given else None
    if given is None or leg is None:
        return not_done(request, _("A colleague was faster, or the caller has hung up."))
    if not by_script(request):
        return not_done(request, needs_script())
    told_of = {
        "line": str(leg.call.channel_id),
        "there": leg.state != LegState.INVITED,
        "open": talk_url(request, leg.call.conversation_id),
    }
    return JsonResponse({**given.parameters(), **told_of})


def needs_script() -> str:
    return _(
        "The talk runs in the browser and needs JavaScript. Allow it for this site, then open the phone."
    )
