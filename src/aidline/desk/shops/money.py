"""What a shop has to get, what it got, and what each payment was made of."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.vouchers.books import tables
from aidline.vouchers.books.settling import NothingOwed, settle, settlements_of
from aidline.vouchers.models import Redemption, Settlement
from aidline.vouchers.queries import access_programme
from aidline.vouchers.shop_queries import access_settlement, access_shop, accounts_of, uses_in

MOST_ROWS = AT_ONCE = 2_000


@requires(Can.RUN_PROGRAMMES)
@require_safe
def index(request: StaffRequest, shop: UUID) -> HttpResponseBase:
    row = access_shop(request.seat, shop)
    context = {
        "section": "money",
        "shop": row,
        "accounts": accounts_of(row),
        "settlements": settlements_of(row)[:100],
    }
    return render(request, "desk/shops/money.html", context)


@requires(Can.RUN_PROGRAMMES)
@require_POST
def settlement(request: StaffRequest, shop: UUID, programme: UUID) -> HttpResponseBase:
    row = access_shop(request.seat, shop)
    of = access_programme(request.seat, programme, Can.RUN_PROGRAMMES)
    try:
        made = settle(by=request.user, shop=row, programme=of)
    except NothingOwed:
        messages.error(request, _("Nothing is open: all uses are in a settlement."))
        return redirect("shops:money", request.seat.centre.slug, row.pk)
    return redirect("shops:settlement", request.seat.centre.slug, row.pk, made.pk)


@requires(Can.RUN_PROGRAMMES)
@require_safe
def report(request: StaffRequest, shop: UUID, settlement: UUID) -> HttpResponseBase:
    row = access_settlement(access_shop(request.seat, shop), settlement)
    context = {"section": "money", "shop": row.shop, "settlement": row, "uses": uses_in(row)[:MOST_ROWS]}
    return render(request, "desk/shops/settlement.html", context)


@requires(Can.RUN_PROGRAMMES)
@require_safe
def report_csv(request: StaffRequest, shop: UUID, settlement: UUID) -> HttpResponseBase:
    row = access_settlement(access_shop(request.seat, shop), settlement)
    answer = StreamingHttpResponse(tables.as_csv(_table(row)), content_type=tables.CSV)
    answer.headers["Content-Disposition"] = f'attachment; filename="settlement-{row.number}.csv"'
    return answer


def _table(row: Settlement) -> tables.Table:
    headings = [_("Time"), _("Till"), _("Receipt"), _("Amount"), _("Not paid"), _("Without network")]
    lines = map(_line, uses_in(row).iterator(AT_ONCE))
    return tables.Table("settlement", headings, lines, zone=ZoneInfo(row.shop.centre.time_zone))


def _line(use: Redemption) -> list[tables.Value]:
    amounts = (tables.money(use.cents), tables.money(use.unpaid_cents))
    return [use.at, use.till.name, use.receipt, *amounts, _("yes") if use.offline else ""]
