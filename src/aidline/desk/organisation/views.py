"""Centres, staff and the state of the installation, for those who run the organisation."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aidline.centres.models import Staff
from aidline.centres.queries import access_invitation, access_staff, open_invitations, staff_of_organisation
from aidline.centres.rules import StaffRequest, requires
from aidline.centres.services import create_centre, invite, let_in_again, revoke_invitation, set_working
from aidline.centres.states import Can
from aidline.channels.queries import centres_with_trouble
from aidline.desk.forms import posted, status_of
from aidline.desk.organisation.forms import InviteAdminForm
from aidline.desk.setup.centre_forms import NewCentreForm
from aidline.desk.setup.members import link_to
from aidline.gateway import spool
from aidline.jobs.queries import dead_jobs, somebody_works
from aidline.jobs.services import retry_dead


@requires(Can.RUN_ORGANISATION)
@require_safe
def centres(request: StaffRequest) -> HttpResponseBase:
    context = {"centres": centres_with_trouble(request.user.organisation_id)}
    return render(request, "desk/organisation/centres.html", context)


@requires(Can.RUN_ORGANISATION)
@require_http_methods(["GET", "HEAD", "POST"])
def new_centre(request: StaffRequest) -> HttpResponseBase:
    form = NewCentreForm(posted(request), initial={"default_language": "en", "languages": ["en"]})
    if request.method == "POST" and form.is_valid():
        centre = create_centre(by=request.user, organisation=request.user.organisation, **form.cleaned_data)
        return redirect("setup:members", centre.slug)
    return render(request, "desk/organisation/new_centre.html", {"form": form}, status=status_of(request))


@requires(Can.RUN_ORGANISATION)
@require_safe
def staff(request: StaffRequest) -> HttpResponseBase:
    return _staff_page(request, InviteAdminForm())


@requires(Can.RUN_ORGANISATION)
@require_POST
def invitation(request: StaffRequest) -> HttpResponseBase:
    """The answer is the page with the link, and no redirect: it is shown this once and kept nowhere."""
    form = InviteAdminForm(request.POST)
    if not form.is_valid():
        return _staff_page(request, form)
    email = form.cleaned_data["email"]
    _, token = invite(
        by=request.user, organisation=request.user.organisation, email=email, organisation_admin=True
    )
    return _staff_page(request, InviteAdminForm(), {"link": link_to("join", token), "link_for": email})


@requires(Can.RUN_ORGANISATION)
@require_POST
def revoke(request: StaffRequest, invitation: UUID) -> HttpResponseBase:
    row = access_invitation(request.user.organisation_id, None, invitation)
    revoke_invitation(by=request.user, invitation=row)
    return redirect("organisation:staff")


@requires(Can.RUN_ORGANISATION)
@require_POST
def link(request: StaffRequest, staff: UUID) -> HttpResponseBase:
    row = _colleague(request, staff)
    token = let_in_again(by=request.user, staff=row)
    shown = {"link": link_to("enter", token), "link_for": row.name, "again": True}
    return _staff_page(request, InviteAdminForm(), shown)


@requires(Can.RUN_ORGANISATION)
@require_POST
def leaving(request: StaffRequest, staff: UUID) -> HttpResponseBase:
    """Shuts the account, or opens it again."""
    row = _colleague(request, staff)
    set_working(by=request.user, staff=row, is_active=not row.is_active)
    return redirect("organisation:staff")


@requires(Can.RUN_ORGANISATION)
@require_safe
def health(request: StaffRequest) -> HttpResponseBase:
    context = {
        "jobs": dead_jobs()[:100],
        "spooled": spool.waiting(),
        "alive": somebody_works(),
        "centres": centres_with_trouble(request.user.organisation_id),
    }
    return render(request, "desk/organisation/health.html", context)


@requires(Can.RUN_ORGANISATION)
@require_POST
def retry(_request: StaffRequest, job: UUID) -> HttpResponseBase:
    if not retry_dead(job):
        raise Http404
    return redirect("organisation:health")


def _colleague(request: StaffRequest, staff_id: UUID) -> Staff:
    """Nobody locks themselves out."""
    row = access_staff(request.user.organisation_id, staff_id)
    if row.pk == request.user.pk:
        raise Http404
    return row


def _staff_page(
    request: StaffRequest, form: InviteAdminForm, more: dict[str, Any] | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "people": staff_of_organisation(request.user.organisation_id),
        "invitations": open_invitations(request.user.organisation_id, None),
        **(more or {}),
    }
    status = 200 if more else status_of(request)
    return render(request, "desk/organisation/staff.html", context, status=status)
