"""What nobody asks for: offers run out, agents vanish, callers fall silent. Once a second, by one of all workers."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from aidline.calls import connecting, ending, legs, offering, queueing, telling
from aidline.calls.control import FETCH, ask
from aidline.calls.models import Call, Callback, Leg
from aidline.calls.moving import move_from
from aidline.calls.states import CallbackState, Doing, LegState, Stage
from aidline.centres.models import Centre
from aidline.centres.timetables import is_open
from aidline.channels.contract.voice import Part
from aidline.channels.models import Delivery
from aidline.gateway.sites import connects
from aidline.kernel.clock import now

GRACE = timedelta(seconds=5)  # an agent who is gone may be hanging up, or coming back
TO_JOIN = timedelta(seconds=25)  # from yes to the room
TO_RING = timedelta(seconds=75)
SILENT_FLOW = timedelta(minutes=10)  # longer than the longest recording
LONGEST = timedelta(hours=4)
AT_ONCE = 50


def tend() -> None:
    offering.expire()
    _unanswered()
    _without_agents()
    _never_joined()
    _silent()
    _offer()


# --- agents ----------------------------------------------------------------------------------------------


def _unanswered() -> None:
    """However it came about: a caller in a room in which nobody answers for the call does not stay there."""
    at = now()
    owners = Leg.objects.filter(call=OuterRef("pk"), part=Part.AGENT).exclude(state=LegState.LEFT)
    rows = Call.objects.filter(stage=Stage.CONNECTED, turn_at__lt=at - TO_JOIN)
    for call in rows.filter(~Exists(owners), ~Exists(_unread("channel")))[:AT_ONCE]:
        with transaction.atomic():
            ending.without_agent(call)


def _without_agents() -> None:
    gone = Call.objects.filter(stage=Stage.LEFT, turn_at__lt=now() - GRACE)
    for call in gone.select_related("conversation")[:AT_ONCE]:
        requeue(call)


@transaction.atomic
def requeue(call: Call) -> bool:
    """Before all others of the same risk, with the time they have waited already."""
    since = call.wait_since or call.began_at
    changes = {"doing": Doing.QUEUE, "front": True, "wait_since": since, "turn_at": now()}
    if not move_from(call, (Stage.LEFT,), Stage.QUEUED, **changes):
        return False
    offering.withdraw(connecting.pending(call))
    connecting.empty(call)
    ask(FETCH, call)
    telling.line(call, "call_lost")
    telling.hint(call)
    return True


def _never_joined() -> None:
    at = now()
    rows = Leg.objects.filter(state=LegState.INVITED).exclude(part=Part.CALLER)
    late = Q(membership__isnull=False, since__lt=at - TO_JOIN) | Q(since__lt=at - TO_RING)
    rows = rows.filter(late & ~Exists(_unread("call__channel")))
    for leg in rows.select_related("call__conversation", "membership")[:AT_ONCE]:
        with transaction.atomic():
            ending.lose(leg)


# --- callers ---------------------------------------------------------------------------------------------


def _silent() -> None:
    """A line that asks nothing any more, and of whose end nobody told us."""
    at = now()
    silent = (
        Q(stage=Stage.QUEUED, turn_at__lt=at - queueing.SILENT)
        | Q(stage=Stage.FLOW, turn_at__lt=at - SILENT_FLOW)
        | Q(stage=Stage.DIALLING, turn_at__lt=at - TO_RING - TO_JOIN)
        | Q(stage__in=[Stage.CONNECTED, Stage.LEFT], turn_at__lt=at - LONGEST)
    )
    alone = _without_caller(at)
    for call in Call.objects.exclude(stage=Stage.OVER).filter(silent | alone)[:AT_ONCE]:
        ending.end(call, rings=True)


def _without_caller(at: datetime) -> Q:
    """The person has left the room, or never came into it, and asks nothing any more."""
    theirs = Leg.objects.filter(call=OuterRef("pk"), part=Part.CALLER)
    here = theirs.filter(Q(state__in=legs.HERE) | Q(since__gte=at - TO_RING) | Q(left_at__gte=at - TO_JOIN))
    return Q(~Exists(here), ~Exists(_unread("channel")), stage=Stage.CONNECTED, turn_at__lt=at - TO_JOIN)


def _unread(channel: str) -> QuerySet[Delivery]:
    """News of this line that nobody has looked at yet, after a stop of the worker: they may tell who is there."""
    return Delivery.objects.filter(channel=OuterRef(channel), state=Delivery.State.PENDING, attempts=0)


# --- offers ----------------------------------------------------------------------------------------------


def _undiallable() -> None:
    """Who was promised a call by a line that calls nobody any more waits for another answer."""
    rows = Callback.objects.filter(state=CallbackState.WAITING, next_at__lte=now())
    lost = [pk for pk in rows.values_list("channel_id", flat=True).distinct() if not connects(pk)]
    for callback in rows.filter(channel_id__in=lost)[:AT_ONCE] if lost else ():
        ending.cannot_call_back(callback)


def _offer() -> None:
    """Somebody is called back only while the centre is open; who is on the line is offered at any hour."""
    waiting = offering.waiting_centres(now())
    if waiting:
        _undiallable()
    for centre in Centre.objects.filter(pk__in=waiting):
        offering.offer_waiting(centre.pk, callbacks=is_open(centre))
