"""The end of a call, whoever wanted it."""

from aidline.kernel.clock import now
from aidline.simulator.models import PracticeCall
from aidline.simulator.states import CallState
from aidline.simulator.telephone import telling
from aidline.simulator.telephone.rows import Then


def end(call: PracticeCall, state: CallState = CallState.COMPLETED) -> list[Then]:
    call.state, call.doing, call.due_at, call.ended_at = state, "", None, now()
    return telling.state(call)
