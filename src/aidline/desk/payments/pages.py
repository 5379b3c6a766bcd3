"""The list of payments, one of them, its people, its progress."""

import csv
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.payments.forms import DatesForm
from aidline.desk.payments.wording import REASONS, code_words, steps
from aidline.kernel import money
from aidline.vouchers.delivery.wording import Words, name_of, say
from aidline.vouchers.models import Payment, Payout, Programme
from aidline.vouchers.paying import queries
from aidline.vouchers.paying.choosing import choose
from aidline.vouchers.paying.moves import told
from aidline.vouchers.paying.plan import approvals_needed
from aidline.vouchers.paying.rhythm import due_on
from aidline.vouchers.paying.running import unused_vouchers
from aidline.vouchers.queries import programmes_of
from aidline.vouchers.states import PaymentState, PayoutState, ProgrammeState

SHOWN, PAGE = 100, 50
P = PaymentState


@requires(Can.SEE_REGISTRATIONS)
@require_safe
def index(request: StaffRequest) -> HttpResponseBase:
    programmes = programmes_of(request.seat).filter(state=ProgrammeState.OPEN)
    context = {
        "payments": list(queries.payments_of(request.seat)[:SHOWN]),
        "waiting": {row.pk for row in queries.waiting_for(request.seat)},
        "programmes": [(row, due_on(row)) for row in programmes],
        "today": localdate(),
        "may_prepare": request.seat.can(Can.RUN_PROGRAMMES),
    }
    return render(request, "desk/payments/index.html", context)


@requires(Can.SEE_REGISTRATIONS)
@require_safe
def payment(request: StaffRequest, payment: UUID) -> HttpResponseBase:
    return page(request, queries.access_payment(request.seat, payment))


@requires(Can.SEE_REGISTRATIONS)
@require_safe
def people(request: StaffRequest, payment: UUID, group: str) -> HttpResponseBase:
    """One line of the table. Numbers stand for people; who may see more follows them to their page."""
    found = queries.access_payment(request.seat, payment)
    rows = _live(found, group) if found.state == P.DRAFT else queries.group_of(found, group)
    shown = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    title = REASONS.get(group) or (PayoutState(group).label if group in PayoutState.values else "")
    context = {"payment": found, "rows": shown, "group": group, "title": title}
    return render(request, "desk/payments/people.html", context)


def _live(payment: Payment, group: str) -> list[Payout]:
    """Of a draft nothing is written down yet."""
    chosen = [one for one in choose(payment.programme) if group == (one.why or str(one.cents))]
    made = [Payout(payment=payment, registration_id=one.registration_id, cents=one.cents) for one in chosen]
    for row in made:
        row.why = row.state = ""
    return made


@requires(Can.SEE_REGISTRATIONS)
@require_safe
def progress(request: StaffRequest, payment: UUID) -> HttpResponseBase:
    """The part of the page that changes while it is being paid."""
    found = queries.access_payment(request.seat, payment)
    context = {"payment": found, "progress": queries.progress_of(found), **_rights(request)}
    return render(request, "desk/payments/progress.html", context)


@requires(Can.SEE_REGISTRATIONS)
@require_safe
def list_csv(request: StaffRequest, payment: UUID) -> HttpResponseBase:
    """Numbers and amounts: nobody's name is in it."""
    found = queries.access_payment(request.seat, payment)
    with transaction.atomic():
        told(request.user, found, "payment.export", fields="registration.number cents state")
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="payment-{found.number}.csv"'
    table = csv.writer(answer)
    table.writerow(["registration", "cents", "currency", "state", "why"])
    rows = Payout.objects.filter(payment=found).order_by("registration__number")
    for number, cents, state, why in rows.values_list("registration__number", "cents", "state", "why"):
        table.writerow([number, cents, found.programme.currency, PayoutState(state).name.lower(), why])
    return answer


# --- the page --------------------------------------------------------------------------------------------


def page(request: StaffRequest, found: Payment, *, status: int = 200, **more: Any) -> HttpResponse:
    """Before it starts: what it would do. Afterwards: what became of it."""
    totals = queries.totals_of(found)
    approvals = queries.approvals_of(found)
    draft = found.state == P.DRAFT
    needed = approvals_needed(found.programme, totals.cents) if draft else found.needed
    author = request.user.pk in (found.created_by_id, found.submitted_by_id)
    context = {
        "payment": found,
        "programme": found.programme,
        "totals": totals,
        "steps": steps(found, needed),
        "approvals": approvals,
        "missing": range(len(approvals) + 1, found.needed + 1) if found.state == P.AWAITING else (),
        "compared": queries.compared(found, totals),
        "budget_after": queries.budget_after(found, totals),
        "needed": needed,
        "author": author,
        "decided": any(row.by_id == request.user.pk for row in approvals),
        "started": found.state in queries.STARTED,
        "dates_form": DatesForm(None, payment=found),
        "samples": _samples(found.programme),
        "trouble": code_words(found.trouble) if found.trouble else "",
        "unused": unused_vouchers(found).count() if found.state == P.CANCELLED else 0,
        "progress": queries.progress_of(found) if found.state in queries.STARTED else None,
        **_rights(request),
        **more,
    }
    return render(request, "desk/payments/payment.html", context, status=status)


def _rights(request: StaffRequest) -> dict[str, bool]:
    return {
        "may_run": request.seat.can(Can.RUN_PROGRAMMES),
        "may_approve": request.seat.can(Can.APPROVE_PAYMENTS),
    }


def _samples(programme: Programme) -> list[Words]:
    """What people are told first, in the first two languages of the programme."""
    return [_sample(programme, code) for code in programme.languages[:2]]


def _sample(programme: Programme, language: str) -> Words:
    amount = money.written(programme.amount_cents, programme.currency, language)
    return say(programme, "ready", language, {"amount": amount, "title": name_of(programme, language)})
