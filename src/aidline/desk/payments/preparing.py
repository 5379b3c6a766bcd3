"""A payment is begun, given its dates, handed in, thrown away."""

from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.payments.forms import DatesForm
from aidline.desk.payments.pages import page
from aidline.desk.payments.trying import tried
from aidline.vouchers.paying import drafts
from aidline.vouchers.paying.moves import CannotPay
from aidline.vouchers.paying.queries import access_payment
from aidline.vouchers.queries import access_programme


@requires(Can.RUN_PROGRAMMES)
@require_POST
def new(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    known = access_programme(request.seat, programme)
    try:
        made = drafts.prepare(by=request.user, programme=known)
    except CannotPay as refused:
        messages.error(request, str(refused.message))
        return redirect("payments:index", request.seat.centre.slug)
    return redirect("payments:payment", request.seat.centre.slug, made.pk)


@requires(Can.RUN_PROGRAMMES)
@require_POST
def change(request: StaffRequest, payment: UUID) -> HttpResponseBase:
    known = access_payment(request.seat, payment)
    form = DatesForm(request.POST, payment=known)
    if not form.is_valid():
        return page(request, known, status=422, dates_form=form)
    act = lambda: drafts.change(by=request.user, payment=known, **form.dates())  # type: ignore[arg-type]  # noqa: E731
    return tried(request, known, act, _("Saved."))


@requires(Can.RUN_PROGRAMMES)
@require_POST
def remove(request: StaffRequest, payment: UUID) -> HttpResponseBase:
    known = access_payment(request.seat, payment)
    try:
        drafts.discard(by=request.user, payment=known)
    except CannotPay as refused:
        messages.error(request, str(refused.message))
        return redirect("payments:payment", request.seat.centre.slug, known.pk)
    messages.success(request, _("Discarded."))
    return redirect("payments:index", request.seat.centre.slug)


@requires(Can.RUN_PROGRAMMES)
@require_POST
def hand_in(request: StaffRequest, payment: UUID) -> HttpResponseBase:
    known = access_payment(request.seat, payment)
    act = lambda: drafts.hand_in(by=request.user, payment=known)  # noqa: E731
    return tried(request, known, act, _("Handed in. Somebody else has to approve it now."))
