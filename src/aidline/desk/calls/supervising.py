"""A supervisor in somebody else's call: listens, whispers, joins in, takes over. Each is in the log."""

from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.channels.contract.voice import Part
from aidline.desk.calls.answers import not_done, ticket, told
from aidline.desk.calls.contexts import SUPERVISING
from aidline.gateway import talking


@requires(Can.SUPERVISE_CALLS)
@require_POST
def join(request: StaffRequest, call: UUID) -> HttpResponseBase:
    found = talking.access_call(request.seat, call)
    wanted = _part(request)
    if wanted is None:
        return not_done(request, _("Choose from the list."))
    return ticket(request, talking.supervise(request.seat, found, wanted))


@requires(Can.SUPERVISE_CALLS)
@require_POST
def part(request: StaffRequest, call: UUID) -> HttpResponseBase:
    found = talking.access_call(request.seat, call)
    wanted = _part(request)
    if wanted is None:
        return not_done(request, _("Choose from the list."))
    talking.change_part(request.seat, found, wanted)
    return told(request)


@requires(Can.SUPERVISE_CALLS)
@require_POST
def take_over(request: StaffRequest, call: UUID) -> HttpResponseBase:
    found = talking.access_call(request.seat, call)
    return ticket(request, talking.take_over(request.seat, found))


def _part(request: StaffRequest) -> Part | None:
    raw = request.POST.get("part", "")
    return next((one for one in SUPERVISING if one.value == raw), None)
