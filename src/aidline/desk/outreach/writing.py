"""Writing a broadcast, seeing it before it is one, copying and discarding it."""

from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.forms import posted, status_of
from aidline.desk.outreach.forms import BroadcastForm, CopyForm
from aidline.desk.outreach.pages import other_centres, page
from aidline.outreach import services
from aidline.outreach.models import Broadcast
from aidline.outreach.plan import read
from aidline.outreach.preview import preview_of
from aidline.outreach.queries import access_broadcast
from aidline.people.states import Purpose


@requires(Can.OUTREACH)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponseBase:
    return _write(request, None, BroadcastForm(posted(request), centre=request.seat.centre))


@requires(Can.OUTREACH)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, broadcast: UUID) -> HttpResponseBase:
    known = access_broadcast(request.seat, broadcast)
    form = BroadcastForm(
        posted(request),
        centre=request.seat.centre,
        plan=read(known.title, known.plan_json),
        start_at=known.start_at,
    )
    return _write(request, known, form)


def _write(request: StaffRequest, known: Broadcast | None, form: BroadcastForm) -> HttpResponseBase:
    if request.method == "POST" and form.is_valid():
        try:
            row = services.write_broadcast(
                by=request.user,
                centre=request.seat.centre,
                plan=form.plan(),
                start_at=form.cleaned_data["start_at"],
                broadcast=known,
            )
        except services.CannotSend as refused:
            form.add_error(None, str(refused.message))
        else:
            return redirect("outreach:broadcast", request.seat.centre.slug, row.pk)
    context = {"form": form, "broadcast": known}
    return render(request, "desk/outreach/edit.html", context, status=status_of(request))


@requires(Can.OUTREACH)
@require_POST
def preview(request: StaffRequest) -> HttpResponseBase:
    """What is being written, as people would get it; nothing is kept."""
    form = BroadcastForm(request.POST, centre=request.seat.centre)
    form.is_valid()
    found = preview_of(request.seat.centre, form.plan(), Purpose.OUTREACH)
    return render(request, "desk/outreach/preview.html", {"preview": found})


@requires(Can.OUTREACH)
@require_POST
def copy(request: StaffRequest, broadcast: UUID) -> HttpResponseBase:
    known = access_broadcast(request.seat, broadcast)
    form = CopyForm(request.POST, centres=[request.seat.centre, *other_centres(request)])
    if not form.is_valid():
        return page(request, known, status=422)
    made = services.copy_broadcast(by=request.user, broadcast=known, to=form.chosen)
    messages.success(request, _("Copied. Each centre chooses its audience and approves by itself."))
    return redirect("outreach:broadcast", form.chosen[0].slug, made[0].pk)


@requires(Can.OUTREACH)
@require_POST
def remove(request: StaffRequest, broadcast: UUID) -> HttpResponseBase:
    known = access_broadcast(request.seat, broadcast)
    try:
        services.discard_broadcast(by=request.user, broadcast=known)
    except services.CannotSend as refused:
        messages.error(request, str(refused.message))
        return redirect("outreach:broadcast", request.seat.centre.slug, known.pk)
    return redirect("outreach:index", request.seat.centre.slug)
