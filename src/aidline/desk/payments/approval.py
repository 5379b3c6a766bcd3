"""Four eyes: approved or sent back by another."""

from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.payments.forms import ApprovalForm
from aidline.desk.payments.pages import page
from aidline.desk.payments.trying import tried
from aidline.kernel import text as words
from aidline.vouchers.paying import approving, drafts
from aidline.vouchers.paying.moves import CannotPay, WrongTotal
from aidline.vouchers.paying.queries import access_payment


@requires(Can.APPROVE_PAYMENTS)
@require_POST
def approve(request: StaffRequest, payment: UUID) -> HttpResponseBase:
    known = access_payment(request.seat, payment)
    form = ApprovalForm(request.POST)
    given = form.cleaned_data if form.is_valid() else {}
    comment = words.clean(given.get("comment", "")).strip()
    try:
        approving.approve(
            by=request.user,
            payment=known,
            seen=given.get("seen", ""),
            cents=given.get("total"),
            comment=comment,
        )
    except CannotPay as refused:
        known.refresh_from_db()
        typed = {"comment": comment, "typed": request.POST.get("total", "")[:20]}
        mend = isinstance(refused, WrongTotal)
        return page(request, known, status=422, refused=str(refused.message), mend=mend, **typed)
    messages.success(request, _("Approved."))
    return redirect("payments:payment", request.seat.centre.slug, known.pk)


@requires(Can.APPROVE_PAYMENTS)
@require_POST
def give_back(request: StaffRequest, payment: UUID) -> HttpResponseBase:
    known = access_payment(request.seat, payment)
    reason = words.clean(request.POST.get("comment", "")).strip()[:500]
    act = lambda: drafts.give_back(by=request.user, payment=known, reason=reason)  # noqa: E731
    return tried(request, known, act, _("Sent back. Its money is free again."))
