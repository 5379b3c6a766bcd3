"""The list of broadcasts, one of them, and its report."""

import csv
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aidline.centres.models import Centre
from aidline.centres.queries import centres_with
from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.outreach.forms import CopyForm, TestForm
from aidline.outreach.composing import lines_for
from aidline.outreach.models import Broadcast
from aidline.outreach.plan import read
from aidline.outreach.preview import preview_of
from aidline.outreach.queries import access_broadcast, broadcasts_of
from aidline.outreach.report import report_of
from aidline.outreach.states import CHANGEABLE, STARTED, BroadcastState

SHOWN = 100


@requires(Can.OUTREACH)
@require_safe
def index(request: StaffRequest) -> HttpResponseBase:
    found = list(broadcasts_of(request.seat)[:SHOWN])
    return render(request, "desk/outreach/index.html", {"broadcasts": found, "states": BroadcastState})


@requires(Can.OUTREACH)
@require_safe
def broadcast(request: StaffRequest, broadcast: UUID) -> HttpResponseBase:
    return page(request, access_broadcast(request.seat, broadcast))


@requires(Can.OUTREACH)
@require_safe
def report(request: StaffRequest, broadcast: UUID) -> HttpResponseBase:
    """The part of the page that changes while it is being sent."""
    found = access_broadcast(request.seat, broadcast)
    return render(request, "desk/outreach/report.html", {"broadcast": found, "report": report_of(found)})


@requires(Can.OUTREACH)
@require_safe
def report_csv(request: StaffRequest, broadcast: UUID) -> HttpResponseBase:
    """Counts alone: nobody is in it."""
    found = report_of(access_broadcast(request.seat, broadcast))
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="report.csv"'
    table = csv.writer(answer)
    table.writerow(["what", "why", "people"])
    for fate in found.fates:
        table.writerow([fate.key, "", fate.count])
        table.writerows([fate.key, _harmless(reason), count] for reason, count in fate.reasons)
    table.writerow(["audience", "", found.audience])
    return answer


def page(request: StaffRequest, found: Broadcast, *, status: int = 200, **more: Any) -> HttpResponse:
    """Before it starts: what it would do. Afterwards: what became of it."""
    plan, centre = read(found.title, found.plan_json), request.seat.centre
    lines = lines_for(centre)
    context = {
        "broadcast": found,
        "plan": plan,
        "channels": [lines[pk].channel.name for pk in plan.channels if pk in lines],
        "is_changeable": found.state in CHANGEABLE,
        "is_started": found.state in STARTED,
        "own": request.user.pk in (found.created_by_id, found.changed_by_id),
        "may_approve": request.seat.can(Can.APPROVE_OUTREACH),
        "test_form": TestForm(None, centre=centre, lines=lines) if lines else None,
        "copy_form": CopyForm(None, centres=others) if (others := other_centres(request)) else None,
        "report": report_of(found) if found.state in STARTED else None,
        "preview": None if found.state in STARTED else preview_of(centre, plan, found.purpose),
        **more,
    }
    return render(request, "desk/outreach/broadcast.html", context, status=status)


def other_centres(request: StaffRequest) -> list[Centre]:
    """Where this member may write broadcasts as well; nobody does so without a seat there."""
    rows = centres_with(request.user, Can.OUTREACH)
    return list(rows.exclude(pk=request.seat.centre.pk))


def _harmless(text: str) -> str:
    """No cell that a spreadsheet would run."""
    return f"'{text}" if text[:1] in "=+-@" else text
