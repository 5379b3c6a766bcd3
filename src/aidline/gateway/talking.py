"""What the desk does with calls. Nothing here waits for a provider: what it is asked is done by a job."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext

from aidline.calls import connecting, legs, offering, queries, supervising, telling
from aidline.calls import talking as acts
from aidline.calls.callbacks import cancel
from aidline.calls.models import Call, Callback, Leg
from aidline.calls.rules import calling_codes, refusal
from aidline.calls.states import Stage
from aidline.centres.models import Membership
from aidline.centres.queries import Seat
from aidline.centres.states import RIGHTS, Can, Role
from aidline.channels.contract.voice import HasSoftphone, Part, Way
from aidline.channels.models import Channel
from aidline.conversations.models import Conversation
from aidline.gateway import callers
from aidline.gateway.sites import NoTelephone, Site, site_of
from aidline.gateway.tickets import identity_of, ticket_for
from aidline.kernel import phones
from aidline.kernel.clock import now
from aidline.routing import services as routing

MORE_TIME = timedelta(minutes=5)
LIFE = timedelta(hours=1)  # of a browser's token; it asks for the next one itself
LOOK_ALIKE = "/look-alike/"
SIMULATED = "simulated"

access_call = queries.access_call
offer_of = queries.offer_of
call_of = queries.call_of
recent = queries.recent
waiting = queries.waiting


class CannotCall(Exception):
    """`words` say why, for the agent."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a browser connects with: `driver.connect({"leg": …, "ticket": …})`."""

    leg: str
    ticket: str

    def parameters(self) -> dict[str, str]:
        return {"leg": self.leg, "ticket": self.ticket}


@dataclass(frozen=True, slots=True)
class Kit:
    """What a browser opens its telephone with. `url`: where the simulated one asks what to do."""

    driver: str
    token: str
    identity: str
    url: str
    lasts: int  # seconds
    channel: UUID


# --- the telephone itself --------------------------------------------------------------------------------


def kit(seat: Seat, channel_id: UUID | None = None) -> Kit | None:
    """None where no channel of the centre has a telephone for the browser."""
    site = next((one for one in sites(seat) if channel_id in (None, one.channel.pk)), None)
    if site is None or seat.membership is None:
        return None
    provider: object = site.provider
    assert isinstance(provider, HasSoftphone)
    identity = identity_of(seat.membership)
    return Kit(
        driver=_driver(site),
        token=provider.softphone_token(identity, LIFE, now()),
        identity=identity,
        url=site.address("softphone"),
        lasts=int(LIFE.total_seconds()),
        channel=site.channel.pk,
    )


def _driver(site: Site) -> str:
    """At a look-alike nobody's browser has anything to connect to: it is played."""
    base = str(getattr(getattr(site.provider, "config", None), "base_url", ""))
    return SIMULATED if settings.PRACTICE and LOOK_ALIKE in base else site.voice.softphone


def sites(seat: Seat) -> list[Site]:
    """Lines of the centre on which its agents can talk."""
    rows = Channel.objects.filter(centre=seat.centre, config_sealed__isnull=False).order_by("created_at")
    found = (_site(pk) for pk in rows.values_list("pk", flat=True))
    return [site for site in found if site and site.connects and isinstance(site.provider, HasSoftphone)]


def _site(channel_id: UUID) -> Site | None:
    try:
        return site_of(channel_id)
    except NoTelephone:
        return None


def _ticket(leg: Leg) -> Ticket:
    return Ticket(str(leg.pk), ticket_for(leg))


# --- taking ----------------------------------------------------------------------------------------------


def accept(seat: Seat, offer_id: UUID) -> Ticket | None:
    """None when it is too late: the person has hung up, or a colleague was faster."""
    offer = queries.access_offer(seat, offer_id)
    taken = connecting.accept(by=seat.staff, offer=offer)
    return _ticket(taken[1]) if taken else None


def reject(seat: Seat, offer_id: UUID) -> None:
    offering.reject(by=seat.staff, offer=queries.access_offer(seat, offer_id))


def offer_again(seat: Seat) -> None:
    """After something that makes an agent free: what waits is offered at once, not a second later."""
    offering.offer_waiting(seat.centre.pk, callbacks=False)


# --- talking ---------------------------------------------------------------------------------------------


def hold(seat: Seat, call: Call, on: bool) -> bool:
    _mine(seat, call)
    return acts.hold(by=seat.staff, call=call, on=on)


def consult(seat: Seat, call: Call, membership: Membership) -> bool:
    """False when the colleague is in another call, or is being asked something else."""
    _mine(seat, call)
    _colleague(seat, membership)
    return acts.consult(by=seat.staff, call=call, to=membership)


def finish_transfer(seat: Seat, call: Call) -> bool:
    """Raises `CannotCall`, as `transfer` does, for a call that goes round and round."""
    _mine(seat, call)
    colleague = legs.of_part(call, Part.CONSULT)
    _not_round(seat, call, colleague.membership if colleague else None)
    return acts.finish_transfer(by=seat.staff, call=call)


def give_up_transfer(seat: Seat, call: Call) -> bool:
    _mine(seat, call)
    return acts.give_up_transfer(by=seat.staff, call=call)


def transfer(seat: Seat, call: Call, membership: Membership | None) -> bool:
    """To a colleague, who is asked; without one back into the queue."""
    _mine(seat, call)
    if membership:
        _colleague(seat, membership)
    _not_round(seat, call, membership)
    return acts.transfer(by=seat.staff, call=call, to=membership)


def _not_round(seat: Seat, call: Call, to: Membership | None) -> None:
    """Nobody tells their story a sixth time; a supervisor may always be given the call."""
    call.refresh_from_db(fields=["passed"])
    if call.passed < acts.MOST_PASSED or (to and Can.SUPERVISE_CALLS in RIGHTS[Role(to.role)]):
        return
    names = ", ".join(queries.supervisors(seat.centre))
    raise CannotCall(
        gettext("This call was passed on often enough. Ask a supervisor to take it: %(names)s.")
        % {"names": names}
        if names
        else gettext("This call was passed on often enough. Please stay with this person.")
    )


def add_third(seat: Seat, call: Call, number: str) -> bool:
    """Raises `CannotCall`."""
    _mine(seat, call)
    site = _able(call.channel_id)
    written = _dialable(site, number)
    _fuse(site)
    return acts.add_third(by=seat.staff, call=call, number=written) is not None


def drop_third(seat: Seat, call: Call) -> bool:
    _mine(seat, call)
    return acts.drop_third(by=seat.staff, call=call)


def pause_recording(seat: Seat, call: Call, paused: bool) -> bool:
    _mine(seat, call)
    return acts.pause_recording(by=seat.staff, call=call, paused=paused)


def leave(seat: Seat, call: Call) -> None:
    """Hang up. Said before the browser's line is closed, so that nobody takes it for a lost connection."""
    leg = queries.leg_in(seat, call)
    if leg is None:
        return _gone_already(seat, call)
    acts.leave(by=seat.staff, call=call, leg=leg)


def _gone_already(seat: Seat, call: Call) -> None:
    """The provider's word was quicker than ours: the caller is not queued again for it."""
    if call.stage == Stage.LEFT and call.answered_by_id and call.answered_by == seat.membership:
        acts.hang_up(by=seat.staff, call=call)


def wrap_up(seat: Seat, call: Call | None = None) -> None:  # noqa: ARG001 the desk names the call it was about
    if seat.membership:
        acts.wrap_up(by=seat.staff, membership=seat.membership)
        offer_again(seat)


def more_time(seat: Seat, call: Call | None = None) -> None:  # noqa: ARG001 as above
    if seat.membership:
        acts.more_time(by=seat.staff, membership=seat.membership, lasts=MORE_TIME)


def phone_here(seat: Seat, here: bool) -> None:
    """A member's telephone was opened, is still open, or was closed. What waits is offered at once."""
    if seat.membership and routing.phone_here(membership=seat.membership, here=here):
        telling.tell_centre(seat.membership)
        offer_again(seat)


def _mine(seat: Seat, call: Call) -> Leg:
    """Only who answers for the call does something with it; 404 for all others."""
    leg = queries.leg_in(seat, call)
    if leg is None or leg.part != Part.AGENT:
        raise Http404
    return leg


def _colleague(seat: Seat, membership: Membership) -> None:
    if membership.centre_id != seat.centre.pk or not membership.is_active:
        raise Http404


# --- supervising -----------------------------------------------------------------------------------------


def supervise(seat: Seat, call: Call, part: Part) -> Ticket | None:
    """None when the call is over, or the supervisor is in another one."""
    leg = supervising.supervise(by=seat.staff, call=call, membership=_supervisor(seat), part=part)
    return _ticket(leg) if leg else None


def change_part(seat: Seat, call: Call, part: Part) -> bool:
    _supervisor(seat)
    leg = queries.leg_in(seat, call)
    return (
        bool(leg) and supervising.change_part(by=seat.staff, call=call, leg=leg, part=part) if leg else False
    )


def take_over(seat: Seat, call: Call) -> Ticket | None:
    leg = supervising.take_over(by=seat.staff, call=call, membership=_supervisor(seat))
    return _ticket(leg) if leg else None


def _supervisor(seat: Seat) -> Membership:
    if not seat.can(Can.SUPERVISE_CALLS) or seat.membership is None:
        raise Http404
    return seat.membership


# --- calling ---------------------------------------------------------------------------------------------


def dial_out(
    seat: Seat, channel_id: UUID, conversation: Conversation | None = None, number: str = ""
) -> Ticket:
    """Raises `CannotCall`. It rings once the agent is on the line; the attempt stays in the conversation."""
    membership = seat.membership
    if membership is None or not seat.can(Can.ANSWER):
        raise Http404
    site = _able(channel_id)
    if site.centre != seat.centre:
        raise Http404
    if offering.in_call(seat.staff):
        raise CannotCall(gettext("You are in a call already."))
    written = _dialable(site, number or _number_of(conversation))
    _fuse(site)
    return _ticket(_dial(seat, membership, site, conversation, written, typed=bool(number)))


def _able(channel_id: UUID) -> Site:
    site = _site(channel_id)
    if site is None or not site.connects:
        raise CannotCall(gettext("This channel cannot make calls."))
    return site


def _number_of(conversation: Conversation | None) -> str:
    """The person's own, of this conversation or of another one."""
    if conversation is None:
        return ""
    known = [conversation.address, *conversation.person.addresses.order_by("pk")]
    return next((one.value for one in known if one and one.scheme == callers.PHONE), "")


def _dialable(site: Site, number: str) -> str:
    written = phones.normalise(number, site.centre.region) or ""
    why = refusal(written, calling_codes(site.line.ways_out, site.centre.region))
    if why:
        raise CannotCall(_WHY[why]())
    return written


_WHY = {
    "not_a_number": lambda: gettext("This is not a telephone number."),
    "not_allowed": lambda: gettext("Calls to this country are not allowed here."),
    "costly": lambda: gettext("Numbers that cost extra are never called."),
}


def _fuse(site: Site) -> None:
    """So many calls of ours a day, whoever makes them: what a thief of an account can do is bounded."""
    since = now() - timedelta(days=1)
    made = Call.objects.filter(channel=site.channel, way=Way.OUT, began_at__gte=since).count()
    thirds = Leg.objects.filter(call__channel=site.channel, part=Part.THIRD, since__gte=since).count()
    if made + thirds >= site.line.calls_a_day:
        raise CannotCall(gettext("This line has made all the calls that it may make in a day."))


@transaction.atomic
def _dial(
    seat: Seat,
    membership: Membership,
    site: Site,
    conversation: Conversation | None,
    number: str,
    *,
    typed: bool,
) -> Leg:
    if conversation is None:
        person, address = callers.person_of(site.centre, number)
        conversation, _ = callers.conversation_of(site.channel, person, address, now())
    call = connecting.outgoing(by=seat.staff, conversation=conversation, channel_id=site.channel.pk)
    if typed:
        call.flow = {"dial": number}
        call.save(update_fields=["flow_sealed"])
    leg = legs.invite(call, Part.AGENT, membership)
    if leg is None:
        raise CannotCall(gettext("You are in a call already."))
    telling.audit(call, "dial", by=seat.staff)
    telling.hint(call, membership)
    return leg


def cancel_callback(seat: Seat, callback: Callback) -> bool:
    return cancel(by=seat.staff, callback=callback)
