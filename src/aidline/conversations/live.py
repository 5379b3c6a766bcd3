"""Telling open screens that something changed, inside the transaction that changed it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from aidline.conversations.models import LiveEvent
from aidline.kernel.clock import now
from aidline.kernel.rows import insert

_COLUMNS = ("centre_id", "conversation_id", "staff_id", "kind", "at")
CHANNEL = "aidline_live"  # PostgreSQL notification channel; sent once per transaction


@dataclass(frozen=True, slots=True)
class Hint:
    """`kind`: message, state, queue, looking, presence or mention."""

    centre_id: UUID
    kind: str
    conversation_id: UUID | None = None
    staff_id: UUID | None = None


def tell(hints: Iterable[Hint]) -> None:
    at = now()
    rows = [
        (hint.centre_id, hint.conversation_id, hint.staff_id, hint.kind, at) for hint in dict.fromkeys(hints)
    ]
    if rows:
        insert(LiveEvent, _COLUMNS, rows)
        wake()


def wake() -> None:
    """On PostgreSQL other processes are woken at commit; on SQLite they look at `data_version`."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")
