"""What is done with the call one is in, and after it."""

from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aidline.calls.models import Call
from aidline.centres.models import Membership
from aidline.centres.queries import access_member
from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.conversations.queries import access_topic
from aidline.conversations.sending import CannotSend, add_note
from aidline.conversations.states import Outcome
from aidline.desk.calls.answers import not_done, told
from aidline.desk.inbox.views.writing import client_key_of
from aidline.gateway import talking
from aidline.kernel import phones
from aidline.routing import services as routing


@requires(Can.ANSWER)
@require_POST
def hold(request: StaffRequest, call: UUID) -> HttpResponseBase:
    talking.hold(request.seat, _call(request, call), "off" not in request.POST)
    return told(request)


@requires(Can.ANSWER)
@require_POST
def consult(request: StaffRequest, call: UUID) -> HttpResponseBase:
    """A colleague is asked in; the caller hears music meanwhile."""
    talking.consult(request.seat, _call(request, call), _member(request))
    return told(request, _("Asked in. The caller hears music until you are back."))


@requires(Can.ANSWER)
@require_POST
def hand_over(request: StaffRequest, call: UUID) -> HttpResponseBase:
    talking.finish_transfer(request.seat, _call(request, call))
    return told(request, _("Handed over."))


@requires(Can.ANSWER)
@require_POST
def back(request: StaffRequest, call: UUID) -> HttpResponseBase:
    talking.give_up_transfer(request.seat, _call(request, call))
    return told(request, _("The caller is back with you."))


@requires(Can.ANSWER)
@require_POST
def transfer(request: StaffRequest, call: UUID) -> HttpResponseBase:
    """Without a word in between: to a colleague, or to whoever is free."""
    to = _member(request) if request.POST.get("to") else None
    talking.transfer(request.seat, _call(request, call), to)
    return told(request, _("You stay with the caller until somebody answers."))


@requires(Can.ANSWER)
@require_POST
def third(request: StaffRequest, call: UUID) -> HttpResponseBase:
    found = _call(request, call)
    number = phones.normalise(request.POST.get("number", ""), request.seat.centre.region)
    if number is None:
        return not_done(request, _("Write the number with its country, such as +44 7700 900123."))
    try:
        talking.add_third(request.seat, found, number)
    except talking.CannotCall as problem:
        return not_done(request, problem)
    return told(request, _("Ringing."))


@requires(Can.ANSWER)
@require_POST
def recording(request: StaffRequest, call: UUID) -> HttpResponseBase:
    talking.pause_recording(request.seat, _call(request, call), "off" not in request.POST)
    return told(request)


@requires(Can.ANSWER)
@require_POST
def leave(request: StaffRequest, call: UUID) -> HttpResponseBase:
    talking.leave(request.seat, _call(request, call))
    return told(request)


@requires(Can.ANSWER)
@require_POST
def more_time(request: StaffRequest, call: UUID) -> HttpResponseBase:
    talking.more_time(request.seat, _call(request, call))
    return told(request, _("Five more minutes without a new call."))


@requires(Can.ANSWER)
@require_POST
def wrap_up(request: StaffRequest, call: UUID) -> HttpResponseBase:
    """What it was about and how it ended, with a note, in one go."""
    found = _call(request, call)
    topic = request.POST.get("topic", "")
    chosen = access_topic(request.seat, _uuid(topic)) if topic else None
    raw = request.POST.get("outcome", "")
    try:
        _keep_note(request, found)
    except CannotSend as problem:
        return not_done(request, problem.message)
    if "finish" in request.POST:
        outcome = Outcome(raw) if raw in Outcome.values else Outcome.ANSWERED
        routing.finish(
            by=request.seat.staff, conversation=found.conversation, topic=chosen, outcome=outcome
        )
    talking.wrap_up(request.seat, found)
    return told(request, _("Ready for the next call."))


def _keep_note(request: StaffRequest, call: Call) -> None:
    text = request.POST.get("note", "")
    if text.strip():
        add_note(
            by=request.seat.staff,
            conversation=call.conversation,
            text=text,
            mentioned=[],
            client_key=client_key_of(request),
        )


def _call(request: StaffRequest, call: UUID) -> Call:
    return talking.access_call(request.seat, call)


def _member(request: StaffRequest) -> Membership:
    return access_member(request.seat, _uuid(request.POST.get("to", "")))


def _uuid(raw: str) -> UUID:
    try:
        return UUID(raw)
    except ValueError:
        raise Http404 from None
