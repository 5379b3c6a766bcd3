"""The room of a call: how the caller, agents and supervisors come into it, and what happens when they leave."""

from uuid import UUID

from django.db import transaction

from aidline.calls import ending, legs, starting, telling
from aidline.calls.control import DIAL, ask
from aidline.calls.models import Call, Leg
from aidline.calls.moving import move_from
from aidline.calls.states import LegState, Stage
from aidline.channels.contract.voice import CallRequest, Connect, Hangup, Part, Script, Way
from aidline.gateway import call_words as words
from aidline.gateway import sounds, tickets
from aidline.gateway.asking import spoken
from aidline.gateway.sites import Site
from aidline.kernel.clock import now

_TALKING = (Stage.CONNECTED, Stage.DIALLING)


def script_of_caller(site: Site, call: Call) -> Script:
    leg = legs.caller(call)
    connect = _connect(site, call, leg, then=site.turn(call))
    announced = call.way == Way.OUT and call.recording_on
    before = spoken(site, [words.records_call(site.centre, call.language)]) if announced else ()
    return (*before, connect)


def _connect(site: Site, call: Call, leg: Leg, then: str, coached: str = "") -> Connect:
    return Connect(
        room=str(call.pk),
        part=Part(leg.part),
        label=str(leg.pk),
        told=site.told,
        then=then,
        music=sounds.music_url(),
        coached=coached,
        recorded_to=site.told if call.recording_on else "",
    )


# --- an agent's browser ----------------------------------------------------------------------------------


@transaction.atomic
def softphone(site: Site, request: CallRequest) -> Script:
    """A browser connects with the ticket it was given a moment ago, once or repeatedly."""
    leg = _leg_of(site, request)
    if leg is None or leg.call.stage not in _TALKING:
        return (Hangup(),)
    _name(leg, request.call_id)
    if leg.call.stage == Stage.DIALLING and leg.part == Part.AGENT and not leg.call.dialled_at:
        ask(DIAL, leg.call)
    return (_connect(site, leg.call, leg, then=site.after(leg), coached=_coached(leg)),)


def _leg_of(site: Site, request: CallRequest) -> Leg | None:
    leg_id = tickets.leg_in(request.parameters.get("ticket", ""))
    rows = Leg.objects.select_related("call__channel", "call__conversation", "membership")
    leg = rows.filter(pk=leg_id, call__channel_id=site.channel.pk).first() if leg_id else None
    if leg is None or leg.state == LegState.LEFT or leg.membership is None:
        return None
    return leg if request.identity == tickets.identity_of(leg.membership) else None


def _name(leg: Leg, external_id: str) -> None:
    """What the provider calls this leg; the last one counts, if a browser had to connect twice."""
    leg.external_index = starting.call_index(leg.call.channel_id, external_id, leg.call.centre_id)
    leg.external_id = external_id
    leg.save(update_fields=["external_index", "external_sealed"])


def _coached(leg: Leg) -> str:
    agent = legs.owner(leg.call) if leg.part == Part.WHISPERER else None
    return agent.external_id if agent else ""


@transaction.atomic
def left(site: Site, leg_id: UUID) -> Script:
    """The provider asks what to do with a leg that is not in the room any more."""
    rows = Leg.objects.select_related("call__channel", "call__conversation", "membership")
    leg = rows.filter(pk=leg_id, call__channel_id=site.channel.pk).first()
    if leg:
        ending.lose(leg)
    return (Hangup(),)


# --- a call of ours --------------------------------------------------------------------------------------


@transaction.atomic
def reached(call: Call, external_id: str) -> None:
    """Somebody has taken up the receiver."""
    if call.external_index is None:
        starting.name(call, external_id)
        call.save(update_fields=["external_index", "external_sealed"])
    if move_from(call, (Stage.DIALLING,), Stage.CONNECTED, answered_at=now(), turn_at=now()):
        owner = legs.owner(call)
        Call.objects.filter(pk=call.pk).update(answered_by=owner.membership if owner else None)
        telling.line(call, "call_reached")
        telling.hint(call)
