"""The list of programmes, and the pages of one: what it is, its settings, rules and money."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.forms import posted, status_of
from aidline.desk.programmes.forms import (
    BandsForm,
    BudgetForm,
    CopyForm,
    NewProgrammeForm,
    RulesForm,
    SettingsForm,
)
from aidline.desk.programmes.wording import MISSING, refusal
from aidline.kernel.clock import now
from aidline.vouchers import programmes, retention
from aidline.vouchers.books import budget
from aidline.vouchers.models import Programme
from aidline.vouchers.queries import access_programme, consent_of, programmes_of
from aidline.vouchers.states import Status


@requires(Can.RUN_PROGRAMMES)
@require_safe
def index(request: StaffRequest) -> HttpResponseBase:
    rows = programmes_of(request.seat).annotate(
        included=Count("registrations", filter=Q(registrations__status=Status.INCLUDED))
    )
    context = {"programmes": rows.order_by("state", "name"), "section": "index"}
    return render(request, "desk/programmes/index.html", context)


@requires(Can.RUN_PROGRAMMES)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponseBase:
    form = NewProgrammeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        row = programmes.create(by=request.user, centre=request.seat.centre, **form.cleaned_data)
        return redirect("programmes:settings", request.seat.centre.slug, row.pk)
    return render(request, "desk/programmes/new.html", {"form": form}, status=status_of(request))


@requires(Can.RUN_PROGRAMMES)
@require_safe
def programme(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    return _overview(request, _of(request, programme), CopyForm())


@requires(Can.RUN_PROGRAMMES)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    row = _of(request, programme)
    form = SettingsForm(posted(request), seat=request.seat, programme=row)
    if request.method == "POST" and form.is_valid() and change(request, row, form, form.changes()):
        return redirect("programmes:settings", request.seat.centre.slug, row.pk)
    return page(request, row, "settings", {"form": form})


@requires(Can.RUN_PROGRAMMES)
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    row = _of(request, programme)
    form = RulesForm(posted(request), programme=row)
    if request.method == "POST" and form.is_valid() and change(request, row, form, form.cleaned_data):
        return redirect("programmes:rules", request.seat.centre.slug, row.pk)
    return page(request, row, "rules", {"form": form, "over": retention.due(row, now()).count()})


# --- money ------------------------------------------------------------------------------------------------


@requires(Can.RUN_PROGRAMMES)
@require_safe
def money(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    row = _of(request, programme)
    return _money(request, row, BudgetForm(), BandsForm(None, programme=row))


@requires(Can.RUN_PROGRAMMES)
@require_POST
def fund(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    row = _of(request, programme)
    form = BudgetForm(request.POST)
    if form.is_valid() and _funded(request, row, form):
        return redirect("programmes:money", request.seat.centre.slug, row.pk)
    return _money(request, row, form, BandsForm(None, programme=row))


@requires(Can.RUN_PROGRAMMES)
@require_POST
def bands(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    row = _of(request, programme)
    form = BandsForm(request.POST, programme=row)
    if form.is_valid():
        programmes.set_bands(by=request.user, programme=row, bands=form.bands())
        messages.success(request, _("Saved."))
        return redirect("programmes:money", request.seat.centre.slug, row.pk)
    return _money(request, row, BudgetForm(), form)


def _funded(request: StaffRequest, row: Programme, form: BudgetForm) -> bool:
    move = budget.fund if form.cleaned_data["way"] == "in" else budget.defund
    try:
        move(by=request.user, programme=row, cents=form.cleaned_data["cents"])
    except budget.BudgetTooSmall:
        form.add_error("cents", _("This is more than what nobody was promised yet."))
        return False
    messages.success(request, _("The budget was changed and booked."))
    return True


def _money(request: StaffRequest, row: Programme, form: BudgetForm, bands: BandsForm) -> HttpResponse:
    promised = row.budget_cents - row.available_cents
    return page(request, row, "money", {"form": form, "bands": bands, "promised": promised})


# --- states -----------------------------------------------------------------------------------------------


@requires(Can.RUN_PROGRAMMES)
@require_POST
def start(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    return _moved(request, programme, programmes.start)


@requires(Can.RUN_PROGRAMMES)
@require_POST
def pause(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    return _moved(request, programme, programmes.pause)


@requires(Can.RUN_PROGRAMMES)
@require_POST
def close(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    return _moved(request, programme, programmes.close)


@requires(Can.RUN_PROGRAMMES)
@require_POST
def copy(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    row = _of(request, programme)
    form = CopyForm(request.POST)
    if not form.is_valid():
        return _overview(request, row, form)
    made = programmes.copy(by=request.user, programme=row, name=form.cleaned_data["name"])
    messages.success(request, _("Copied with all settings, partners and shops; without people and money."))
    return redirect("programmes:programme", request.seat.centre.slug, made.pk)


def _moved(request: StaffRequest, programme: UUID, act: Any) -> HttpResponseBase:
    row = _of(request, programme)
    try:
        act(by=request.user, programme=row)
    except programmes.Refused as refused:
        messages.error(request, refusal(refused.code))
    return redirect("programmes:programme", request.seat.centre.slug, row.pk)


# --- what all pages share ---------------------------------------------------------------------------------


def _of(request: StaffRequest, programme: UUID) -> Programme:
    return access_programme(request.seat, programme, Can.RUN_PROGRAMMES)


def _overview(request: StaffRequest, row: Programme, form: CopyForm) -> HttpResponse:
    counted = row.registrations.values_list("status").annotate(count=Count("pk"))
    people = [(Status(status).label, count) for status, count in counted.order_by("status")]
    context = {
        "form": form,
        "missing": [MISSING[code] for code in programmes.missing(row)],
        "people": people,
        "consent": consent_of(row),
        "can_copy": True,
    }
    return page(request, row, "programme", context)


def page(request: StaffRequest, row: Programme, section: str, context: dict[str, Any]) -> HttpResponse:
    shared = {"programme": row, "section": section}
    template = f"desk/programmes/{section}.html"
    return render(request, template, {**shared, **context}, status=status_of(request))


def change(request: StaffRequest, row: Programme, form: Any, changes: dict[str, Any]) -> bool:
    """Whether it was written; else the form says why not."""
    try:
        programmes.change(by=request.user, programme=row, changes=changes)
    except programmes.Refused as refused:
        form.add_error(None, refusal(refused.code))
        return False
    messages.success(request, _("Saved."))
    return True
