"""The day of a till: every use and the sum, to read, to print and to hand in."""

from datetime import date

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.portal.till.places import place_of
from aidline.portal.till.screen import screen
from aidline.vouchers.tills import totals_on, uses_on

MOST_ROWS = 1000


@requires(Can.REDEEM)
@require_safe
def day(request: StaffRequest) -> HttpResponseBase:
    till = place_of(request).till
    if till is None:
        return redirect("portal:till:till", request.seat.centre.slug)
    wanted = _day(request.GET.get("day", ""))
    context = {
        **screen(request, till),
        "day": wanted,
        "uses": uses_on(till, wanted)[:MOST_ROWS],
        "day_totals": totals_on(till, wanted),
    }
    return render(request, "portal/till/day.html", context)


def _day(text: str) -> date:
    """Another day by its date; today where there is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return timezone.localdate()
