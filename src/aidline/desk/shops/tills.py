"""The tills of a shop, the browsers set up for them, and the keys of retailers' own tills."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.forms import posted, status_of
from aidline.desk.shops.forms import TillForm
from aidline.vouchers.api_keys import make_key, revoke_key
from aidline.vouchers.codes.code import grouped
from aidline.vouchers.models import Shop
from aidline.vouchers.redeeming.pairing import pair_code, revoke
from aidline.vouchers.shop_queries import (
    access_device,
    access_shop,
    access_till,
    access_till_key,
    tills_with_devices,
)
from aidline.vouchers.shops import save_till


@requires(Can.RUN_PROGRAMMES)
@require_safe
def index(request: StaffRequest, shop: UUID) -> HttpResponseBase:
    return _page(request, access_shop(request.seat, shop))


@requires(Can.RUN_PROGRAMMES)
@require_POST
def new(request: StaffRequest, shop: UUID) -> HttpResponseBase:
    row = access_shop(request.seat, shop)
    form = TillForm(request.POST)
    if not form.is_valid():
        return _page(request, row, {"form": form}, status=422)
    save_till(by=request.user, shop=row, name=form.cleaned_data["name"])
    return redirect("shops:shop", request.seat.centre.slug, row.pk)


@requires(Can.RUN_PROGRAMMES)
@require_http_methods(["GET", "HEAD", "POST"])
def till(request: StaffRequest, shop: UUID, till: UUID) -> HttpResponseBase:
    row = access_till(access_shop(request.seat, shop), till)
    form = TillForm(posted(request), initial={"name": row.name, "is_active": row.is_active})
    if request.method == "POST" and form.is_valid():
        save_till(by=request.user, shop=row.shop, till=row, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("shops:shop", request.seat.centre.slug, row.shop_id)
    context = {"form": form, "shop": row.shop, "till": row, "section": "tills"}
    return render(request, "desk/shops/till.html", context, status=status_of(request))


# --- browsers --------------------------------------------------------------------------------------------


@requires(Can.RUN_PROGRAMMES)
@require_POST
def pairing(request: StaffRequest, shop: UUID, till: UUID) -> HttpResponseBase:
    """The answer is the page with the code, and no redirect: it is shown this once."""
    row = access_till(access_shop(request.seat, shop), till)
    code = grouped(pair_code(by=request.user, till=row))
    return _page(request, row.shop, {"code": code, "code_for": row.name})


@requires(Can.RUN_PROGRAMMES)
@require_POST
def revoke_device(request: StaffRequest, shop: UUID, device: UUID) -> HttpResponseBase:
    row = access_device(access_shop(request.seat, shop), device)
    revoke(by=request.user, device=row, reason=request.POST.get("reason", "")[:200])
    messages.success(request, _("It can take nothing any more, and what it held is free again."))
    return redirect("shops:shop", request.seat.centre.slug, row.till.shop_id)


# --- keys of retailers' own tills ------------------------------------------------------------------------


@requires(Can.RUN_PROGRAMMES)
@require_POST
def new_key(request: StaffRequest, shop: UUID, till: UUID) -> HttpResponseBase:
    row = access_till(access_shop(request.seat, shop), till)
    _key, token = make_key(by=request.user, name=row.name, till=row)
    return _page(request, row.shop, {"token": token, "token_for": row.name})


@requires(Can.RUN_PROGRAMMES)
@require_POST
def revoke_till_key(request: StaffRequest, shop: UUID, till_key: UUID) -> HttpResponseBase:
    row = access_shop(request.seat, shop)
    revoke_key(by=request.user, key=access_till_key(row, till_key))
    return redirect("shops:shop", request.seat.centre.slug, row.pk)


def _page(
    request: StaffRequest, shop: Shop, more: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "section": "tills",
        "shop": shop,
        "tills": tills_with_devices(shop),
        "form": TillForm(),
        **(more or {}),
    }
    return render(request, "desk/shops/tills.html", context, status=status)
