"""New rows of the live table, in the order in which this process sees them.

A row is never missed for good: a lost connection is taken up where it broke off.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

from django.db import Error as DatabaseError
from django.db import connection
from django.db.models import Q

from aidline.conversations.live import CHANNEL
from aidline.conversations.models import LiveEvent
from aidline.gateway.wakes import wakes

log = logging.getLogger(__name__)

LOOK_EVERY = 0.05
AT_LEAST_EVERY = 2.0
AFTER_FAILURE = 1.0
GAP_SECONDS = 15.0
MOST_GAPS = 2_000
AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Change:
    id: int
    centre_id: UUID
    conversation_id: UUID | None
    staff_id: UUID | None
    kind: str


class Rows:
    """Reads what is new. PostgreSQL gives out ids before commit, so a lower id may appear after a higher one:
    every gap is asked for again, until it is filled or plainly belongs to a rollback."""

    def __init__(self) -> None:
        self._last = 0
        self._gaps: dict[int, float] = {}

    def recent(self, count: int) -> list[Change]:
        """For the start: the latest, so that streams may resume across a restart."""
        rows = _changes(LiveEvent.objects.order_by("-id")[:count])[::-1]
        self._last = rows[-1].id if rows else 0
        return rows

    def new(self) -> list[Change]:
        after = Q(id__gt=self._last)
        wanted = after | Q(id__in=list(self._gaps)) if self._gaps else after
        rows = _changes(LiveEvent.objects.filter(wanted).order_by("id")[:AT_ONCE])
        self._remember([row.id for row in rows])
        return rows

    def _remember(self, ids: list[int]) -> None:
        at = monotonic()
        for found in ids:
            self._gaps.pop(found, None)
            if found > self._last:
                missing = range(max(self._last + 1, found - MOST_GAPS), found)
                self._gaps.update(dict.fromkeys(missing, at))
                self._last = found
        self._gaps = {gap: since for gap, since in self._gaps.items() if at - since < GAP_SECONDS}


class Watcher(threading.Thread):
    """Calls `tell` with new rows until it is stopped, whatever the database does."""

    def __init__(self, tell: Callable[[Sequence[Change]], None], *, remember: int) -> None:
        super().__init__(name="live", daemon=True)
        self._tell = tell
        self._remember = remember
        self._ended = threading.Event()

    def stop(self) -> None:
        self._ended.set()

    def run(self) -> None:
        rows: Rows | None = None
        while not self._ended.is_set():
            try:
                rows = self._look(rows)
            except DatabaseError as error:
                log.warning("live updates wait for the database: %s", type(error).__name__)
                connection.close()
                self._ended.wait(AFTER_FAILURE)
        connection.close()

    def _look(self, rows: Rows | None) -> Rows:
        """Rows survive a lost connection, so that what was written meanwhile is told afterwards."""
        wait = wakes(CHANNEL, every=LOOK_EVERY, busy_every=LOOK_EVERY, at_least_every=AT_LEAST_EVERY)
        if rows is None:
            rows = Rows()
            self._tell(rows.recent(self._remember))
        while not self._ended.is_set():
            if found := rows.new():
                self._tell(found)
            wait(self._ended)
        return rows


def _changes(events: Iterable[LiveEvent]) -> list[Change]:
    return [Change(row.id, row.centre_id, row.conversation_id, row.staff_id, row.kind) for row in events]
