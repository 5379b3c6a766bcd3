"""Publishing a flow, its versions, taking it out of use, and its file."""

import difflib
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.flows.frame import frame, opened, to_part
from aidline.flows import files, services
from aidline.flows.problems import FlowError
from aidline.flows.queries import access_version, doors_of, running

MOST_LINES = 400  # of what changed


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def publication(request: StaffRequest, flow: UUID) -> HttpResponseBase:
    row = opened(request, flow)
    if request.method == "POST":
        try:
            version = services.publish(by=request.user, flow=row)
        except services.NotPublishable:
            messages.error(request, _("Not published: there are problems to solve first."))
            return to_part(request, row, "problems")
        except services.Changed:
            messages.error(request, _("A colleague changed this flow meanwhile. Look at it once more."))
            return to_part(request, row, "publication")
        messages.success(request, _("Version %(number)s runs now.") % {"number": version.number})
        return to_part(request, row, "publication")
    _examined, context = frame(row, "publication")
    context |= {
        "versions": row.versions.select_related("published_by")[:50],
        "changes": _changes(row.published.source if row.published else "", row.draft),
        "running": running(row),
        "doors": [door for door in doors_of(row.centre) if row in (door.messages, door.calls)],
    }
    return render(request, "desk/flows/publication.html", context)


def _changes(old: str, new: str) -> list[tuple[str, str]]:
    """Lines that went and came, each with its sign."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=1)
    told = [line for line in lines if not line.startswith(("---", "+++"))]
    return [(line[:1], line[1:]) for line in told[:MOST_LINES]]


@requires(Can.SET_UP)
@require_POST
def retirement(request: StaffRequest, flow: UUID) -> HttpResponseBase:
    row = opened(request, flow)
    services.retire(by=request.user, flow=row)
    messages.success(request, _("It begins nowhere any more."))
    return to_part(request, row, "publication")


@requires(Can.SET_UP)
@require_POST
def return_to(request: StaffRequest, flow: UUID, number: int) -> HttpResponseBase:
    row = opened(request, flow)
    services.bring_back(by=request.user, flow=row, version=access_version(row, number))
    messages.success(request, _("Version %(number)s is the draft now.") % {"number": number})
    return to_part(request, row, "publication")


@requires(Can.SET_UP)
@require_safe
def export(request: StaffRequest, flow: UUID) -> HttpResponseBase:
    return _file(files.exported(opened(request, flow)))


@requires(Can.SET_UP)
@require_safe
def export_floip(request: StaffRequest, flow: UUID) -> HttpResponseBase:
    """For other programs. What they do not know is beside it, for the way back."""
    row = opened(request, flow)
    try:
        return _file(files.exported_floip(row))
    except FlowError:
        return to_part(request, row, "text")


def _file(file: files.File) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return HttpResponse(file.content, content_type=f"{file.mime}; charset=utf-8", headers=headers)
