"""The list of shops, and what is said of one."""

from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.forms import posted, status_of
from aidline.desk.shops.forms import ShopForm
from aidline.vouchers.models import Shop
from aidline.vouchers.partners import place_member
from aidline.vouchers.shop_queries import access_shop, open_troubles, shops_of
from aidline.vouchers.shops import save_shop


@requires(Can.RUN_PROGRAMMES)
@require_safe
def index(request: StaffRequest) -> HttpResponseBase:
    context = {
        "section": "shops",
        "shops": shops_of(request.seat),
        "troubles": open_troubles(request.seat).count(),
    }
    return render(request, "desk/shops/index.html", context)


@requires(Can.RUN_PROGRAMMES)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponseBase:
    return _form(request, None)


@requires(Can.RUN_PROGRAMMES)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: StaffRequest, shop: UUID) -> HttpResponseBase:
    return _form(request, access_shop(request.seat, shop))


def _form(request: StaffRequest, row: Shop | None) -> HttpResponseBase:
    form = ShopForm(posted(request), seat=request.seat, shop=row)
    if request.method == "POST" and form.is_valid():
        saved = _save(request, row, form)
        messages.success(request, _("Saved."))
        return redirect("shops:shop", request.seat.centre.slug, saved.pk)
    context = {"form": form, "shop": row, "section": "settings"}
    return render(request, "desk/shops/settings.html", context, status=status_of(request))


def _save(request: StaffRequest, row: Shop | None, form: ShopForm) -> Shop:
    saved = save_shop(by=request.user, centre=request.seat.centre, changes=form.changes(), shop=row)
    for pk, member in form.members.items():
        if pk in form.cleaned_data["cashiers"]:
            place_member(by=request.user, membership=member, shop=saved)
        elif pk in form.initial["cashiers"]:
            place_member(by=request.user, membership=member)
    return saved
