"""Approved messages of a channel: the list, the names of their fields, and taking one away."""

from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.channels.models import Channel
from aidline.channels.queries import access_channel, access_channel_template, families_of, family_of
from aidline.channels.services import fetch_templates
from aidline.channels.templates import NotNow, limits_of, name_fields, remove_template
from aidline.desk.forms import posted, status_of
from aidline.desk.setup.template_forms import NamesForm


@requires(Can.SET_UP)
@require_safe
def index(request: StaffRequest, channel: UUID) -> HttpResponseBase:
    row = access_channel(request.seat, channel)
    asked = "asked" in request.GET
    more = {"families": families_of(row), "limits": limits_of(row), "asked": asked}
    return render(request, "desk/setup/templates.html", {**place_of(row), **more})


@requires(Can.SET_UP)
@require_POST
def fetch(request: StaffRequest, channel: UUID) -> HttpResponseBase:
    row = access_channel(request.seat, channel)
    fetch_templates(by=request.user, channel=row)
    answer = redirect("setup:templates", request.seat.centre.slug, row.pk)
    answer.headers["Location"] += "?asked"
    return answer


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def fields(request: StaffRequest, channel: UUID, template: UUID) -> HttpResponseBase:
    row = access_channel(request.seat, channel)
    known = access_channel_template(row, template)
    form = NamesForm(posted(request), template=known)
    if request.method == "POST" and form.is_valid():
        name_fields(by=request.user, template=known, fields=form.names)
        return redirect("setup:templates", request.seat.centre.slug, row.pk)
    context = {**place_of(row), "template": known, "family": family_of(known), "form": form}
    return render(request, "desk/setup/template_fields.html", context, status=status_of(request))


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def removal(request: StaffRequest, channel: UUID, template: UUID) -> HttpResponseBase:
    """Asked once more before it is done: the provider does not give a name back for weeks."""
    row = access_channel(request.seat, channel)
    known = access_channel_template(row, template)
    problem = ""
    if request.method == "POST":
        try:
            remove_template(by=request.user, template=known)
            return redirect("setup:templates", request.seat.centre.slug, row.pk)
        except NotNow:
            problem = _("It is on its way. Try again in a moment.")
    context = {**place_of(row), "template": known, "family": family_of(known), "problem": problem}
    return render(request, "desk/setup/template_removal.html", context, status=status_of(request))


def place_of(channel: Channel) -> dict[str, Any]:
    return {"tab": "channels", "channel": channel}
