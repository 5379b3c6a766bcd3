"""A member's own views of the queue."""

from uuid import UUID

from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.conversations import services
from aidline.conversations.queries import QueueFilter
from aidline.desk.inbox.answers import refused


@requires(Can.ANSWER)
@require_POST
def keep(request: StaffRequest) -> HttpResponseBase:
    chosen = QueueFilter.read(request.POST).written()
    name = request.POST.get("name", "").strip()
    if not name:
        return refused(request, None, _("Write a name for this filter."))
    services.save_filter(by=request.seat.staff, centre=request.seat.centre, name=name, query=chosen)
    query = QueryDict(mutable=True)
    query.update(chosen)
    response = redirect("desk:home", request.seat.centre.slug)
    response["Location"] += f"?{query.urlencode()}" if chosen else ""
    return response


@requires(Can.ANSWER)
@require_POST
def forget(request: StaffRequest, saved: UUID) -> HttpResponseBase:
    services.forget_filter(by=request.seat.staff, filter_id=saved)
    return redirect("desk:home", request.seat.centre.slug)
