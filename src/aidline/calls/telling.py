"""What a call leaves in its conversation, in the audit trail and on open screens."""

from aidline.audit.services import record
from aidline.calls.models import Call, Callback
from aidline.centres.models import Membership, Staff
from aidline.conversations.live import Hint, tell
from aidline.conversations.timeline import note_event


def hint(call: Call, *members: Membership) -> None:
    """Everybody's list of calls; and these members' own screens."""
    tell(
        [
            Hint(call.centre_id, "call", call.conversation_id),
            *(Hint(call.centre_id, "call", call.conversation_id, one.staff_id) for one in members),
        ]
    )


def line(call: Call, event: str, *, by: Staff | None = None, **facts: str) -> None:
    """A line in between. `event` has twelve signs at the most, which PostgreSQL insists on."""
    note_event(call.conversation, event, by=by, call=str(call.pk), **facts)


def audit(call: Call, action: str, *, by: Staff | None, fields: str = "", reason: str = "") -> None:
    record(
        by=by,
        action=f"call.{action}",
        object_type="call",
        object_id=call.pk,
        centre=call.centre_id,
        fields=fields,
        reason=reason,
    )


def tell_centre(membership: Membership) -> None:
    tell([Hint(membership.centre_id, "call", None, membership.staff_id), Hint(membership.centre_id, "call")])


def audit_member(membership: Membership, *, by: Staff) -> None:
    record(
        by=by,
        action="call.wrap_up",
        object_type="membership",
        object_id=membership.pk,
        centre=membership.centre_id,
    )


def record_callback(callback: Callback, *, by: Staff) -> None:
    record(
        by=by,
        action="callback.cancel",
        object_type="callback",
        object_id=callback.pk,
        centre=callback.centre_id,
    )
    note(callback, "call_dropped", by=by)


def note(callback: Callback, event: str, *, by: Staff | None = None) -> None:
    note_event(callback.conversation, event, by=by)
    tell([Hint(callback.centre_id, "call", callback.conversation_id)])
