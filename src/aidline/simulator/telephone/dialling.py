"""Calls that begin at the look-alike: they ring at a phone of the page, or nobody is there."""

from datetime import timedelta

from aidline.channels.models import Channel
from aidline.kernel.clock import now
from aidline.simulator.models import Phone, PracticeCall
from aidline.simulator.phones import find, index_of, show
from aidline.simulator.states import CallState, Way
from aidline.simulator.telephone import ending, telling
from aidline.simulator.telephone.rows import Then, begin, change

LONGEST_RING = 600


def dial(
    channel: Channel,
    number: str,
    *,
    seconds: int,
    told: dict[str, object],
    parent: PracticeCall | None = None,
) -> PracticeCall:
    """`told`: where its news go, what is asked once it is answered. It rings after it was written."""
    call = begin(channel, Way.OUT, number, phone=phone_of(channel, number))
    call.parent = parent
    call.program = {**told, "rings": min(max(seconds, 5), LONGEST_RING)}
    call.save(force_insert=True)
    return call


def phone_of(channel: Channel, number: str) -> Phone | None:
    """A phone on this channel, or another one of the centre with this number."""
    everywhere = Phone.objects.filter(centre_id=channel.centre_id, index=index_of(channel, number))
    return find(channel, number) or everywhere.order_by("-shown").first()


def ring(call: PracticeCall) -> list[Then]:
    """What Twilio does after it has taken a call."""
    if call.state != CallState.QUEUED:
        return []
    told = telling.state(call)
    refused = _refused(call)
    if refused:
        return [*told, *ending.end(call, refused)]
    if call.phone and not call.phone.shown:
        show(call.phone)
    call.state = CallState.RINGING
    call.due_at = now() + timedelta(seconds=int((call.program or {}).get("rings", 30)))
    return [*told, *telling.state(call)]


def _refused(call: PracticeCall) -> CallState | None:
    """No such number, switched off, or on the line."""
    if call.phone is None:
        return CallState.FAILED
    if not call.phone.online:
        return CallState.NO_ANSWER
    others = PracticeCall.objects.filter(phone=call.phone, ended_at=None).exclude(pk=call.pk)
    return CallState.BUSY if others.exists() else None


def stop_ringing(call: PracticeCall) -> None:
    """Of the calls that this one rings for."""
    for child in PracticeCall.objects.filter(parent=call, ended_at=None):
        change(
            child.pk,
            lambda one: ending.end(one, CallState.CANCELED if not one.answered_at else CallState.COMPLETED),
        )
