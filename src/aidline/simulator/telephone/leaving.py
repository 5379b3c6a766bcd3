"""Hanging up, being removed, being sent elsewhere: and what becomes of those who stay."""

from aidline.simulator.lookalikes.twiml import read
from aidline.simulator.models import PracticeCall, PracticeRoom
from aidline.simulator.states import CallState, Doing
from aidline.simulator.telephone import asking, dialling, ending, following, recordings, rooms, telling
from aidline.simulator.telephone.rows import Then, change


def hang_up(call: PracticeCall, state: CallState = CallState.COMPLETED) -> list[Then]:
    """By whoever holds the phone, or by us."""
    was, parting = call.doing, _parting(call)
    left, room = rooms.leave(call)
    told = ending.end(call, state)
    after: list[Then] = [*left, *told, lambda: dialling.stop_ringing(call)]
    if room:
        after.append(lambda: _one_less(room, call))
    if was == Doing.RECORDING:
        after.append(lambda: recordings.none_was_made(call))
    return [*after, *parting, lambda: following.tell_parent(call.pk)]


def _parting(call: PracticeCall) -> list[Then]:
    """The action of a Dial is asked once more, also when its own side hangs up."""
    if call.doing not in (Doing.IN_ROOM, Doing.DIALLING):
        return []
    action = following.present(call).get("action")
    return asking.tell(call, action, {"DialCallStatus": "completed"}) if action else []


def leave_room(call: PracticeCall) -> list[Then] | None:
    """Removed, or the room was closed: what its script has next, or the end."""
    if call.room is None:
        return None
    left, room = rooms.leave(call)
    after = following.after_dial(call, CallState.COMPLETED)
    return [*left, *after, lambda: _one_less(room, call)]


def send_elsewhere(call: PracticeCall, url: str) -> list[Then]:
    left = _let_go(call)
    return [*left, *following.ask(call, url)]


def say_this(call: PracticeCall, document: bytes) -> list[Then]:
    left = _let_go(call)
    return [*left, *following.follow(call, read(document))]


def _let_go(call: PracticeCall) -> list[Then]:
    left, room = rooms.leave(call)
    after: list[Then] = [*left, lambda: dialling.stop_ringing(call)]
    return [*after, lambda: _one_less(room, call)] if room else after


# --- those who stay ---------------------------------------------------------------------------------------


def _one_less(room: PracticeRoom | None, gone: PracticeCall) -> None:
    if room is None:
        return
    here = list(rooms.inside(room))
    if gone.ends_room or not here:
        reason = "participant-with-end-conference-on-exit-left" if here else "last-participant-left"
        close(room, reason, gone.sid)


def close(room: PracticeRoom, reason: str, by: str = "") -> None:
    if not rooms.close(room):
        return
    for one in rooms.inside(room):
        change(one.pk, leave_room)
    recordings.room_is_over(room)
    ending_call = {"CallSidEndingConference": by} if by else {}
    telling.of_room(room, "conference-end", None, ReasonConferenceEnded=reason, **ending_call)
