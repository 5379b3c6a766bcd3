"""Four eyes: handed in by one, approved or given back by another."""

from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.outreach.pages import page
from aidline.kernel import text as words
from aidline.outreach import services
from aidline.outreach.plan import read
from aidline.outreach.preview import preview_of
from aidline.outreach.queries import access_broadcast


@requires(Can.OUTREACH)
@require_POST
def submit(request: StaffRequest, broadcast: UUID) -> HttpResponseBase:
    known = access_broadcast(request.seat, broadcast)
    preview = preview_of(request.seat.centre, read(known.title, known.plan_json), known.purpose)
    if preview.problems:
        messages.error(request, " ".join(map(str, preview.problems)))
        return page(request, known, status=422)
    try:
        services.submit_broadcast(by=request.user, broadcast=known)
    except services.CannotSend as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("Handed in. Somebody else has to approve it now."))
    return redirect("outreach:broadcast", request.seat.centre.slug, known.pk)


@requires(Can.APPROVE_OUTREACH)
@require_POST
def approve(request: StaffRequest, broadcast: UUID) -> HttpResponseBase:
    known = access_broadcast(request.seat, broadcast)
    if request.POST.get("seen") != known.changed_at.isoformat():
        messages.error(request, _("It was changed meanwhile. Read it again."))
        return page(request, known, status=422)
    try:
        services.approve_broadcast(by=request.user, broadcast=known)
    except services.CannotSend as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("Approved."))
    return redirect("outreach:broadcast", request.seat.centre.slug, known.pk)


@requires(Can.APPROVE_OUTREACH)
@require_POST
def give_back(request: StaffRequest, broadcast: UUID) -> HttpResponseBase:
    known = access_broadcast(request.seat, broadcast)
    reason = words.clean(request.POST.get("reason", "")).strip()[:500]
    try:
        services.return_broadcast(by=request.user, broadcast=known, reason=reason)
    except services.CannotSend as refused:
        messages.error(request, str(refused.message))
    return redirect("outreach:broadcast", request.seat.centre.slug, known.pk)
