"""Approved messages of a channel, as the provider lists them."""

from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.channels.queries import access_channel
from aidline.channels.services import fetch_templates
from aidline.desk.setup.steps import steps_of


@requires(Can.SET_UP)
@require_safe
def index(request: StaffRequest, channel: UUID) -> HttpResponseBase:
    row = access_channel(request.seat, channel)
    context = {
        "tab": "channels",
        "channel": row,
        "templates": row.templates.order_by("name", "language"),
        "steps": steps_of(row, "channel_hours"),
        "asked": "asked" in request.GET,
    }
    return render(request, "desk/setup/templates.html", context)


@requires(Can.SET_UP)
@require_POST
def fetch(request: StaffRequest, channel: UUID) -> HttpResponseBase:
    row = access_channel(request.seat, channel)
    fetch_templates(by=request.user, channel=row)
    answer = redirect("setup:templates", request.seat.centre.slug, row.pk)
    answer.headers["Location"] += "?asked"
    return answer
