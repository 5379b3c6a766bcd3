"""The till as a device of its own: paired once, fed with what it may take without a network, heard out afterwards."""

from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.portal.till.places import place_of
from aidline.portal.till.screen import screen


@requires(Can.REDEEM)
@require_safe
def offline(request: StaffRequest) -> HttpResponseBase:
    till = place_of(request).till
    if till is None:
        return redirect("portal:till:till", request.seat.centre.slug)
    return render(request, "portal/till/offline.html", screen(request, till))


@requires(Can.REDEEM)
@require_safe
def state(request: StaffRequest) -> HttpResponse:
    """A page that was opened without a network has an old token; this is a fresh one."""
    return JsonResponse({"token": get_token(request)})


@requires(Can.REDEEM)
@require_POST
def pair(request: StaffRequest) -> HttpResponse:
    return JsonResponse({}, status=501)


@requires(Can.REDEEM)
@require_POST
def sync(request: StaffRequest) -> HttpResponse:
    return JsonResponse({}, status=501)
