"""Who may be listed twice: the work list, and two side by side."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.registrations.lists import ids
from aidline.desk.registrations.persons import identity, masked, reasons_of
from aidline.vouchers.models import Pair, Registration, Voucher
from aidline.vouchers.queries import access_programme, programmes_of
from aidline.vouchers.verification import acts, deciding
from aidline.vouchers.verification.comparing import ask_whole
from aidline.vouchers.verification.queries import access_pair, pairs_of

SHOWN, MOST_COUNTED = 50, 2_000


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two, as the page shows it."""

    registration: Registration
    identity: dict[str, Any] | None
    masked: str
    vouchers: int


@requires(Can.RUN_PROGRAMMES)
@require_safe
def index(request: StaffRequest) -> HttpResponseBase:
    wanted = ids([request.GET.get("programme", "")])
    programme = access_programme(request.seat, wanted[0]) if wanted else None
    rows = pairs_of(request.seat, programme)
    some, decided = list(rows[: SHOWN + 1]), ids([request.GET.get("decided", "")])
    context = {
        "pairs": [(pair, reasons_of(pair.reasons)) for pair in some[:SHOWN]],
        "count": rows.order_by()[:MOST_COUNTED].count() if len(some) > SHOWN else len(some),
        "programmes": programmes_of(request.seat),
        "programme": programme,
        "decided": decided[0] if decided else None,
        "families": deciding.families(programme).count() if programme else 0,
    }
    return render(request, "desk/registrations/pairs.html", context)


@requires(Can.RUN_PROGRAMMES)
@require_POST
def compare(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    found = access_programme(request.seat, programme, Can.RUN_PROGRAMMES)
    ask_whole(found)
    messages.success(request, _("Everybody is compared anew. It takes a minute."))
    return redirect("registrations:pairs", request.seat.centre.slug)


@requires(Can.RUN_PROGRAMMES)
@require_POST
def families(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    found = access_programme(request.seat, programme, Can.RUN_PROGRAMMES)
    count = deciding.leave_families(by=request.user, programme=found)
    told = ngettext(
        "Remembered of %(number)s pair: two people.", "Remembered of %(number)s pairs: two people.", count
    )
    messages.success(request, told % {"number": count})
    return redirect("registrations:pairs", request.seat.centre.slug)


@requires(Can.RUN_PROGRAMMES)
@require_POST
def pair(request: StaffRequest, pair: UUID) -> HttpResponseBase:
    """Opened by a button, as looking at two people's names is an act of its own, and recorded."""
    found = access_pair(request.seat, pair)
    acts.show(by=request.user, rows=[found.first, found.second], why=_("Compared, as they may be one person"))
    return _page(request, found)


@requires(Can.RUN_PROGRAMMES)
@require_POST
def apart(request: StaffRequest, pair: UUID) -> HttpResponseBase:
    found = access_pair(request.seat, pair)
    try:
        deciding.tell_apart(by=request.user, pair=found)
    except deciding.AlreadyDecided:
        messages.error(request, _("A colleague was quicker."))
    else:
        messages.success(request, _("Remembered: two people."))
    return _on(request, found)


@requires(Can.RUN_PROGRAMMES)
@require_POST
def one(request: StaffRequest, pair: UUID) -> HttpResponseBase:
    found = access_pair(request.seat, pair)
    keep = next((row for row in (found.first, found.second) if str(row.pk) == request.POST.get("keep")), None)
    if keep is None:
        messages.error(request, _("Say which of the two goes on."))
        return redirect("registrations:pairs", request.seat.centre.slug)
    try:
        deciding.merge(by=request.user, pair=found, keep=keep)
    except deciding.AlreadyDecided:
        messages.error(request, _("A colleague was quicker."))
    except deciding.CannotMerge:
        messages.error(
            request, _("These two cannot be made one: they are in two programmes, or one is gone.")
        )
    else:
        messages.success(request, _("One person now. The other registration has ended."))
    return _on(request, found)


@requires(Can.RUN_PROGRAMMES)
@require_POST
def undo(request: StaffRequest, pair: UUID) -> HttpResponseBase:
    found = access_pair(request.seat, pair)
    try:
        deciding.undo(by=request.user, pair=found)
    except deciding.AlreadyDecided:
        messages.error(request, _("This is open again already."))
    else:
        messages.success(request, _("Taken back. It is on the list again."))
    return redirect("registrations:pairs", request.seat.centre.slug)


def _on(request: StaffRequest, decided: Pair) -> HttpResponseBase:
    """Back to the list, with the way to take it back."""
    answer = redirect("registrations:pairs", request.seat.centre.slug)
    answer["Location"] += f"?decided={decided.pk}"
    return answer


def _page(request: StaffRequest, found: Pair) -> HttpResponseBase:
    context = {
        "pair": found,
        "reasons": reasons_of(found.reasons),
        "sides": [_side(found.first), _side(found.second)],
        "mergeable": found.first.programme_id == found.second.programme_id,
    }
    return render(request, "desk/registrations/pair.html", context)


def _side(row: Registration) -> Side:
    vouchers = Voucher.objects.filter(registration=row).count()
    return Side(row, None if row.erased_at else identity(row), masked(row), vouchers)
