"""What is done with a conversation: who has it, until when it rests, how it ends."""

from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aidline.centres.models import Membership
from aidline.centres.queries import access_member
from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.conversations import services
from aidline.conversations.models import Conversation, Topic
from aidline.conversations.queries import access_conversation, access_tag, access_topic
from aidline.conversations.states import Outcome
from aidline.desk.inbox import snoozing, wording
from aidline.desk.inbox.answers import done, refused
from aidline.routing import services as routing


@requires(Can.ANSWER)
@require_POST
def take(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    taken = routing.take(by=request.seat.staff, membership=_own(request), conversation=found)
    if not taken:
        return refused(request, found, _("A colleague was faster."))
    return done(request, found, _("This is yours now."))


@requires(Can.ANSWER)
@require_POST
def pass_on(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    """To a colleague, or back to the queue; a note says why."""
    found = access_conversation(request.seat, conversation)
    if not _may_give(request, found):
        return refused(request, found, _("Take it first, then pass it on."))
    to = _chosen_member(request)
    note = request.POST.get("note", "")
    staff = request.seat.staff
    if to and not note.strip() and found.assignee_id is None:
        passed = routing.assign(by=staff, conversation=found, to=to)
    else:
        passed = routing.hand_over(by=staff, conversation=found, to=to, note=note)
    if not passed:
        return refused(request, found, _("They have it already."))
    return done(request, found, _passed_words(to))


@requires(Can.ANSWER)
@require_POST
def put_off(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    until = snoozing.chosen(request.POST.get("preset", ""), request.POST.get("until", ""))
    if until is None:
        return refused(request, found, _("Choose a time that lies ahead."))
    if not routing.put_off(by=request.seat.staff, conversation=found, until=until):
        return refused(request, found, _("Only an open conversation can be put off."))
    return done(request, found, _("Put off until %(time)s.") % {"time": wording.when(until)})


@requires(Can.ANSWER)
@require_POST
def finish(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    finished = routing.finish(
        by=request.seat.staff, conversation=found, topic=_topic(request), outcome=_outcome(request)
    )
    if not finished:
        return refused(request, found, _("Somebody finished this already."))
    return done(request, found, _("Finished."))


@requires(Can.ANSWER)
@require_POST
def reopen(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    if not services.reopen(by=request.seat.staff, conversation=found):
        return refused(request, found, _("This is open already, or there is a newer conversation."))
    return done(request, found, _("Open again."))


@requires(Can.ANSWER)
@require_POST
def add_tag(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    if services.add_tag(by=request.seat.staff, conversation=found, name=request.POST.get("name", "")) is None:
        return refused(request, found, _("Write a name for the tag."))
    return done(request, found)


@requires(Can.ANSWER)
@require_POST
def remove_tag(request: StaffRequest, conversation: UUID, tag: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    services.remove_tag(by=request.seat.staff, conversation=found, tag=access_tag(request.seat, tag))
    return done(request, found)


def _own(request: StaffRequest) -> Membership:
    if request.seat.membership is None:
        raise Http404
    return request.seat.membership


def _may_give(request: StaffRequest, conversation: Conversation) -> bool:
    """One's own, or any for those who steer the work of others."""
    own = conversation.assignee_id is not None and conversation.assignee == request.seat.membership
    return own or request.seat.can(Can.ASSIGN_OTHERS)


def _chosen_member(request: StaffRequest) -> Membership | None:
    raw = request.POST.get("to", "")
    return access_member(request.seat, _uuid(raw)) if raw else None


def _passed_words(to: Membership | None) -> str:
    if to is None:
        return _("Back in the queue.")
    return _("Passed on to %(name)s.") % {"name": to.staff.name}


def _topic(request: StaffRequest) -> Topic | None:
    raw = request.POST.get("topic", "")
    return access_topic(request.seat, _uuid(raw)) if raw else None


def _outcome(request: StaffRequest) -> Outcome:
    raw = request.POST.get("outcome", "")
    return Outcome(raw) if raw in Outcome.values else Outcome.ANSWERED


def _uuid(raw: str) -> UUID:
    try:
        return UUID(raw)
    except ValueError:
        raise Http404 from None
