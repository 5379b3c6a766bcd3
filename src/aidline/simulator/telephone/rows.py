"""Calls as rows: each change is one step that only one of several callers wins."""

from collections.abc import Callable
from uuid import UUID

from django.db.models import QuerySet

from aidline.channels.models import Channel
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.simulator.models import Phone, PracticeCall
from aidline.simulator.phones import touch
from aidline.simulator.states import CallState, Way

Then = Callable[[], object]  # done once a change is written
Change = Callable[[PracticeCall], list[Then] | None]  # None: nothing to change

TRIES = 20
_MOVING = (
    "state",
    "doing",
    "place",
    "program_sealed",
    "heard_sealed",
    "room_id",
    "label",
    "muted",
    "held",
    "starts_room",
    "ends_room",
    "coached",
    "due_at",
    "answered_at",
    "ended_at",
)


def begin(channel: Channel, way: Way, other: str, *, phone: Phone | None = None) -> PracticeCall:
    """Not saved yet."""
    call = PracticeCall(
        id=new_id(),
        centre_id=channel.centre_id,
        channel=channel,
        phone=phone,
        way=way,
        state=CallState.QUEUED,
    )
    call.other = other
    call.program = {}
    call.heard = []
    return call


def change(call_id: UUID, do: Change) -> bool:
    """Reads it, changes it, writes it; from the start if somebody was faster. Not one that is over."""
    for _try in range(TRIES):
        call = find(call_id)
        after = None if call is None or call.ended_at else do(call)
        if call is None or after is None:
            return False
        if _written(call):
            if call.phone:
                touch([call.phone])
            for then in after:
                then()
            return True
    return False


def _written(call: PracticeCall) -> bool:
    moved = {name: getattr(call, name) for name in _MOVING}
    rows = PracticeCall.objects.filter(pk=call.pk, turn=call.turn, ended_at=None)
    return bool(rows.update(turn=call.turn + 1, **moved))


def find(call_id: UUID) -> PracticeCall | None:
    return _rows().filter(pk=call_id).first()


def find_sid(channel: Channel, sid: str) -> PracticeCall | None:
    try:
        return _rows().filter(pk=UUID(hex=sid[2:]), channel=channel).first()
    except ValueError:
        return None


def live_of(phone: Phone) -> PracticeCall | None:
    """The call on the screen of a phone: the one that goes on, or one whose end was not seen yet."""
    rows = _rows().filter(phone=phone, put_away=False).order_by("-began_at")
    return rows.filter(ended_at=None).first() or rows.first()


def _rows() -> QuerySet[PracticeCall]:
    return PracticeCall.objects.select_related("channel", "phone__channel", "room", "parent")


def seconds_of(call: PracticeCall) -> int:
    """How long it was, or is, talked."""
    return int(((call.ended_at or now()) - call.answered_at).total_seconds()) if call.answered_at else 0
