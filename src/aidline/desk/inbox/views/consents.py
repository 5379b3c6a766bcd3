"""A consent that was spoken, one taken back, and the question put in a message."""

from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.conversations.consents import ask_consent
from aidline.conversations.queries import access_conversation
from aidline.conversations.sending import CannotSend
from aidline.desk.inbox.answers import done, refused
from aidline.people.consents import current_wording, note_consent
from aidline.people.models import Address
from aidline.people.queries import access_address
from aidline.people.states import ASKED_FOR, Evidence, Purpose

_NOTHING = gettext_lazy("Choose what it is about.")


@requires(Can.ANSWER)
@require_POST
def consent(request: StaffRequest, conversation: UUID, address: UUID) -> HttpResponseBase:
    """Said to a member of staff: which wording was read out, and in which language."""
    found = access_conversation(request.seat, conversation)
    row, purpose = _of_person(request, found.person_id, address), _purpose(request)
    given = request.POST.get("said") == "yes"
    if purpose is None:
        return refused(request, found, _NOTHING)
    wording = current_wording(request.seat.centre.pk, purpose)
    language = request.POST.get("language", "")
    if given and (wording is None or language not in wording.texts):
        return refused(request, found, _("Choose the language in which you read the question out."))
    note_consent(
        by=request.seat.staff,
        address=row,
        purpose=purpose,
        given=given,
        source=Evidence.STAFF,
        wording=wording if given else None,
        language=language if given else "",
    )
    return done(request, found, _("Kept."))


@requires(Can.ANSWER)
@require_POST
def ask(request: StaffRequest, conversation: UUID) -> HttpResponseBase:
    found = access_conversation(request.seat, conversation)
    purpose = _purpose(request)
    if purpose is None:
        return refused(request, found, _NOTHING)
    try:
        ask_consent(by=request.seat.staff, conversation=found, purpose=purpose)
    except CannotSend as problem:
        return refused(request, found, problem.message)
    return done(request, found, _("Asked. A yes is kept by itself."))


def _of_person(request: StaffRequest, person_id: UUID, address_id: UUID) -> Address:
    row = access_address(request.seat, address_id)
    if row.person_id != person_id:
        raise Http404
    return row


def _purpose(request: StaffRequest) -> Purpose | None:
    wanted = request.POST.get("purpose", "")
    return Purpose(wanted) if wanted in {purpose.value for purpose in ASKED_FOR} else None
