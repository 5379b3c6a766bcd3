"""Being there: the sign of life of an open desk, and whether one takes conversations now."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.conversations import services
from aidline.conversations.queries import access_conversation
from aidline.desk.inbox.answers import done, refused
from aidline.gateway.attention import show_attention
from aidline.routing import services as routing
from aidline.routing.states import PresenceState


@requires(Can.ANSWER)
@require_POST
def beat(request: StaffRequest) -> HttpResponseBase:
    """Every 25 s from an open desk, and when a conversation is opened, left or written in."""
    if request.seat.membership:
        routing.seen(membership=request.seat.membership)
    raw = request.POST.get("conversation", "")
    if raw:
        _look(request, raw)
    return HttpResponse(status=204)


@requires(Can.ANSWER)
@require_POST
def presence(request: StaffRequest) -> HttpResponseBase:
    state = request.POST.get("state", "")
    if request.seat.membership is None or state not in PresenceState.values:
        return refused(request, None, _("Choose from the list."))
    routing.set_presence(membership=request.seat.membership, state=PresenceState(state))
    return done(request)


def _look(request: StaffRequest, raw: str) -> None:
    try:
        found = access_conversation(request.seat, UUID(raw))
    except ValueError:
        raise Http404 from None
    staff = request.seat.staff
    if "away" in request.POST:
        services.look_away(by=staff, conversation=found)
        return
    typing = "typing" in request.POST
    services.look(by=staff, conversation=found, typing=typing)
    if typing:
        show_attention(conversation=found, typing=True)
