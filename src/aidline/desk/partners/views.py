"""What a partner's member sees: how far its own people are, in figures alone; its lists; and how to add people."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.forms import posted, status_of
from aidline.desk.partners.forms import PersonForm
from aidline.desk.registrations.uploads import pages
from aidline.desk.registrations.uploads.forms import FileForm
from aidline.vouchers.intake.queries import access_own_upload, own_uploads, progress_of
from aidline.vouchers.models import Partner
from aidline.vouchers.queries import access_own_programme, own_partner, own_programmes
from aidline.vouchers.registrations import Closed, make

PLACE = "partners"
SHOWN = 50


@requires(Can.ADD_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: StaffRequest) -> HttpResponseBase:
    partner = own_partner(request.seat)
    if partner is None:
        return render(request, "desk/uploads/nobody.html")
    form = FileForm(posted(request), request.FILES or None, programmes=own_programmes(request.seat))
    upload = pages.take_file(request, form, partner) if request.method == "POST" else None
    if upload:
        return redirect("partners:upload", request.seat.centre.slug, upload.pk)
    context = {
        "partner": partner,
        "progress": progress_of(partner),
        "form": form,
        "may_add": own_programmes(request.seat).exists(),
        "uploads": own_uploads(request.seat)[:SHOWN],
        "place": PLACE,
    }
    return render(request, "desk/uploads/own.html", context, status=status_of(request))


@requires(Can.ADD_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: StaffRequest) -> HttpResponseBase:
    """One person, typed."""
    partner = _partner(request)
    form = PersonForm(posted(request), programmes=own_programmes(request.seat), partner=partner)
    if request.method == "POST" and form.is_valid():
        said = _add(request, form, partner)
        if said is None:
            messages.success(request, _("Added. You can add the next person."))
            return redirect("partners:person", request.seat.centre.slug)
        form.add_error(None, said)
    context = {"form": form, "partner": partner}
    return render(request, "desk/uploads/person.html", context, status=status_of(request))


@requires(Can.ADD_PEOPLE)
@require_safe
def empty(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    """A list to fill in."""
    return pages.empty_list(request, access_own_programme(request.seat, programme))


@requires(Can.ADD_PEOPLE)
@require_safe
def upload(request: StaffRequest, upload: UUID) -> HttpResponseBase:
    return pages.show(request, access_own_upload(request.seat, upload), PLACE)


@requires(Can.ADD_PEOPLE)
@require_safe
def progress(request: StaffRequest, upload: UUID) -> HttpResponseBase:
    return pages.progress(request, access_own_upload(request.seat, upload), PLACE)


@requires(Can.ADD_PEOPLE)
@require_POST
def choose(request: StaffRequest, upload: UUID) -> HttpResponseBase:
    return pages.choose(request, access_own_upload(request.seat, upload), PLACE)


@requires(Can.ADD_PEOPLE)
@require_POST
def discard(request: StaffRequest, upload: UUID) -> HttpResponseBase:
    return pages.discard(request, access_own_upload(request.seat, upload), PLACE)


@requires(Can.ADD_PEOPLE)
@require_safe
def report(request: StaffRequest, upload: UUID) -> HttpResponseBase:
    return pages.report_csv(request, access_own_upload(request.seat, upload))


def _partner(request: StaffRequest) -> Partner:
    partner = own_partner(request.seat)
    if partner is None:
        raise Http404
    return partner


def _add(request: StaffRequest, form: PersonForm, partner: Partner) -> str | None:
    """None when it went well, else why it did not."""
    programme = form.cleaned_data["programme"]
    try:
        made = make(by=request.user, programme=programme, partner=partner, rows=[form.person], why="partner")
    except Closed:
        return _("The programme is closed and takes nobody in any more.")
    if made.beyond:
        return _("All the places agreed with you are taken.")
    return None if made.added else _("You added this person before.")
