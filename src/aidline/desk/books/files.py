"""The books as files: aggregates for whoever sees the books, single uses and vouchers for who also sees people."""

from uuid import UUID

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from aidline.audit.services import record
from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.vouchers.books.exports import EXPORTS
from aidline.vouchers.books.tables import CSV, XLSX, as_csv, as_xlsx
from aidline.vouchers.models import Programme
from aidline.vouchers.queries import access_programme

AGGREGATES = frozenset({"weeks", "balance"})


@requires(Can.SEE_BOOKS)
@require_safe
def export(request: StaffRequest, programme: UUID, export: str, suffix: str) -> HttpResponseBase:
    found = access_programme(request.seat, programme, Can.SEE_BOOKS)
    if export not in EXPORTS or suffix not in ("csv", "xlsx"):
        raise Http404
    if export not in AGGREGATES and not request.seat.can(Can.SEE_REGISTRATIONS):
        raise Http404
    _told(request, found, export)
    table = EXPORTS[export](found)
    answer: HttpResponseBase = (
        StreamingHttpResponse(as_csv(table), content_type=CSV)
        if suffix == "csv"
        else HttpResponse(as_xlsx(table), content_type=XLSX)
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.slug}-{export}.{suffix}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _told(request: StaffRequest, programme: Programme, name: str) -> None:
    record(
        by=request.user,
        action="books.export",
        object_type="programme",
        object_id=programme.pk,
        centre=programme.centre_id,
        fields=name,
    )
