"""Lists, for officers: of every programme and partner of the centre."""

from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.forms import posted, status_of
from aidline.desk.registrations.uploads import pages
from aidline.desk.registrations.uploads.forms import AskForm, FileForm
from aidline.vouchers.carriers import ask_through, askable
from aidline.vouchers.intake.queries import access_upload, lines_of, uploads_of
from aidline.vouchers.queries import access_programme, partners_of, programmes_of
from aidline.vouchers.states import ProgrammeState

PLACE = "uploads"
SHOWN = 50


@requires(Can.RUN_PROGRAMMES)
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: StaffRequest) -> HttpResponseBase:
    """What was added, and the door for the next list."""
    seat = request.seat
    form = FileForm(
        posted(request),
        request.FILES or None,
        programmes=programmes_of(seat).exclude(state=ProgrammeState.CLOSED),
        partners=partners_of(seat).filter(is_active=True),
    )
    upload = pages.take_file(request, form, None) if request.method == "POST" else None
    if upload:
        return redirect("uploads:upload", seat.centre.slug, upload.pk)
    context = {"form": form, "uploads": uploads_of(seat)[:SHOWN], "place": PLACE}
    return render(request, "desk/uploads/index.html", context, status=status_of(request))


@requires(Can.RUN_PROGRAMMES)
@require_safe
def empty(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    """A list to fill in."""
    return pages.empty_list(request, access_programme(request.seat, programme))


@requires(Can.RUN_PROGRAMMES)
@require_safe
def upload(request: StaffRequest, upload: UUID) -> HttpResponseBase:
    return pages.show(request, access_upload(request.seat, upload), PLACE)


@requires(Can.RUN_PROGRAMMES)
@require_safe
def progress(request: StaffRequest, upload: UUID) -> HttpResponseBase:
    return pages.progress(request, access_upload(request.seat, upload), PLACE)


@requires(Can.RUN_PROGRAMMES)
@require_POST
def choose(request: StaffRequest, upload: UUID) -> HttpResponseBase:
    return pages.choose(request, access_upload(request.seat, upload), PLACE)


@requires(Can.RUN_PROGRAMMES)
@require_POST
def discard(request: StaffRequest, upload: UUID) -> HttpResponseBase:
    return pages.discard(request, access_upload(request.seat, upload), PLACE)


@requires(Can.RUN_PROGRAMMES)
@require_safe
def report(request: StaffRequest, upload: UUID) -> HttpResponseBase:
    return pages.report_csv(request, access_upload(request.seat, upload))


@requires(Can.RUN_PROGRAMMES)
@require_http_methods(["GET", "HEAD", "POST"])
def numbers(request: StaffRequest) -> HttpResponseBase:
    """Whether carriers are asked about numbers, and what they said."""
    seat = request.seat
    programmes = list(programmes_of(seat).exclude(state=ProgrammeState.CLOSED))
    form = AskForm(posted(request), programmes=programmes, channels=askable(seat.centre))
    if request.method == "POST" and form.is_valid():
        for programme, channel in form.changes:
            ask_through(by=request.user, programme=programme, channel=channel)
        messages.success(request, _("Saved."))
        return redirect("uploads:numbers", seat.centre.slug)
    context = {"form": form, "lines": lines_of(programmes)}
    return render(request, "desk/uploads/numbers.html", context, status=status_of(request))
