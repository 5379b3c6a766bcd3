"""Start, stop, resume, and a test to oneself."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.channels.contract import Scheme
from aidline.desk.outreach.forms import TestForm
from aidline.desk.outreach.pages import page
from aidline.kernel import phones
from aidline.outreach import services
from aidline.outreach.composing import Line, lines_for
from aidline.outreach.queries import access_broadcast
from aidline.outreach.testing import send_test


@requires(Can.OUTREACH)
@require_POST
def test(request: StaffRequest, broadcast: UUID) -> HttpResponseBase:
    known, centre = access_broadcast(request.seat, broadcast), request.seat.centre
    form = TestForm(request.POST, centre=centre, lines=lines_for(centre))
    if not form.is_valid():
        return page(request, known, status=422, test_form=form)
    value = _normal(form.line, form.cleaned_data["address"], form.region)
    if not value:
        form.add_error("address", _("This is no number we can write to."))
        return page(request, known, status=422, test_form=form)
    return _tried(
        request,
        known.pk,
        lambda: send_test(
            by=request.user,
            broadcast=known,
            line=form.line,
            value=value,
            language=form.cleaned_data["language"],
        ),
        _("A test is on its way to you."),
    )


def _normal(line: Line, typed: str, region: str) -> str:
    if line.able.schemes[0] is not Scheme.PHONE:
        return typed.strip()
    return phones.normalise(typed, region) or ""


@requires(Can.OUTREACH)
@require_POST
def start(request: StaffRequest, broadcast: UUID) -> HttpResponseBase:
    known = access_broadcast(request.seat, broadcast)
    act = lambda: services.start_broadcast(by=request.user, broadcast=known)  # noqa: E731
    return _tried(request, known.pk, act, _("Started."))


@requires(Can.OUTREACH)
@require_POST
def stop(request: StaffRequest, broadcast: UUID) -> HttpResponseBase:
    known = access_broadcast(request.seat, broadcast)

    def act() -> str:
        held = services.stop_broadcast(by=request.user, broadcast=known)
        return ngettext(
            "Stopped. %(count)s message that waited was held back.",
            "Stopped. %(count)s messages that waited were held back.",
            held,
        ) % {"count": held}

    return _tried(request, known.pk, act)


@requires(Can.OUTREACH)
@require_POST
def resume(request: StaffRequest, broadcast: UUID) -> HttpResponseBase:
    known = access_broadcast(request.seat, broadcast)
    act = lambda: services.resume_broadcast(by=request.user, broadcast=known)  # noqa: E731
    return _tried(request, known.pk, act, _("It goes on."))


def _tried(
    request: StaffRequest, broadcast_id: UUID, act: Callable[[], Any], words: str = ""
) -> HttpResponseBase:
    """Whoever was second hears why nothing happened."""
    try:
        told = act()
    except services.CannotSend as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, words or str(told))
    return redirect("outreach:broadcast", request.seat.centre.slug, broadcast_id)
