"""TwiML followed verb by verb, until one waits for a key, a voice, a clock or somebody else."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

from aidline.kernel.clock import now
from aidline.simulator import postman
from aidline.simulator.lookalikes.twiml import Verb
from aidline.simulator.models import PracticeCall
from aidline.simulator.states import CallState, Doing
from aidline.simulator.telephone import asking, dialling, ending, heard, naming, rooms
from aidline.simulator.telephone.rows import Then, change, find

TO_SPEAK = 120.0  # seconds; longer than Twilio's, because here somebody has to find the button first


def ask(call: PracticeCall, url: str, fields: Mapping[str, str] | None = None) -> list[Then]:
    return asking.ask(call, url, _got, fields or {})


def _got(call: PracticeCall, word: str) -> asking.Answered:
    def answered(url: str, verbs: Sequence[Verb]) -> None:
        change(call.pk, lambda one: _take(one, word, url, verbs))

    return answered


def _take(call: PracticeCall, word: str, url: str, verbs: Sequence[Verb]) -> list[Then] | None:
    """None where something newer was asked meanwhile."""
    if call.doing != Doing.ASKING or naming.program(call).get("asked") != word:
        return None
    call.program = {**(call.program or {}), "url": url}
    return follow(call, verbs, first=call.state != CallState.GOING)


def follow(call: PracticeCall, verbs: Sequence[Verb], *, first: bool = False) -> list[Then]:
    """`first`: nobody has answered yet, and Reject is still free."""
    if first and verbs and verbs[0].name == "Reject":
        return ending.end(call, CallState.BUSY if verbs[0].get("reason") == "busy" else CallState.NO_ANSWER)
    answered = _answered(call) if first else []
    seconds = 0.0
    rest = list(verbs)
    while rest and heard.is_said(rest[0]):
        seconds += heard.hear(call, rest.pop(0))
    return answered + _wait(call, rest, seconds)


def _answered(call: PracticeCall) -> list[Then]:
    call.state, call.answered_at = CallState.GOING, now()
    return []


def _wait(call: PracticeCall, rest: list[Verb], seconds: float) -> list[Then]:
    verb = rest.pop(0) if rest else Verb("Hangup")
    if verb.name in ("Redirect", "Hangup") and seconds:
        return _doing(call, Doing.SAYING, Verb("Pause"), [verb], seconds)
    return _VERBS[verb.name](call, verb, rest, seconds)


def _doing(call: PracticeCall, doing: Doing, verb: Verb, rest: list[Verb], seconds: float) -> list[Then]:
    call.doing, call.due_at = doing, now() + timedelta(seconds=seconds)
    later = {"doing": verb.packed(), "rest": [one.packed() for one in rest], "digits": ""}
    call.program = {**(call.program or {}), **later}
    return [lambda: look_again(call, seconds)]


def look_again(call: PracticeCall, seconds: float) -> None:
    """A clock in memory; after a restart an open page takes its place."""
    postman.after(seconds + 0.05, lambda: change(call.pk, on_time))


# --- verb by verb ------------------------------------------------------------------------------------------


def _gather(call: PracticeCall, verb: Verb, rest: list[Verb], seconds: float) -> list[Then]:
    seconds += sum(heard.hear(call, one) for one in verb.inside)
    return _doing(call, Doing.GATHERING, verb, rest, seconds + verb.number("timeout", 5))


def _record(call: PracticeCall, verb: Verb, rest: list[Verb], seconds: float) -> list[Then]:
    if verb.yes("playBeep", default=True):
        heard.note(call, "tone")
    return _doing(call, Doing.RECORDING, verb, rest, seconds + TO_SPEAK)


def _redirect(call: PracticeCall, verb: Verb, _rest: list[Verb], _seconds: float) -> list[Then]:
    return ask(call, verb.text)


def _hang_up(call: PracticeCall, _verb: Verb, _rest: list[Verb], _seconds: float) -> list[Then]:
    return ending.end(call)


def _dial(call: PracticeCall, verb: Verb, rest: list[Verb], seconds: float) -> list[Then]:
    _doing(call, Doing.DIALLING, verb, rest, seconds)
    conference = next((one for one in verb.inside if one.name == "Conference"), None)
    if conference:
        return rooms.join(call, verb, conference)
    number = next((one.text for one in verb.inside if one.name == "Number"), verb.text)
    call.due_at = None
    return [lambda: _ring_for(call, number, verb)]


def _ring_for(call: PracticeCall, number: str, verb: Verb) -> None:
    told: dict[str, object] = {"caller_id": verb.get("callerId") or call.other}
    seconds = verb.number("timeout", 30)
    child = dialling.dial(call.channel, number, seconds=seconds, told=told, parent=call)
    change(child.pk, dialling.ring)
    tell_parent(child.pk)


_VERBS: dict[str, Callable[[PracticeCall, Verb, list[Verb], float], list[Then]]] = {
    "Gather": _gather,
    "Record": _record,
    "Redirect": _redirect,
    "Hangup": _hang_up,
    "Dial": _dial,
    "Reject": _hang_up,  # too late to be free
}


# --- what is waited for ------------------------------------------------------------------------------------


def present(call: PracticeCall) -> Verb:
    return Verb.unpacked(naming.program(call)["doing"])  # type: ignore[arg-type]


def present_in(call: PracticeCall, attribute: str) -> str:
    return present(call).get(attribute)


def rest(call: PracticeCall) -> list[Verb]:
    rows: Any = naming.program(call).get("rest") or []
    return [Verb.unpacked(one) for one in rows]


def on_time(call: PracticeCall) -> list[Then] | None:
    """None: it is not time yet, or nothing is waited for."""
    if call.due_at is None or call.due_at > now():
        return None
    if call.state == CallState.RINGING and call.way == "out":
        return [*ending.end(call, CallState.NO_ANSWER), lambda: tell_parent(call.pk)]
    if call.doing == Doing.GATHERING:
        return _keys_are_over(call)
    if call.doing == Doing.ASKING:
        return follow(call, asking.SORRY)
    return follow(call, rest(call))


def _keys_are_over(call: PracticeCall) -> list[Then]:
    digits = str(naming.program(call).get("digits", ""))
    if digits or present(call).yes("actionOnEmptyResult", default=False):
        return _gathered(call, digits)
    return follow(call, rest(call))


def press(call: PracticeCall, key: str) -> list[Then] | None:
    """A key. Where nobody listens for one it is lost, as on a telephone."""
    if call.doing != Doing.GATHERING:
        return None
    gather, digits = present(call), str(naming.program(call).get("digits", ""))
    if key == gather.get("finishOnKey", "#"):
        return _keys_are_over(call)
    heard.note(call, "key", key=key)
    digits += key
    if len(digits) >= gather.number("numDigits", 99):
        return _gathered(call, digits)
    call.program = {**(call.program or {}), "digits": digits}
    seconds = gather.number("timeout", 5)
    call.due_at = now() + timedelta(seconds=seconds)
    return [lambda: look_again(call, seconds)]


def _gathered(call: PracticeCall, digits: str) -> list[Then]:
    return ask(call, action_of(call), {"Digits": digits})


def skip(call: PracticeCall) -> list[Then] | None:
    """Practice only: whoever reads faster than it is spoken need not wait."""
    return follow(call, rest(call)) if call.doing == Doing.SAYING else None


def after_dial(call: PracticeCall, status: CallState, **more: str) -> list[Then]:
    """Whom it dialled has gone, or the room is closed behind it."""
    dial, left = present(call), rest(call)
    if dial.get("action"):
        return ask(call, dial.get("action"), {"DialCallStatus": str(status), **more})
    return follow(call, left)


def tell_parent(child_id: UUID) -> None:
    """The call that dialled this one goes on once it is over."""
    child = find(child_id)
    if child and child.ended_at and child.parent_id:
        change(child.parent_id, lambda one: _dialled(one, child))


def _dialled(parent: PracticeCall, child: PracticeCall) -> list[Then] | None:
    if parent.doing != Doing.DIALLING:
        return None
    return after_dial(parent, CallState(child.state), DialCallSid=child.sid)


def action_of(call: PracticeCall) -> str:
    url = str(naming.program(call).get("url", ""))
    return urljoin(url, present(call).get("action") or url)
