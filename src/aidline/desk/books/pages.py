"""What stands on the accounts, whether it agrees, and each week of a programme."""

from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.vouchers.books.balance import trial_balance
from aidline.vouchers.books.checks import verify
from aidline.vouchers.books.figures import CELLS, weekly
from aidline.vouchers.queries import access_programme, programmes_of


@requires(Can.SEE_BOOKS)
@require_safe
def index(request: StaffRequest) -> HttpResponseBase:
    """Who has one programme goes straight to its books."""
    rows = list(programmes_of(request.seat))
    if len(rows) == 1:
        return redirect("books:programme", request.seat.centre.slug, rows[0].pk)
    return render(request, "desk/books/index.html", {"programmes": rows})


@requires(Can.SEE_BOOKS)
@require_safe
def programme(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    found = access_programme(request.seat, programme, Can.SEE_BOOKS)
    standings = trial_balance(found)
    context = {
        "programme": found,
        "standings": standings,
        "into": sum(one.into for one in standings),
        "out": sum(one.out for one in standings),
        "differences": verify(found)[:20],
        "weeks": [(week, [getattr(week, name) for name in CELLS]) for week in reversed(weekly(found))],
        "may_see_uses": request.seat.can(Can.SEE_REGISTRATIONS),
        "may_reconcile": request.seat.can(Can.RUN_PROGRAMMES),
        "only": programmes_of(request.seat).count() == 1,
    }
    return render(request, "desk/books/programme.html", context)
