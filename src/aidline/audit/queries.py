"""The audit log as it is read."""

from collections.abc import Sequence
from uuid import UUID

from aidline import vault
from aidline.audit.models import Entry
from aidline.vault import VaultError

LOOKS = ("address.show", "person.show", "attachment.open", "registration.show", "voucher.show", "audit.read")


def entries_of(
    centre: UUID, *, before: int = 0, actor: UUID | None = None, looks: bool = False, count: int = 50
) -> Sequence[Entry]:
    """Newest first; `before` this one. `looks`: only where somebody looked at what is covered."""
    rows = Entry.objects.filter(centre_id=centre).order_by("-id")
    if before:
        rows = rows.filter(id__lt=before)
    if actor:
        rows = rows.filter(actor_id=actor)
    if looks:
        rows = rows.filter(action__in=LOOKS)
    return list(rows[:count])


def reason_of(entry: Entry) -> str:
    """Why, if somebody wrote it down; empty where it cannot be read."""
    if not entry.reason_sealed or entry.centre_id is None or entry.object_id is None:
        return ""
    place = {"table": "audit_entry", "column": "reason", "row": entry.object_id}
    try:
        return vault.open(bytes(entry.reason_sealed), scope=entry.centre_id, **place).decode()
    except VaultError:
        return ""
