"""How the channels of a centre are, and a second chance for what was set aside."""

from dataclasses import dataclass
from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from aidline.calls.queries import not_deleted
from aidline.centres.models import Centre
from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.channels.contract import Capabilities
from aidline.channels.queries import access_channel, access_delivery, quarantined, quarantined_counts
from aidline.channels.registry import capabilities_of
from aidline.channels.services import retry_all_deliveries, retry_delivery
from aidline.conversations.health import Waiting, unsent
from aidline.desk.health.lights import State, states_of
from aidline.desk.health.wording import in_our_words, why_set_aside
from aidline.gateway import spool
from aidline.jobs.queries import dead_jobs, somebody_works

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One channel on the page."""

    state: State
    capabilities: Capabilities
    error: str
    waiting: Waiting | None
    aside: int


@requires(Can.SEE_HEALTH)
@require_safe
def index(request: StaffRequest) -> HttpResponseBase:
    aside = [
        (delivery, why_set_aside(delivery.error)) for delivery in quarantined(request.seat.centre)[:SHOWN]
    ]
    lines = _lines(request.seat.centre)
    context = {
        "lines": lines,
        "deliveries": aside,
        "aside": sum(line.aside for line in lines),
        "unsent": sum(line.waiting.count for line in lines if line.waiting),
        "spooled": spool.waiting(),
        "dead": dead_jobs().count(),
        "alive": somebody_works(),
        "recordings": not_deleted(request.seat.centre),
    }
    return render(request, "desk/health/index.html", context)


def _lines(centre: Centre) -> list[Line]:
    waiting, aside = unsent(centre), quarantined_counts(centre)
    return [
        Line(
            state,
            capabilities_of(state.channel.provider),
            in_our_words(state.channel.error_code, state.channel.provider),
            waiting.get(state.channel.pk),
            aside.get(state.channel.pk, 0),
        )
        for state in states_of(centre)
    ]


@requires(Can.SEE_HEALTH)
@require_POST
def retry(request: StaffRequest, delivery: UUID) -> HttpResponseBase:
    retry_delivery(by=request.user, delivery=access_delivery(request.seat, delivery))
    return redirect("health:index", request.seat.centre.slug)


@requires(Can.SEE_HEALTH)
@require_POST
def retry_all(request: StaffRequest, channel: UUID) -> HttpResponseBase:
    retry_all_deliveries(by=request.user, channel=access_channel(request.seat, channel))
    return redirect("health:index", request.seat.centre.slug)
