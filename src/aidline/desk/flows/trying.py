"""A flow as text, as a talk, and as tests."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.flows import playing, words
from aidline.desk.flows.frame import frame, kept, opened, to_part
from aidline.flows.models import Flow


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: StaffRequest, flow: UUID) -> HttpResponseBase:
    """Kept whether it can be read or not; what is wrong stands beside it."""
    row = opened(request, flow)
    typed = request.POST.get("source")
    if typed is not None and kept(request, row, source=typed):
        messages.success(request, _("Draft kept."))
        return to_part(request, row, "text")
    _examined, context = frame(row, "text")
    context["source"] = row.draft if typed is None else typed
    return render(request, "desk/flows/text.html", context, status=200 if typed is None else 409)


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def tests(request: StaffRequest, flow: UUID) -> HttpResponseBase:
    row = opened(request, flow)
    typed = request.POST.get("tests")
    if typed is not None and kept(request, row, tests=typed):
        messages.success(request, _("Draft kept."))
        return to_part(request, row, "tests")
    _examined, context = frame(row, "tests")
    context["source"] = row.tests if typed is None else typed
    return render(request, "desk/flows/tests.html", context, status=200 if typed is None else 409)


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: StaffRequest, flow: UUID) -> HttpResponseBase:
    """A post looks, and changes nothing: the talk so far is in the page itself."""
    row = opened(request, flow)
    examined, context = frame(row, "preview")
    if examined.flow is None:
        return to_part(request, row, "text")
    before = playing.unpacked(request.POST.get("play", ""), row.pk)
    if before is None or "anew" in request.POST:
        medium, language, hours = (request.POST.get(name, "") for name in ("medium", "language", "hours"))
        play = playing.begin(row.centre, examined.flow, medium, language, hours)
    else:
        play = playing.go_on(row.centre, examined.flow, before, request.POST)
    context |= pane(row, play)
    part = request.headers.get("HX-Request") == "true"
    return render(request, "desk/flows/play.html" if part else "desk/flows/preview.html", context)


def pane(row: Flow, play: playing.Play) -> dict[str, Any]:
    return {
        "play": play,
        "packed": playing.packed(play, row.pk),
        "media": words.MEDIA,
        "queued": playing.is_waiting_for_person(play),
        "keys": "123456789*0#",
    }


@requires(Can.SET_UP)
@require_safe
def problems(request: StaffRequest, flow: UUID) -> HttpResponseBase:
    _examined, context = frame(opened(request, flow), "problems")
    return render(request, "desk/flows/problems.html", context)
