"""Sleeping until another process has written something.

On SQLite by looking at `data_version`, 3 µs a look; on PostgreSQL in LISTEN. Both wake now and then in any
case, so that a lost notification costs a moment and not a message (docs/decisions/0007-serving.md).
"""

import threading
from collections.abc import Callable
from time import monotonic

from django.db import connection

BUSY_SECONDS = 0.5  # for that long after a change, the next one is looked for more often

Wait = Callable[[threading.Event], None]


def wakes(*channels: str, every: float, busy_every: float, at_least_every: float) -> Wait:
    """A function that returns when there may be something new, for this thread and its own connection."""
    if connection.vendor == "postgresql":
        return _listening(channels, at_least_every)
    return _looking(every, busy_every, at_least_every)


def _looking(every: float, busy_every: float, at_least_every: float) -> Wait:
    seen = -1
    changed_at = 0.0

    def wait(ended: threading.Event) -> None:
        nonlocal seen, changed_at
        until = monotonic() + at_least_every
        while (at := monotonic()) < until and not ended.is_set():
            version = data_version()
            if version != seen:
                seen, changed_at = version, at
                return
            ended.wait(every if at - changed_at > BUSY_SECONDS else busy_every)

    return wait


def data_version() -> int:
    """Changes when another connection has committed anything. Only for connections that do not write."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return int(connection.connection.execute("PRAGMA data_version").fetchone()[0])


def _listening(channels: tuple[str, ...], at_least_every: float) -> Wait:
    with connection.cursor() as cursor:
        for channel in channels:
            cursor.execute(f"LISTEN {channel}")

    def wait(_ended: threading.Event) -> None:
        assert connection.connection is not None
        with connection.wrap_database_errors:
            for _ in connection.connection.notifies(timeout=at_least_every, stop_after=1):
                return

    return wait
