"""A file of a shop or an issuer beside our books. The file is read in memory and kept nowhere."""

from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from aidline.audit.services import record
from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.books.forms import FileForm
from aidline.desk.forms import posted, status_of
from aidline.vouchers.books.reconciling import Comparison, WrongColumns, with_issuer, with_shop
from aidline.vouchers.intake.reading import Unreadable
from aidline.vouchers.models import Programme
from aidline.vouchers.queries import access_programme

KINDS = {
    "only_theirs": gettext_lazy("Only in their file"),
    "only_ours": gettext_lazy("Only in our books"),
    "amount": gettext_lazy("Another amount"),
    "balance": gettext_lazy("Another balance"),
    "twice": gettext_lazy("Twice in their file"),
    "unreadable": gettext_lazy("Could not be read"),
}


@requires(Can.RUN_PROGRAMMES)
@require_http_methods(["GET", "HEAD", "POST"])
def reconcile(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    found = access_programme(request.seat, programme, Can.RUN_PROGRAMMES)
    files = request.FILES if request.method == "POST" else None
    form = FileForm(posted(request), files, programme=found)
    compared = _compared(found, form) if form.is_bound and form.is_valid() else None
    if compared:
        _told(request, found)
    context = {"programme": found, "form": form, "compared": compared, "lines": _lines(compared)}
    return render(
        request, "desk/books/reconcile.html", context, status=200 if compared else status_of(request)
    )


def _compared(programme: Programme, form: FileForm) -> Comparison | None:
    data, shop = form.cleaned_data["file"].read(), form.cleaned_data["shop"]
    try:
        if shop is None:
            return with_issuer(programme=programme, data=data)
        since, until = form.days()
        return with_shop(shop=shop, programme=programme, data=data, since=since, until=until)
    except WrongColumns:
        form.add_error(
            "file", _("No column for the receipt or reference, or none for the amount, was found.")
        )
    except Unreadable:
        form.add_error("file", _("This file cannot be read as a table."))
    return None


def _lines(compared: Comparison | None) -> list[dict[str, Any]]:
    if compared is None:
        return []
    return [{"kind": KINDS[one.kind], "difference": one} for one in compared.differences]


def _told(request: StaffRequest, programme: Programme) -> None:
    record(
        by=request.user,
        action="books.reconcile",
        object_type="programme",
        object_id=programme.pk,
        centre=programme.centre_id,
    )
