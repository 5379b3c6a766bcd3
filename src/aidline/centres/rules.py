"""Every view says who may come in. A view without a rule fails the build (tests/architecture)."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from aidline.centres.models import Staff
from aidline.centres.queries import Seat, access_seat
from aidline.centres.states import Can

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request of a signed-in member; `seat` where the address names a centre."""

    user: Staff
    seat: Seat


View = Callable[Concatenate[StaffRequest, P], HttpResponseBase]


def requires(right: Can) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """Only members with this right in the centre of the address (`<slug:centre>`)."""

    def decorate(view: View[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not isinstance(request.user, Staff):
                return _ask_to_sign_in(request)
            staff_request = cast(StaffRequest, request)
            slug = kwargs.pop("centre", None)
            if slug is not None:
                staff_request.seat = access_seat(request.user, slug, right)
                timezone.activate(ZoneInfo(staff_request.seat.centre.time_zone))
            elif not _may_without_centre(request.user, right):
                raise Http404
            return view(staff_request, *args, **kwargs)

        guarded.rule = right  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Anybody: pages for people in need and the door to sign-in."""
    view.rule = "public"  # type: ignore[attr-defined]
    return view


def _may_without_centre(staff: Staff, right: Can) -> bool:
    if right is Can.RUN_ORGANISATION:
        return staff.organisation_admin
    return right is Can.SIGNED_IN


def _ask_to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """A script that asked for a part of a page moves the whole page; it must not paste the sign-in into it."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": "/sign-in/"})
    return redirect_to_login(request.get_full_path(), login_url="/sign-in/")
