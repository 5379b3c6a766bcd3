"""The one way to write an audit entry; called inside the transaction of the act it tells of."""

from typing import Protocol
from uuid import UUID, uuid4

from aidline import vault
from aidline.audit.models import Entry


class Actor(Protocol):
    @property
    def pk(self) -> UUID: ...


def record(
    *,
    by: Actor | None,
    action: str,
    object_type: str,
    object_id: UUID | None,
    centre: UUID | None,
    fields: str = "",
    reason: str = "",
) -> None:
    """`fields` names what was read or changed ("address.value"), never what it held."""
    Entry.objects.create(
        centre_id=centre,
        actor_id=by.pk if by else None,
        action=action,
        object_type=object_type,
        object_id=object_id,
        fields=fields,
        reason_sealed=_sealed_reason(reason, centre, object_id),
    )


def _sealed_reason(reason: str, centre: UUID | None, object_id: UUID | None) -> bytes | None:
    if not reason or centre is None:
        return None
    row = object_id or uuid4()
    return vault.seal(reason, key=centre, scope=centre, table="audit_entry", column="reason", row=row)
