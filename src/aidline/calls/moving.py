"""The one way a call goes from stage to stage: a conditional UPDATE, counted by `step`."""

from collections.abc import Collection
from typing import Any

from aidline.calls.models import Call
from aidline.calls.states import STEPS, Stage

TRIES = 5  # a caller may press a key in the same moment


def move(call: Call, stage: Stage, **changes: Any) -> bool:
    """False when the call is not any more where `call` saw it. Every move makes older addresses stale."""
    assert stage == call.stage or stage in STEPS[Stage(call.stage)], (call.stage, stage)
    changes = {**changes, "stage": stage, "step": call.step + 1}
    if not Call.objects.filter(pk=call.pk, step=call.step, stage=call.stage).update(**changes):
        return False
    for name, value in changes.items():
        setattr(call, name, value)
    return True


def move_from(call: Call, stages: Collection[Stage], stage: Stage, **changes: Any) -> bool:
    """From any of these stages, whatever the caller is pressing meanwhile. False when it is in none of them."""
    for _ in range(TRIES):
        call.refresh_from_db()
        if call.stage not in stages:
            return False
        if move(call, stage, **changes):
            return True
    return False
