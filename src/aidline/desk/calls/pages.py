"""The Calls screen, the strip that every page of the desk carries, the phone's own window, the device check."""

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.calls import contexts, lines, softphone
from aidline.desk.calls.words_for_scripts import words_for_phone
from aidline.desk.inbox.answers import part
from aidline.desk.inbox.words_for_scripts import words_for_scripts


@requires(Can.ANSWER)
@require_safe
def index(request: StaffRequest) -> HttpResponseBase:
    return render(request, "desk/calls/index.html", {**contexts.lists_part(request), **_scripts()})


@requires(Can.ANSWER)
@require_safe
def lists(request: StaffRequest) -> HttpResponseBase:
    return part(request, "desk/calls/lists.html", contexts.lists_part(request))


@requires(Can.ANSWER)
@require_safe
def strip(request: StaffRequest) -> HttpResponseBase:
    context = contexts.strip_part(request) if lines.may_answer(request.seat) else {}
    return part(request, "desk/calls/strip.html", {**context, "in_window": "window" in request.GET})


@requires(Can.ANSWER)
@require_safe
def phone(request: StaffRequest) -> HttpResponseBase:
    """The window in which the talk runs: it stays open while the pages of the desk come and go."""
    ready = lines.may_answer(request.seat)
    context = {**(contexts.strip_part(request) if ready else {}), **_scripts(), "may_answer": ready}
    answer = render(request, "desk/calls/phone.html", {**context, "in_window": True})
    answer.content_security = softphone.content_security(request.seat)  # type: ignore[attr-defined]
    return answer


@requires(Can.ANSWER)
@require_safe
def check(request: StaffRequest) -> HttpResponseBase:
    return render(request, "desk/calls/check.html", _scripts())


def _scripts() -> dict[str, Any]:
    return {"words": words_for_scripts(), "phone_words": words_for_phone()}
