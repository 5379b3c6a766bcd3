"""The form that people fill in: its questions, one by one."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.forms import posted
from aidline.desk.programmes.pages import change, page
from aidline.desk.programmes.question_forms import QuestionForm, starting_household, type_label
from aidline.vouchers import programmes
from aidline.vouchers.models import Programme
from aidline.vouchers.queries import access_programme
from aidline.vouchers.registering.form import HOUSEHOLD, word
from aidline.vouchers.states import Rule


@requires(Can.RUN_PROGRAMMES)
@require_safe
def questions(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    row = access_programme(request.seat, programme, Can.RUN_PROGRAMMES)
    rows = [_told(one, request) for one in row.form]
    asks_household = any(one["code"] == HOUSEHOLD for one in row.form)
    lacks = row.rule == Rule.MEMBER and not asks_household
    return page(request, row, "questions", {"questions": rows, "lacks_household": lacks})


@requires(Can.RUN_PROGRAMMES)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    row = access_programme(request.seat, programme, Can.RUN_PROGRAMMES)
    form = QuestionForm(posted(request), programme=row)
    if HOUSEHOLD in request.GET:
        form.initial.update(starting_household())
    if _saved(request, row, form, [*row.form]):
        return redirect("programmes:questions", request.seat.centre.slug, row.pk)
    return page(request, row, "question", {"form": form})


@requires(Can.RUN_PROGRAMMES)
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: StaffRequest, programme: UUID, code: str) -> HttpResponseBase:
    row = access_programme(request.seat, programme, Can.RUN_PROGRAMMES)
    place = _place(row, code)
    form = QuestionForm(posted(request), programme=row, known=row.form[place])
    if _saved(request, row, form, [*row.form[:place], *row.form[place + 1 :]], place):
        return redirect("programmes:questions", request.seat.centre.slug, row.pk)
    return page(request, row, "question", {"form": form, "known": _told(row.form[place], request)})


@requires(Can.RUN_PROGRAMMES)
@require_POST
def up(request: StaffRequest, programme: UUID, code: str) -> HttpResponseBase:
    row = access_programme(request.seat, programme, Can.RUN_PROGRAMMES)
    place = _place(row, code)
    form = list(row.form)
    form.insert(max(0, place - 1), form.pop(place))
    programmes.change(by=request.user, programme=row, changes={"form": form})
    return redirect("programmes:questions", request.seat.centre.slug, row.pk)


@requires(Can.RUN_PROGRAMMES)
@require_POST
def remove(request: StaffRequest, programme: UUID, code: str) -> HttpResponseBase:
    """Answers that were given stay with who gave them."""
    row = access_programme(request.seat, programme, Can.RUN_PROGRAMMES)
    place = _place(row, code)
    form = [*row.form[:place], *row.form[place + 1 :]]
    programmes.change(by=request.user, programme=row, changes={"form": form})
    return redirect("programmes:questions", request.seat.centre.slug, row.pk)


def _saved(
    request: StaffRequest, row: Programme, form: QuestionForm, others: list[Any], place: int | None = None
) -> bool:
    if request.method != "POST" or not form.is_valid():
        return False
    others.insert(len(others) if place is None else place, form.question())
    return change(request, row, form, {"form": others})


def _place(row: Programme, code: str) -> int:
    for place, one in enumerate(row.form):
        if one["code"] == code:
            return place
    raise Http404


def _told(one: dict[str, Any], request: StaffRequest) -> dict[str, Any]:
    label = word(one["labels"], request.user.language, request.seat.centre.default_language)
    return {**one, "label": label, "kind": type_label(one["type"])}
