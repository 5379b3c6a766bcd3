"""What is done with the call one is in, and after it."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from aidline.calls.ending import goes_on
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
from aidline.routing import services as routing


@requires(Can.ANSWER)
@require_POST
def hold(request: StaffRequest, call: UUID) -> HttpResponseBase:
    return _said(request, talking.hold(request.seat, _call(request, call), "off" not in request.POST))


@requires(Can.ANSWER)
@require_POST
def consult(request: StaffRequest, call: UUID) -> HttpResponseBase:
    """A colleague is asked in; the caller hears music meanwhile."""
    asked = talking.consult(request.seat, _call(request, call), _member(request))
    return _said(request, asked, _("Asked in. The caller hears music until you are back."), _BUSY)


@requires(Can.ANSWER)
@require_POST
def hand_over(request: StaffRequest, call: UUID) -> HttpResponseBase:
    try:
        done = talking.finish_transfer(request.seat, _call(request, call))
    except talking.CannotCall as problem:
        return not_done(request, problem.words)
    return _said(request, done, _("Handed over."), _("Your colleague is not in the call yet."))


@requires(Can.ANSWER)
@require_POST
def back(request: StaffRequest, call: UUID) -> HttpResponseBase:
    done = talking.give_up_transfer(request.seat, _call(request, call))
    return _said(request, done, _("The caller is back with you."))


@requires(Can.ANSWER)
@require_POST
def transfer(request: StaffRequest, call: UUID) -> HttpResponseBase:
    """Without a word in between: to a colleague, who is asked, or back into the queue."""
    to = _member(request) if request.POST.get("to") else None
    try:
        done = talking.transfer(request.seat, _call(request, call), to)
    except talking.CannotCall as problem:
        return not_done(request, problem.words)
    words = (
        _("You stay with the caller until they answer.") if to else _("Back in the queue, at their place.")
    )
    return _said(request, done, words, _BUSY)


@requires(Can.ANSWER)
@require_POST
def third(request: StaffRequest, call: UUID) -> HttpResponseBase:
    found = _call(request, call)
    if "off" in request.POST:
        return _said(request, talking.drop_third(request.seat, found))
    try:
        done = talking.add_third(request.seat, found, request.POST.get("number", ""))
    except talking.CannotCall as problem:
        return not_done(request, problem.words)
    return _said(request, done, _("Ringing."), _("Somebody was added already."))


@requires(Can.ANSWER)
@require_POST
def recording(request: StaffRequest, call: UUID) -> HttpResponseBase:
    done = talking.pause_recording(request.seat, _call(request, call), "off" not in request.POST)
    return _said(request, done)


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
    """What it was about and how it ended, with a note, in one go. Who passed a call on does not end it."""
    found = _call(request, call)
    topic = request.POST.get("topic", "")
    chosen = access_topic(request.seat, _uuid(topic)) if topic else None
    raw = request.POST.get("outcome", "")
    try:
        _keep_note(request, found)
    except CannotSend as problem:
        return not_done(request, problem.message)
    if "finish" in request.POST and not goes_on(found):
        outcome = Outcome(raw) if raw in Outcome.values else Outcome.ANSWERED
        routing.finish(by=request.seat.staff, conversation=found.conversation, topic=chosen, outcome=outcome)
    talking.wrap_up(request.seat, found)
    return told(request, _("Ready for the next call."))


def _said(request: StaffRequest, is_done: bool, words: str = "", else_words: Any = "") -> HttpResponseBase:
    """What did not work was overtaken by something else, in nearly all cases."""
    return told(request, words) if is_done else not_done(request, else_words or _OVERTAKEN)


_OVERTAKEN = gettext_lazy("Something else was faster. Look at the call as it is now.")
_BUSY = gettext_lazy("They are in another call, or are being asked something else.")


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
