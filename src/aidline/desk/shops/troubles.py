"""What a human has to look at: conflicts of tills without a network, and what looks unusual in a shop."""

from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.shops.forms import NoteForm
from aidline.desk.shops.wording import facts_of, title_of
from aidline.kernel import money
from aidline.vouchers.models import Trouble
from aidline.vouchers.shop_queries import access_trouble, open_troubles
from aidline.vouchers.shops import close_trouble

MOST = 200


@requires(Can.RUN_PROGRAMMES)
@require_safe
def index(request: StaffRequest) -> HttpResponseBase:
    return _page(request)


@requires(Can.RUN_PROGRAMMES)
@require_POST
def close(request: StaffRequest, trouble: UUID) -> HttpResponseBase:
    row = access_trouble(request.seat, trouble)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, {"wrong": row.pk, "wrong_form": form}, status=422)
    close_trouble(by=request.user, trouble=row, note=form.cleaned_data["note"])
    return redirect("shops:troubles", request.seat.centre.slug)


def _page(request: StaffRequest, more: dict[str, Any] | None = None, status: int = 200) -> HttpResponseBase:
    rows = open_troubles(request.seat)
    context = {
        "section": "troubles",
        "lines": [_line(row) for row in rows[:MOST]],
        "troubles": rows.count(),
        **(more or {}),
    }
    return render(request, "desk/shops/troubles.html", context, status=status)


def _line(row: Trouble) -> dict[str, Any]:
    use = row.redemption
    return {
        "row": row,
        "title": title_of(row.kind),
        "facts": facts_of(row),
        "till": use.till if use else row.device.till if row.device else None,
        "amount": _amount(row),
        "form": NoteForm(auto_id=f"note-{row.pk}-%s"),
    }


def _amount(row: Trouble) -> str:
    """What cannot be read belongs to no programme, and so to no currency."""
    if row.redemption is None:
        return f"{row.cents / 100:.2f}"
    return money.written(row.cents, row.redemption.programme.currency, get_language() or "en")
