"""The parts of the page that change by themselves; each is the template the page is made of."""

from uuid import UUID

from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from aidline.centres.queries import members_of
from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.conversations.queries import access_conversation, access_message
from aidline.desk.inbox import contexts
from aidline.desk.inbox.answers import part
from aidline.desk.inbox.prepared import suggestions


@requires(Can.ANSWER)
@require_safe
def queue(request: StaffRequest) -> HttpResponseBase:
    context = {**contexts.queue_part(request), **contexts.presence_part(request.seat)}
    return part(request, "desk/inbox/queue_parts.html", context)


@requires(Can.ANSWER)
@require_safe
def filters(request: StaffRequest) -> HttpResponseBase:
    return part(request, "desk/inbox/filters.html", contexts.filter_part(request))


@requires(Can.ANSWER)
@require_safe
def head(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    return part(request, "desk/inbox/head.html", contexts.head_part(request, found))


@requires(Can.ANSWER)
@require_safe
def lines(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    """`after`: what came since that line, with the latest lines before it, whose ticks may have changed."""
    found = access_conversation(request.seat, conversation)
    after = request.GET.get("after", "")
    context = contexts.lines_part(request, found, after_seq=int(after) if after.isdecimal() else 0)
    return part(request, "desk/inbox/lines.html", context)


@requires(Can.ANSWER)
@require_safe
def earlier(request: StaffRequest, message: UUID) -> HttpResponseBase:
    before = access_message(request.seat, message)
    found = access_conversation(request.seat, before.conversation_id)
    return part(request, "desk/inbox/lines.html", contexts.lines_part(request, found, before=before))


@requires(Can.ANSWER)
@require_safe
def person(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    return part(request, "desk/inbox/person.html", contexts.person_part(request, found))


@requires(Can.ANSWER)
@require_safe
def composer(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    return part(request, "desk/inbox/composer.html", contexts.composer_part(request, found))


@requires(Can.ANSWER)
@require_safe
def prepared(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    listed = suggestions(request.seat, found, request.GET.get("q", ""))
    return part(request, "desk/inbox/prepared.html", {"prepared": listed, "conversation": found})


@requires(Can.ANSWER)
@require_safe
def colleagues(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    """Who can be named in a note."""
    found = access_conversation(request.seat, conversation)
    wanted = request.GET.get("q", "").casefold()
    names = sorted(row.staff.name for row in members_of(request.seat.centre, contexts.ANSWERING))
    listed = [name for name in names if wanted in name.casefold()][:8]
    return part(request, "desk/inbox/colleagues.html", {"listed": listed, "conversation": found})
