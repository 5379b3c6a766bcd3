"""The walk-in desk: registering on somebody's behalf, the receipt to take away, and vouchers on paper."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.forms import posted, status_of
from aidline.desk.walkin.forms import WalkInForm
from aidline.gateway.vouchers.inviting import phone_lines
from aidline.kernel import languages
from aidline.vouchers.delivery.printing import print_vouchers
from aidline.vouchers.models import ConsentText, Programme, Registration
from aidline.vouchers.queries import access_programme, consent_of, running_programmes
from aidline.vouchers.receipt_codes import grouped_receipt
from aidline.vouchers.registering import desk, words
from aidline.vouchers.registering.invitations import NotOpen
from aidline.vouchers.states import ProgrammeState, Status
from aidline.vouchers.verification.queries import access_registration


@requires(Can.RUN_PROGRAMMES)
@require_safe
def index(request: StaffRequest) -> HttpResponseBase:
    programmes = running_programmes(request.seat)
    return render(request, "desk/walkin/index.html", {"programmes": programmes, "open": ProgrammeState.OPEN})


@requires(Can.RUN_PROGRAMMES)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    return _form(request, access_programme(request.seat, programme, Can.RUN_PROGRAMMES), None)


@requires(Can.RUN_PROGRAMMES)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: StaffRequest, registration: UUID) -> HttpResponseBase:
    """Somebody of a list, registered at the desk."""
    known = _access(request, registration)
    if not desk.may_complete(known):
        return redirect("walkin:receipt", request.seat.centre.slug, known.pk)
    return _form(request, known.programme, known)


def _access(request: StaffRequest, registration: UUID) -> Registration:
    row = access_registration(request.seat, registration, Can.RUN_PROGRAMMES)
    if row.status == Status.ERASED:
        raise Http404
    return row


def _form(request: StaffRequest, programme: Programme, known: Registration | None) -> HttpResponseBase:
    consent = consent_of(programme)
    form = WalkInForm(
        posted(request),
        programme=programme,
        lines=phone_lines(request.seat.centre),
        consent=consent,
        known=known,
    )
    if request.method == "POST" and form.is_valid() and (made := _made(request, programme, known, form)):
        return redirect("walkin:receipt", request.seat.centre.slug, made.pk)
    context = {
        "form": form,
        "programme": programme,
        "known": known,
        "is_open": programme.state == ProgrammeState.OPEN,
        "consents": _consents(programme, consent),
    }
    return render(request, "desk/walkin/form.html", context, status=status_of(request))


def _made(
    request: StaffRequest, programme: Programme, known: Registration | None, form: WalkInForm
) -> Registration | None:
    try:
        if known:
            return desk.complete(by=request.user, registration=known, person=form.person())
        return desk.register(by=request.user, programme=programme, person=form.person())
    except NotOpen:
        form.add_error(None, _("Nobody can register in this programme now."))
        return None


def _consents(programme: Programme, consent: ConsentText | None) -> list[tuple[str, str, str]]:
    """To be read to the person: in every language there is."""
    texts = consent.texts if consent else {}
    return [(code, languages.name(code), texts[code]) for code in programme.languages if texts.get(code)]


@requires(Can.RUN_PROGRAMMES)
@require_safe
def receipt(request: StaffRequest, registration: UUID) -> HttpResponseBase:
    """To print, or to copy by hand. It is in the language of the person."""
    row = _access(request, registration)
    code = desk.show_receipt(by=request.user, registration=row)
    context = {
        "registration": row,
        "programme": row.programme,
        "title": words.title(row.programme, row.language),
        "receipt": grouped_receipt(code) if code else "",
        "told": words.registered(row.programme, row.language, receipt=grouped_receipt(code)),
        "vouchers": desk.open_vouchers(row),
    }
    return render(request, "desk/walkin/receipt.html", context)


@requires(Can.RUN_PROGRAMMES)
@require_POST
def vouchers(request: StaffRequest, registration: UUID) -> HttpResponseBase:
    """On paper, for who has no phone: they count as handed over from then on. To the person at the desk only."""
    row = _access(request, registration)
    printed = print_vouchers(by=request.user, voucher_ids=desk.open_vouchers(row))
    if not printed:
        messages.error(request, _("No voucher is open that could be printed."))
        return redirect("walkin:receipt", request.seat.centre.slug, row.pk)
    answer = HttpResponse(printed, content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="vouchers.pdf"'
    return answer
