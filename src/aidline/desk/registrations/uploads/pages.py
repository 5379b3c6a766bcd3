"""What both kinds of pages do with a list, once a door has let somebody through to it."""

import csv
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from aidline.centres.rules import StaffRequest
from aidline.desk.forms import status_of
from aidline.desk.registrations.uploads.forms import FileForm, chosen_columns
from aidline.vouchers.intake import uploads, words
from aidline.vouchers.intake.blank import blank
from aidline.vouchers.intake.decoding import ENCODINGS
from aidline.vouchers.intake.mapping import checked, is_enough, targets_of
from aidline.vouchers.intake.preview import preview_of, told
from aidline.vouchers.intake.reading import MOST_COLUMNS, Unreadable, sheets_of
from aidline.vouchers.models import Partner, Programme, Upload
from aidline.vouchers.states import UploadState

_LETTERS = {
    "utf-8-sig": "Unicode (UTF-8)",
    "utf-16": "Unicode (UTF-16)",
    "cp1250": "Windows-1250 (Ž)",
    "cp1251": "Windows-1251 (Я)",
    "cp1252": "Windows-1252 (é)",
    "cp1253": "Windows-1253 (Ω)",
    "cp1254": "Windows-1254 (ş)",
    "cp1255": "Windows-1255 (ש)",
    "cp1256": "Windows-1256 (ش)",
    "cp1258": "Windows-1258 (ơ)",
}
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BETWEEN = ((",", ","), (";", ";"), ("\t", "⇥"), ("|", "|"))


def take_file(request: StaffRequest, form: FileForm, partner: Partner | None) -> Upload | None:
    """The list, if it can be read; otherwise the form says why not."""
    if not form.is_valid():
        return None
    cleaned = form.cleaned_data
    try:
        return uploads.receive(
            by=request.user,
            programme=cleaned["programme"],
            partner=partner or cleaned.get("partner"),
            data=cleaned["file"],
        )
    except Unreadable as fault:
        form.add_error("file", words.unreadable(fault.code))
        return None


def show(request: StaffRequest, upload: Upload, place: str) -> HttpResponse:
    """`place`: the name under which the addresses of these pages are known."""
    context: dict[str, Any] = {"upload": upload, "place": place}
    if upload.state == UploadState.MAPPING:
        context |= _looked_at(request, upload)
    else:
        context["report"] = _lines(request, upload)
        context["reason"] = words.unreadable(upload.why) if upload.why else ""
    return render(request, "desk/uploads/upload.html", context, status=status_of(request))


def progress(request: StaffRequest, upload: Upload, place: str) -> HttpResponse:
    """The part of the page that changes while people are added."""
    context = {"upload": upload, "place": place, "report": _lines(request, upload)}
    return render(request, "desk/uploads/progress.html", context)


def choose(request: StaffRequest, upload: Upload, place: str) -> HttpResponseBase:
    """What was said about the columns, or about the letters; then the preview again, or the start."""
    targets = targets_of(upload.programme, request.user.language)
    mapping = checked(chosen_columns(request.POST, range(MOST_COLUMNS)), targets, MOST_COLUMNS)
    try:
        if request.POST.get("act") == "read":
            _read_otherwise(request, upload)
        else:
            uploads.choose(by=request.user, upload=upload, mapping=mapping)
        if request.POST.get("act") == "add":
            _start(request, upload, mapping)
    except uploads.NotNow:
        messages.error(request, _("This list is being added already."))
    return redirect(f"{place}:upload", request.seat.centre.slug, upload.pk)


def discard(request: StaffRequest, upload: Upload, place: str) -> HttpResponseBase:
    try:
        uploads.discard(by=request.user, upload=upload)
    except uploads.NotNow:
        messages.error(request, _("This list is being added already."))
        return redirect(f"{place}:upload", request.seat.centre.slug, upload.pk)
    messages.success(request, _("The list was discarded. Nobody was added."))
    return redirect(f"{place}:index", request.seat.centre.slug)


def report_csv(request: StaffRequest, upload: Upload) -> HttpResponse:
    """Numbers of rows and what is wrong there; what stood there is not kept."""
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="rows.csv"'
    table = csv.writer(answer)
    table.writerow([_("Row"), _("Column"), _("What is wrong")])
    table.writerows([line.row, line.column, line.text] for line in _lines(request, upload))
    return answer


def empty_list(request: StaffRequest, programme: Programme) -> HttpResponse:
    """A workbook with the headings of this programme, to be filled in; the column of numbers is text, so that no
    spreadsheet cuts them."""
    answer = HttpResponse(blank(programme, request.user.language), content_type=_WORKBOOK)
    answer.headers["Content-Disposition"] = f'attachment; filename="{programme.slug}.xlsx"'
    return answer


def _lines(request: StaffRequest, upload: Upload) -> Sequence[Any]:
    return told(upload.report, targets_of(upload.programme, request.user.language))


def _looked_at(request: StaffRequest, upload: Upload) -> dict[str, Any]:
    found = {
        "preview": preview_of(upload, language=request.user.language),
        "sheets": sheets_of(uploads.contents(upload)) if upload.kind == "xlsx" else [],
        "letters": [(code, _LETTERS[code]) for code in ENCODINGS],
        "between": _BETWEEN,
    }
    shape = upload.shape
    known = {"delimiter": shape.get("delimiter", ","), "encoding": shape.get("encoding", "")}
    return {**found, **known, "sheet": shape.get("sheet", "")}


def _read_otherwise(request: StaffRequest, upload: Upload) -> None:
    wanted = {name: request.POST.get(name, "") for name in ("encoding", "delimiter", "sheet")}
    try:
        uploads.reshape(by=request.user, upload=upload, **wanted)
    except Unreadable as fault:
        messages.error(request, words.unreadable(fault.code))


def _start(request: StaffRequest, upload: Upload, mapping: dict[int, str]) -> None:
    if is_enough(mapping):
        uploads.start(by=request.user, upload=upload)
    else:
        messages.error(request, _("Say which column holds the phone number or the name."))
