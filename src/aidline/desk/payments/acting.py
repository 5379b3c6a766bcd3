"""Start, stop, go on, try again, give up, call off."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.payments.trying import tried
from aidline.kernel import text as words
from aidline.vouchers.paying import running
from aidline.vouchers.paying.queries import access_payment


@requires(Can.RUN_PROGRAMMES)
@require_POST
def start(request: StaffRequest, payment: UUID) -> HttpResponseBase:
    return _done(request, payment, running.start, _("Started."))


@requires(Can.RUN_PROGRAMMES)
@require_POST
def stop(request: StaffRequest, payment: UUID) -> HttpResponseBase:
    return _done(request, payment, running.stop, _("Stopped. What was being asked for is still counted."))


@requires(Can.RUN_PROGRAMMES)
@require_POST
def resume(request: StaffRequest, payment: UUID) -> HttpResponseBase:
    return _done(request, payment, running.resume, _("It goes on."))


@requires(Can.RUN_PROGRAMMES)
@require_POST
def retry(request: StaffRequest, payment: UUID) -> HttpResponseBase:
    return _done(request, payment, running.retry, _("Tried again."))


@requires(Can.RUN_PROGRAMMES)
@require_POST
def give_up(request: StaffRequest, payment: UUID) -> HttpResponseBase:
    known = access_payment(request.seat, payment)
    return tried(request, known, lambda: _freed(running.give_up(by=request.user, payment=known)))


@requires(Can.RUN_PROGRAMMES)
@require_POST
def cancel(request: StaffRequest, payment: UUID) -> HttpResponseBase:
    known = access_payment(request.seat, payment)
    reason = words.clean(request.POST.get("reason", "")).strip()[:500]
    act = lambda: _freed(running.cancel(by=request.user, payment=known, reason=reason))  # noqa: E731
    return tried(request, known, act)


@requires(Can.RUN_PROGRAMMES)
@require_POST
def take_back(request: StaffRequest, payment: UUID) -> HttpResponseBase:
    return _done(request, payment, running.take_back, _("They are being taken back now."))


def _done(request: StaffRequest, payment: UUID, act: Callable[..., Any], said: str) -> HttpResponseBase:
    known = access_payment(request.seat, payment)
    return tried(request, known, lambda: act(by=request.user, payment=known), said)


def _freed(people: int) -> str:
    return ngettext(
        "%(count)s person gets nothing of it; the money is free again.",
        "%(count)s people get nothing of it; the money is free again.",
        people,
    ) % {"count": people}
