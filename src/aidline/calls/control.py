"""What is asked of the provider about a live call. Asked in the transaction that wants it, done by a job."""

from uuid import UUID

from aidline.calls.models import Call, Leg
from aidline.jobs.services import enqueue

CONTROL = "calls.control"
RECORDING = "calls.recording"

# What can be asked; the job's payload names one of them.
FETCH, HANG_UP, DIAL, INVITE, REMOVE = "fetch", "hang_up", "dial", "invite", "remove"
HOLD, UNHOLD, COACH = "hold", "unhold", "coach"
PAUSE, RESUME = "pause", "resume"


def ask(do: str, call: Call, leg: Leg | None = None) -> None:
    """`fetch`: the caller's side drops what it does and asks us again."""
    payload = {"do": do, "call": str(call.pk), **({"leg": str(leg.pk)} if leg else {})}
    enqueue(CONTROL, payload)


def ask_for_recording(recording_id: UUID) -> None:
    enqueue(RECORDING, {"recording": str(recording_id)}, unique_key=f"{RECORDING}:{recording_id}")
