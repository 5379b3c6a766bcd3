"""What shall go wrong next on a channel, asked for on the Phones page."""

from collections.abc import Iterable

from django.db.models import F

from aidline.channels.models import Channel
from aidline.simulator.lookalikes.shapes import Fault
from aidline.simulator.models import FaultOrder

OF_CALLS = frozenset(Fault) - {Fault.LOST, Fault.MICROPHONE}
OF_WEBHOOKS = frozenset({Fault.TWICE, Fault.SHUFFLED, Fault.LOST})
MOST = 1000


def order(channel: Channel, fault: Fault, times: int, detail: str = "") -> None:
    """The next `times` calls go wrong this way; none with 0."""
    FaultOrder.objects.update_or_create(
        channel=channel, fault=fault, defaults={"left": min(max(times, 0), MOST), "detail": detail[:20]}
    )


def use_up(channel: Channel, wanted: Iterable[Fault]) -> dict[Fault, str]:
    """The faults that hit now, with their details; each is counted down by one conditional UPDATE."""
    hit = {}
    for row in FaultOrder.objects.filter(channel=channel, fault__in=list(wanted), left__gt=0):
        if FaultOrder.objects.filter(pk=row.pk, left__gt=0).update(left=F("left") - 1):
            hit[Fault(row.fault)] = row.detail
    return hit


def ordered() -> list[FaultOrder]:
    return list(FaultOrder.objects.filter(left__gt=0).select_related("channel").order_by("channel__name"))
