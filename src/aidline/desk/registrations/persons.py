"""One person in a programme: where they stand and how that came about. Who they are is covered."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.registrations.wording import ACTS, EXPLAINED, PAIR_REASONS, WHY
from aidline.kernel import phones
from aidline.kernel import text as words
from aidline.vault import KeyGone
from aidline.vouchers import registrations
from aidline.vouchers.models import Registration, StatusChange, Voucher
from aidline.vouchers.registering.form import Field, fields_of, word
from aidline.vouchers.states import NEXT, Status
from aidline.vouchers.verification import acts, numbers
from aidline.vouchers.verification.acts import TO, Act
from aidline.vouchers.verification.queries import access_registration, history_of, is_elsewhere, pairs_with

MOST_REASON = 300


@requires(Can.SEE_REGISTRATIONS)
@require_safe
def person(request: StaffRequest, registration: UUID) -> HttpResponseBase:
    return page(request, access_registration(request.seat, registration))


@requires(Can.SEE_REGISTRATIONS)
@require_POST
def show(request: StaffRequest, registration: UUID) -> HttpResponseBase:
    """Each look is recorded; whoever has no standing need of it says why."""
    found = access_registration(request.seat, registration)
    why = words.clean(request.POST.get("reason", ""), MOST_REASON).strip()
    if not why and not request.seat.can(Can.SEE_IDENTITY):
        return page(request, found, status=422, show_problem=_("Say why you need to see this."))
    acts.show(by=request.user, rows=[found], why=why)
    return page(request, found, shown=True)


@requires(Can.RUN_PROGRAMMES)
@require_POST
def number(request: StaffRequest, registration: UUID) -> HttpResponseBase:
    found = access_registration(request.seat, registration, Can.RUN_PROGRAMMES)
    typed = request.POST.get("phone", "")[:40]
    try:
        if found.erased_at:
            raise numbers.NotANumber
        numbers.change_number(
            by=request.user, registration=found, phone=typed, region=request.seat.centre.region
        )
    except numbers.NotANumber:
        return page(request, found, status=422, number_problem=_("This is not a telephone number."))
    except numbers.SameNumber:
        return page(request, found, status=422, number_problem=_("This is the number we have."))
    messages.success(request, _("The number is changed. Nothing is paid before the waiting time is over."))
    return redirect("registrations:person", request.seat.centre.slug, found.pk)


@requires(Can.RUN_PROGRAMMES)
@require_POST
def status(request: StaffRequest, registration: UUID) -> HttpResponseBase:
    found = access_registration(request.seat, registration, Can.RUN_PROGRAMMES)
    act = request.POST.get("act", "")
    reason = words.clean(request.POST.get("reason", ""), MOST_REASON).strip()
    if act not in list(Act):
        return page(request, found, status=422, status_problem=_("Choose what to do."))
    if act in acts.WITH_REASON and not reason:
        return page(request, found, status=422, status_problem=_("Say why. It is kept in the history."))
    if act in acts.NO_WAY_BACK and not request.POST.get("sure"):
        return page(
            request, found, status=422, status_problem=_("Tick that you are sure: there is no way back.")
        )
    try:
        done = acts.do_one(by=request.user, act=Act(act), registration=found, reason=reason)
    except registrations.Overtaken:
        return page(request, found, status=422, status_problem=_("A colleague was quicker. Look again."))
    if why := next(iter(done.left_out), None):
        return page(request, found, status=422, status_problem=acts.REASONS[why])
    messages.success(
        request, _("Checked once. A colleague makes the second check.") if done.first else _("Done.")
    )
    return redirect("registrations:person", request.seat.centre.slug, found.pk)


def page(
    request: StaffRequest, found: Registration, *, status: int = 200, shown: bool = False, **more: Any
) -> HttpResponseBase:
    context = {
        "registration": found,
        "identity": identity(found) if shown else None,
        "masked": masked(found),
        "history": [(change, WHY.get(change.why, ""), _reason(change)) for change in history_of(found)],
        "vouchers": Voucher.objects.filter(registration=found).order_by("-created_at")[:50],
        "pairs": [(pair, reasons_of(pair.reasons)) for pair in pairs_with(found)],
        "held_until": numbers.held_until(found),
        "elsewhere": is_elsewhere(found),
        "acts": possible(found) if request.seat.can(Can.RUN_PROGRAMMES) else [],
        "may_run": request.seat.can(Can.RUN_PROGRAMMES),
        "may_see": request.seat.can(Can.SEE_IDENTITY),
        **more,
    }
    return render(request, "desk/registrations/person.html", context, status=status)


def identity(found: Registration) -> dict[str, Any]:
    answers = found.answers or {}
    fields = {field.code: field for field in fields_of(found.programme.form)}
    return {
        "name": found.name,
        "phone": found.phone,
        "answers": [_answered(fields.get(code), code, str(value)) for code, value in answers.items()],
    }


def _answered(field: Field | None, code: str, value: str) -> tuple[str, str]:
    """Question and answer in the reader's language; as they were kept, where the form asks no such thing any more."""
    if field is None:
        return code, value
    language = get_language() or "en"
    options = {option.code: word(option.labels, language) for option in field.options}
    yes_no = {"yes": _("Yes"), "no": _("No")} if field.type == "yes_no" else {}
    return word(field.labels, language) or code, {**options, **yes_no}.get(value, value)


def masked(found: Registration) -> str:
    """The end of the number: enough to tell two people apart."""
    try:
        return phones.mask(found.phone) if found.phone_index else ""
    except KeyGone:
        return ""


def possible(found: Registration) -> list[dict[str, Any]]:
    return [
        {"value": act.value, "label": ACTS[act], "explained": EXPLAINED[act]}
        for act in Act
        if TO[act] in NEXT[Status(found.status)]
    ]


def reasons_of(codes: list[str]) -> list[Any]:
    return [PAIR_REASONS[code] for code in codes if code in PAIR_REASONS]


def _reason(change: StatusChange) -> str:
    try:
        return change.reason
    except KeyGone:
        return ""
