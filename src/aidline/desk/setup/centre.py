"""The centre itself: name, languages, rules, words and logo."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from aidline.centres.logos import change_logo
from aidline.centres.models import Centre
from aidline.centres.rules import StaffRequest, requires
from aidline.centres.services import change_centre
from aidline.centres.states import Can
from aidline.conversations.promises import recompute_due
from aidline.desk.forms import posted, status_of
from aidline.desk.setup.centre_forms import CentreForm, LogoForm, TextsForm


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def centre(request: StaffRequest) -> HttpResponseBase:
    form = CentreForm.of(request.seat.centre, posted(request))
    if request.method == "POST" and form.is_valid():
        _change(request, form.cleaned_data)
        return redirect("setup:centre", request.seat.centre.slug)
    return _page(request, form, LogoForm())


@requires(Can.SET_UP)
@require_POST
def logo(request: StaffRequest) -> HttpResponseBase:
    form = LogoForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, CentreForm.of(request.seat.centre), form)
    change_logo(by=request.user, centre=request.seat.centre, picture=form.cleaned_data["logo"].content)
    return redirect("setup:centre", request.seat.centre.slug)


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def texts(request: StaffRequest) -> HttpResponseBase:
    form = TextsForm(posted(request), centre=request.seat.centre)
    if request.method == "POST" and form.is_valid():
        _change(request, {"texts": form.texts()})
        return redirect("setup:texts", request.seat.centre.slug)
    context = {"tab": "texts", "form": form}
    return render(request, "desk/setup/texts.html", context, status=status_of(request))


def _page(request: StaffRequest, form: CentreForm, logo_form: LogoForm) -> HttpResponse:
    context = {"tab": "centre", "form": form, "logo_form": logo_form}
    return render(request, "desk/setup/centre.html", context, status=status_of(request))


def _change(request: StaffRequest, wanted: dict[str, Any]) -> None:
    centre: Centre = request.seat.centre
    changes = {name: value for name, value in wanted.items() if getattr(centre, name) != value}
    if changes:
        change_centre(by=request.user, centre=centre, changes=changes)
    if "time_zone" in changes:
        recompute_due(centre)
