"""Scan, amount, result: one page in three steps, each of which works as a plain form."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.kernel.clock import now
from aidline.portal.till.forms import (
    AmountForm,
    CodeForm,
    ReleaseForm,
    UndoForm,
    amount_form,
    key_of,
    undo_form,
)
from aidline.portal.till.places import Place, choose, place_of
from aidline.portal.till.screen import screen
from aidline.portal.till.words import told
from aidline.vouchers.models import Redemption, Till
from aidline.vouchers.redeeming.holds import let_go
from aidline.vouchers.redeeming.refusals import Refused
from aidline.vouchers.redeeming.reversing import reverse
from aidline.vouchers.redeeming.use import Seen, look_up, redeem
from aidline.vouchers.scanned import Named, named
from aidline.vouchers.tills import access_own_till, access_use

SCAN, AMOUNT, RESULT = "scan", "amount", "result"
TEMPLATE = "portal/till/till.html"


@requires(Can.REDEEM)
@require_safe
def till(request: StaffRequest) -> HttpResponseBase:
    place = place_of(request)
    if place.till is None:
        return _which(request, place)
    return _page(request, place.till, SCAN, {"code_form": CodeForm()})


@requires(Can.REDEEM)
@require_POST
def check(request: StaffRequest) -> HttpResponseBase:
    """The code is in the page that answers, never in an address."""
    place = place_of(request)
    if place.till is None:
        return _which(request, place)
    _let_go(request, place)
    form = CodeForm(request.POST, files=request.FILES)
    if not form.is_valid():
        return _page(request, place.till, SCAN, {"code_form": form}, status=422)
    voucher = named(form.cleaned_data["code"], request.seat.centre.pk)
    try:
        seen = _usable(request, place.till, voucher)
    except Refused as why:
        return _refused(request, place.till, why)
    return _ask_amount(request, place.till, voucher, seen)


@requires(Can.REDEEM)
@require_POST
def take(request: StaffRequest) -> HttpResponseBase:
    place = place_of(request)
    if place.till is None:
        return _which(request, place)
    form = AmountForm(request.POST)
    voucher = named(request.POST.get("code", ""), request.seat.centre.pk)
    if not form.is_valid():
        return _again(request, place.till, voucher, form)
    try:
        used = redeem(
            till=place.till,
            cashier=request.user,
            key=key_of(form),
            cents=form.cleaned_data["amount"],
            **voucher.asked,
        )
    except Refused as why:
        return _again(request, place.till, voucher, form, why)
    return redirect("portal:till:use", request.seat.centre.slug, used.redemption_id)


@requires(Can.REDEEM)
@require_safe
def use(request: StaffRequest, redemption: UUID) -> HttpResponseBase:
    row = access_use(request.seat, redemption)
    return _page(request, row.till, RESULT, _of_use(row))


@requires(Can.REDEEM)
@require_POST
def undo(request: StaffRequest, redemption: UUID) -> HttpResponseBase:
    row = access_use(request.seat, redemption)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return redirect("portal:till:use", request.seat.centre.slug, row.pk)
    try:
        reverse(till=row.till, cashier=request.user, key=key_of(form), redemption_id=row.pk)
    except Refused as why:
        row.refresh_from_db()
        return _page(request, row.till, RESULT, {**_of_use(row), "refusal": told(why)}, status=422)
    return redirect("portal:till:use", request.seat.centre.slug, row.pk)


@requires(Can.REDEEM)
@require_http_methods(["GET", "HEAD", "POST"])
def which(request: StaffRequest) -> HttpResponseBase:
    """Which of the shop's tills this is; asked once in a session."""
    if request.method == "POST":
        choose(request, access_own_till(request.seat, _uuid(request.POST.get("till", ""))))
        return redirect("portal:till:till", request.seat.centre.slug)
    return _which(request, place_of(request))


# --- the page --------------------------------------------------------------------------------------------


def _let_go(request: StaffRequest, place: Place) -> None:
    form = ReleaseForm(request.POST)
    if place.device and form.is_valid() and form.cleaned_data["released"]:
        let_go(device=place.device, hold_id=form.cleaned_data["released"])


def _usable(request: StaffRequest, at: Till, voucher: Named) -> Seen:
    seen = look_up(till=at, cashier=request.user, **voucher.asked)
    if seen.state:
        raise Refused(seen.state, seen.balance_cents, seen.voucher_id)
    return seen


def _page(
    request: StaffRequest, at: Till, step: str, more: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {"step": step, **screen(request, at), **more}
    answer = render(request, TEMPLATE, context, status=status)
    answer.headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=(), payment=()"
    return answer


def _which(request: StaffRequest, place: Place) -> HttpResponse:
    return render(request, "portal/till/which.html", {"place": place})


def _refused(request: StaffRequest, at: Till, why: Refused, currency: str = "") -> HttpResponse:
    context = {"code_form": CodeForm(), "refusal": told(why, currency), "refusal_code": why.code}
    return _page(request, at, SCAN, context, status=422)


def _ask_amount(
    request: StaffRequest, at: Till, voucher: Named, seen: Seen, more: dict[str, Any] | None = None
) -> HttpResponse:
    context = {"seen": seen, "voucher": voucher, "amount_form": amount_form(voucher.text), **(more or {})}
    return _page(request, at, AMOUNT, context, status=422 if more else 200)


def _again(
    request: StaffRequest, at: Till, voucher: Named, form: AmountForm, why: Refused | None = None
) -> HttpResponse:
    """The amount can be mended; anything else begins with the voucher."""
    if why and why.code not in ("too_little", "bad_amount"):
        return _refused(request, at, why)
    try:
        seen = _usable(request, at, voucher)
    except Refused as other:
        return _refused(request, at, other)
    refusal = told(why, seen.currency) if why else ""
    mended = AmountForm({**request.POST.dict(), "key": str(amount_form("").initial["key"])})
    return _ask_amount(
        request, at, voucher, seen, {"amount_form": mended if why else form, "refusal": refusal}
    )


def _of_use(row: Redemption) -> dict[str, Any]:
    until = row.at + timedelta(minutes=row.programme.reversal_minutes)
    may = row.reversed_at is None and row.settlement_id is None and until > now()
    return {
        "use": row,
        "left": row.voucher.balance_cents,
        "undo_form": undo_form() if may else None,
        "undo_until": timezone.localtime(until),
    }


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
