"""The job `calls.control`: what the provider is asked to do with a live call. Done twice, it does the same.

What may already ring at somebody's is never dialled again by itself.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

import httpx
from django.db import transaction
from django.db.models import QuerySet

from aidline.calls import control, ending, legs, starting, telling
from aidline.calls.models import Call, Leg
from aidline.calls.states import Ending, LegState, Stage
from aidline.channels.contract import RetryLater, SendError, Uncertain
from aidline.channels.contract.voice import ControlsCalls, Dialled, Part, Records, Room
from aidline.gateway import callers, sounds
from aidline.gateway.lines import http_for
from aidline.gateway.sites import NoTelephone, Site, site_of
from aidline.kernel import phones
from aidline.kernel.clock import now

log = logging.getLogger(__name__)
RING_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Wish:
    site: Site
    provider: ControlsCalls
    http: httpx.Client
    call: Call
    leg: Leg | None

    @property
    def room(self) -> Room:
        return Room(str(self.call.pk), self.call.room_id)


def do(payload: dict[str, str]) -> None:
    """Raises `RetryLater` to be tried again; any other end is written down here."""
    call = (
        Call.objects.select_related("conversation__address", "channel")
        .filter(pk=UUID(payload["call"]))
        .first()
    )
    if call is None:
        return
    try:
        site = site_of(call.channel_id)
    except NoTelephone:
        return
    provider: object = site.provider
    if not isinstance(provider, ControlsCalls):
        return
    leg = Leg.objects.filter(pk=UUID(payload["leg"]), call=call).first() if "leg" in payload else None
    with http_for(site.channel) as http:
        _try(payload["do"], Wish(site, provider, http, call, leg))


def _try(what: str, wish: Wish) -> None:
    try:
        _DO[what](wish)
    except RetryLater:
        raise
    except SendError as error:
        log.warning("the provider did not %s a call: %s", what, error.code)
        _REFUSED.get(what, _nothing)(wish)


def _nothing(_: Wish) -> None:
    """What was wished is not there any more, or the next word of the provider tells how it stands."""


# --- the person's own line -------------------------------------------------------------------------------


def _fetch(wish: Wish) -> None:
    if wish.call.stage != Stage.OVER and wish.call.external_id:
        wish.provider.redirect(wish.http, wish.call.external_id, wish.site.now(wish.call))


def _fetched_nobody(wish: Wish) -> None:
    """Their line is closed already."""
    ending.end(wish.call)


def _hang_up(wish: Wish) -> None:
    if wish.call.external_id:
        wish.provider.hang_up(wish.http, wish.call.external_id)


# --- dialling --------------------------------------------------------------------------------------------


def _dial(wish: Wish) -> None:
    call = wish.call
    to = number_of(call)
    if call.stage != Stage.DIALLING or not to or not _first(Call.objects.filter(pk=call.pk)):
        return None
    try:
        external_id = wish.provider.dial(wish.http, _dialled(wish, to))
    except RetryLater:
        Call.objects.filter(pk=call.pk).update(dialled_at=None)
        raise
    except Uncertain:
        log.warning("whether a call of ours rings is not known; it is not dialled again")
        return _unsure(call, Call.objects.filter(pk=call.pk, stage=Stage.DIALLING))
    with transaction.atomic():
        call.refresh_from_db()
        if call.external_index is None:
            starting.name(call, external_id)
            call.save(update_fields=["external_index", "external_sealed"])
    if call.stage == Stage.OVER:  # the agent has hung up meanwhile
        wish.provider.hang_up(wish.http, external_id)


def _first(rows: "QuerySet[Call] | QuerySet[Leg]") -> bool:
    """A job that comes a second time finds that it may have rung already."""
    return bool(rows.filter(dialled_at=None).update(dialled_at=now()))


@transaction.atomic
def _unsure(call: Call, rows: "QuerySet[Call] | QuerySet[Leg]") -> None:
    """The agent is told, and decides: it may ring all the same."""
    if rows.update(unsure=True):
        telling.line(call, "call_unsure")
        telling.hint(call)


def _dialled(wish: Wish, to: str) -> Dialled:
    return Dialled(
        to=to,
        caller_id=caller_id(wish.site),
        answer_url=wish.site.now(wish.call),
        fallback_url=wish.site.address("fallback"),
        status_url=wish.site.told,
        seconds=RING_SECONDS,
    )


def caller_id(site: Site) -> str:
    """The centre's own number, whoever calls."""
    config: object = getattr(site.provider, "config", None)
    given = str(getattr(config, "voice_number", "") or getattr(config, "sender", ""))
    return phones.normalise(given, site.centre.region) or given


def number_of(call: Call) -> str:
    """Which number is dialled: the one keyed in for a call back, the one an agent typed, or the person's own."""
    if call.callback and call.callback.number:
        return call.callback.number
    typed = (call.flow or {}).get("dial")
    if typed:
        return str(typed)
    address = call.conversation.address
    return address.value if address and address.scheme == callers.PHONE else ""


def _not_dialled(wish: Wish) -> None:
    ending.end(wish.call, Ending.FAILED)


def _invite(wish: Wish) -> None:
    leg = wish.leg
    if leg is None or leg.state != LegState.INVITED or not _first(Leg.objects.filter(pk=leg.pk)):
        return None
    try:
        external_id = wish.provider.invite(
            wish.http, wish.room, _dialled(wish, leg.number), Part(leg.part), str(leg.pk)
        )
    except RetryLater:
        Leg.objects.filter(pk=leg.pk).update(dialled_at=None)
        raise
    except Uncertain:
        return _unsure(wish.call, Leg.objects.filter(pk=leg.pk, state=LegState.INVITED))
    leg.external_index = starting.call_index(wish.call.channel_id, external_id, wish.call.centre_id)
    leg.external_id = external_id
    leg.save(update_fields=["external_index", "external_sealed"])


def _not_invited(wish: Wish) -> None:
    if wish.leg:
        with transaction.atomic():
            legs.leave(wish.leg)
            telling.hint(wish.call)


# --- the room --------------------------------------------------------------------------------------------


def _remove(wish: Wish) -> None:
    if wish.leg and wish.leg.external_id:
        wish.provider.remove(wish.http, wish.room, wish.leg.external_id)


def _hold(wish: Wish) -> None:
    _held(wish, held=True)


def _unhold(wish: Wish) -> None:
    _held(wish, held=False)


def _held(wish: Wish, *, held: bool) -> None:
    """As it is wanted now: of two wishes that overtake each other, the last one counts."""
    leg = wish.leg
    if leg and leg.state in legs.HERE and (leg.state == LegState.HELD) == held:
        external_id = leg.external_id or wish.call.external_id
        wish.provider.change(wish.http, wish.room, external_id, held=held, music=sounds.music_url())


def _coach(wish: Wish) -> None:
    """A supervisor's part, as it is now: heard by nobody, by the agent, or by all."""
    leg, agent = wish.leg, legs.owner(wish.call)
    if leg is None or leg.state == LegState.LEFT or not leg.external_id:
        return
    whispers = leg.part == Part.WHISPERER and agent is not None
    wish.provider.change(
        wish.http,
        wish.room,
        leg.external_id,
        muted=leg.part == Part.LISTENER,
        coached=agent.external_id if whispers and agent else "",
    )


def _pause(wish: Wish) -> None:
    provider: object = wish.provider
    if isinstance(provider, Records):
        provider.pause_recording(wish.http, wish.room, paused=wish.call.recording_paused)


_DO: Mapping[str, Callable[[Wish], None]] = {
    control.FETCH: _fetch,
    control.HANG_UP: _hang_up,
    control.DIAL: _dial,
    control.INVITE: _invite,
    control.REMOVE: _remove,
    control.HOLD: _hold,
    control.UNHOLD: _unhold,
    control.COACH: _coach,
    control.PAUSE: _pause,
    control.RESUME: _pause,
}
_REFUSED: Mapping[str, Callable[[Wish], None]] = {
    control.FETCH: _fetched_nobody,
    control.DIAL: _not_dialled,
    control.INVITE: _not_invited,
}


def give_up(payload: dict[str, str]) -> None:
    """The provider could not be reached for minutes: what waited for it is told."""
    call = Call.objects.filter(pk=UUID(payload["call"])).first()
    if call and payload["do"] == control.DIAL:
        ending.end(call, Ending.FAILED)
