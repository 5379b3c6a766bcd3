"""The person: language, name, addresses under cover, blocking, and two files that are one person."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.conversations import services
from aidline.conversations.models import Conversation
from aidline.conversations.queries import access_conversation, access_merge, find_people, merges_of
from aidline.desk.inbox.answers import by_script, done, refused, sheet
from aidline.desk.inbox.contexts import BLOCK_DAYS
from aidline.kernel import languages
from aidline.kernel import text as words
from aidline.kernel.clock import now
from aidline.people import services as people
from aidline.people.queries import access_address, access_person, open_likenesses


@requires(Can.ANSWER)
@require_POST
def language(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    code = request.POST.get("language", "")
    if code and code not in languages.ALL:
        return refused(request, found, _("Choose a language from the list."))
    services.set_language(by=request.seat.staff, conversation=found, language=code)
    return done(request, found)


@requires(Can.ANSWER)
@require_POST
def name(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    written = words.clean(request.POST.get("name", "")).strip()[:120]
    people.change_person(by=request.seat.staff, person=found.person, name=written)
    return done(request, found, _("Kept."))


@requires(Can.ANSWER)
@require_POST
def show_name(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    reason = request.POST.get("reason", "")
    if _needs_reason(request, reason):
        return refused(request, found, _("Say why you need to see it."))
    shown = people.show_name(by=request.seat.staff, person=found.person, reason=reason)
    return _uncovered(request, found, shown)


@requires(Can.ANSWER)
@require_POST
def show_address(request: StaffRequest, conversation: UUID, address: UUID) -> HttpResponseBase:
    """Never by a redirect: the number would have to lie in the clear in the session or the address bar."""
    found = access_conversation(request.seat, conversation)
    row = access_address(request.seat, address)
    if row.person_id != found.person_id:
        raise Http404
    reason = request.POST.get("reason", "")
    if _needs_reason(request, reason):
        return refused(request, found, _("Say why you need to see it."))
    return _uncovered(request, found, people.unmask(by=request.seat.staff, address=row, reason=reason))


@requires(Can.BLOCK)
@require_POST
def block(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    days = request.POST.get("days", "")
    if days not in {str(choice) for choice in BLOCK_DAYS}:
        return refused(request, found, _("Choose for how long."))
    services.block_person(
        by=request.seat.staff,
        person=found.person,
        until=now() + timedelta(days=int(days)),
        reason=words.clean(request.POST.get("reason", ""))[:500],
    )
    return done(request, found, _("Blocked. What they write is kept and not shown in the queue."))


@requires(Can.BLOCK)
@require_POST
def unblock(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    services.unblock_person(by=request.seat.staff, person=found.person)
    return done(request, found, _("No longer blocked."))


@requires(Can.MERGE)
@require_safe
def same(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    """Who else this may be: those that look alike, those in touch lately, or by alias."""
    found = access_conversation(request.seat, conversation)
    wanted, own = request.GET.get("q", ""), get_language() or "en"
    likenesses = open_likenesses(found.person)
    context: dict[str, Any] = {
        "title": _("Who is the same person as %(name)s?") % {"name": found.person.alias(own)},
        "conversation": found,
        "person": found.person,
        "wanted": wanted,
        "alike": [row.other if row.person_id == found.person_id else row.person for row in likenesses],
        "candidates": find_people(request.seat, wanted, language=own, but=found.person),
        "merges": merges_of(found.person),
    }
    return sheet(request, "desk/inbox/same.html", context)


@requires(Can.MERGE)
@require_POST
def merge(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    gone = access_person(request.seat, _uuid(request.POST.get("person", "")))
    try:
        services.merge_people(by=request.seat.staff, kept=found.person, gone=gone)
    except people.CannotMerge:
        return refused(request, found, _("These two are one person already."))
    return done(request, found, _("One file now. You can undo this beside the conversation."))


@requires(Can.MERGE)
@require_POST
def not_same(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    other = _uuid(request.POST.get("person", ""))
    for row in open_likenesses(found.person):
        if other in (row.person_id, row.other_id):
            people.answer_likeness(by=request.seat.staff, likeness=row, same=False)
    return done(request, found)


@requires(Can.MERGE)
@require_POST
def undo_merge(request: StaffRequest, conversation: UUID, merge: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    services.undo_merge(by=request.seat.staff, merge=access_merge(request.seat, merge))
    return done(request, found, _("Two files again."))


def _needs_reason(request: StaffRequest, reason: str) -> bool:
    return not request.seat.can(Can.SEE_IDENTITY) and len(reason.strip()) < 3


def _uncovered(request: StaffRequest, conversation: Conversation, value: str) -> HttpResponseBase:
    context = {
        "title": _("Shown once"),
        "conversation": conversation,
        "person": conversation.person,
        "value": value,
    }
    if by_script(request):
        return render(request, "desk/inbox/uncovered.html", context)
    return sheet(request, "desk/inbox/uncovered_page.html", context)


def _uuid(raw: str) -> UUID:
    try:
        return UUID(raw)
    except ValueError:
        raise Http404 from None
