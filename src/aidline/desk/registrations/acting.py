"""An act on many: what it would do, done, taken back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.registrations.lists import ids
from aidline.desk.registrations.wording import ACTS, EXPLAINED
from aidline.kernel import text as words
from aidline.vouchers.models import Programme, Registration
from aidline.vouchers.queries import access_programme
from aidline.vouchers.registrations import Overtaken
from aidline.vouchers.verification import acts, undoing
from aidline.vouchers.verification.acts import Act
from aidline.vouchers.verification.listing import Wanted, found

MOST_REASON = 300


@requires(Can.RUN_PROGRAMMES)
@require_POST
def preview(request: StaffRequest) -> HttpResponseBase:
    programme, act = _asked(request)
    if act is None:
        return _back(request, programme)
    rows = _rows(request, programme)
    outlook = acts.outlook(by=request.user, act=act, programme=programme, rows=rows)
    return render(request, "desk/registrations/preview.html", _context(request, programme, act, outlook))


@requires(Can.RUN_PROGRAMMES)
@require_POST
def do(request: StaffRequest) -> HttpResponseBase:
    """Asked again where the list has changed since it was looked at: nobody is verified whom nobody saw."""
    programme, act = _asked(request)
    if act is None:
        return _back(request, programme)
    rows, reason = _rows(request, programme), words.clean(request.POST.get("reason", ""), MOST_REASON).strip()
    outlook = acts.outlook(by=request.user, act=act, programme=programme, rows=rows)
    problem = _problem(request, act, outlook, reason)
    done = None
    if not problem:
        try:
            done = acts.do(by=request.user, act=act, programme=programme, rows=rows, reason=reason)
        except Overtaken:
            problem = _("A colleague moved some of them at the same moment. Nothing was done. Look again.")
    if done is None:
        context = _context(request, programme, act, outlook) | {"problem": problem}
        return render(request, "desk/registrations/preview.html", context, status=422)
    _tell(request, done)
    return _back(request, programme, done.bulk_id if done.moved and act not in acts.NO_WAY_BACK else None)


@requires(Can.RUN_PROGRAMMES)
@require_POST
def undo(request: StaffRequest) -> HttpResponseBase:
    bulk = ids([request.POST.get("bulk", "")])
    centre = request.seat.centre.pk
    count = undoing.undo_bulk(by=request.user, bulk_id=bulk[0], centre_id=centre) if bulk else 0
    told = ngettext("%(number)s person stands as before.", "%(number)s people stand as before.", count)
    messages.success(request, told % {"number": count})
    return redirect("registrations:index", request.seat.centre.slug)


def _asked(request: StaffRequest) -> tuple[Programme, Act | None]:
    programme, act = ids([request.POST.get("programme", "")]), request.POST.get("act", "")
    if not programme:
        raise Http404
    found = access_programme(request.seat, programme[0], Can.RUN_PROGRAMMES)
    return found, Act(act) if act in list(Act) else None


def _rows(request: StaffRequest, programme: Programme) -> "QuerySet[Registration]":
    """Those that were ticked, or all that the list shows and its further pages."""
    if request.POST.get("all"):
        return found(programme, Wanted.read(request.POST.dict()))
    return Registration.objects.filter(programme=programme, pk__in=ids(request.POST.getlist("who")))


def _problem(request: StaffRequest, act: Act, outlook: acts.Outlook, reason: str) -> str:
    if request.POST.get("count") != str(outlook.count):
        return _("The list has changed meanwhile. Look again.")
    if act in acts.WITH_REASON and not reason:
        return _("Say why. It is kept with each person's history.")
    if act in acts.NO_WAY_BACK and request.POST.get("typed", "").strip() != str(outlook.count):
        return _("Type how many are erased.")
    return ""


def _context(request: StaffRequest, programme: Programme, act: Act, outlook: acts.Outlook) -> dict[str, Any]:
    return {
        "programme": programme,
        "act": act,
        "act_words": ACTS[act],
        "explained": EXPLAINED[act],
        "outlook": outlook,
        "left_out": [(acts.REASONS[why], count) for why, count in outlook.left_out.most_common()],
        "with_reason": act in acts.WITH_REASON,
        "no_way_back": act in acts.NO_WAY_BACK,
        "wanted": Wanted.read(request.POST.dict()).query(),
        "all": request.POST.get("all", ""),
        "who": ids(request.POST.getlist("who")),
        "reason": request.POST.get("reason", ""),
    }


def _tell(request: StaffRequest, done: acts.Done) -> None:
    if done.moved:
        told = ngettext("Done for %(number)s person.", "Done for %(number)s people.", done.moved)
        messages.success(request, told % {"number": done.moved})
    if done.first:
        told = ngettext(
            "%(number)s person is checked once. A colleague makes the second check.",
            "%(number)s people are checked once. A colleague makes the second check.",
            done.first,
        )
        messages.success(request, told % {"number": done.first})


def _back(request: StaffRequest, programme: Programme, bulk_id: UUID | None = None) -> HttpResponseRedirect:
    path = reverse("registrations:index", args=[request.seat.centre.slug])
    undoable = f"&bulk={bulk_id}" if bulk_id else ""
    return HttpResponseRedirect(f"{path}?programme={programme.pk}{undoable}")
