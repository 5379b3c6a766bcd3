"""One writer at a time, across threads and processes, woken by the kernel.

SQLite's own busy handler sleeps and guesses: four writing threads reached a quarter of the rate of one
(docs/decisions/0005-sqlite-and-postgresql.md). Threads of one process queue on a lock with a time limit;
the one at the front waits for the other processes in `flock`, which the kernel releases when they die.
"""

import fcntl
import os
import threading
from collections import defaultdict

_at_the_front: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


class WriterLock:
    """Of one connection; not re-entrant. `held` tells whether this connection is the writer."""

    def __init__(self, database: str, timeout: float) -> None:
        self._path = f"{database}.writer"
        self._timeout = timeout
        self._file: int | None = None
        self.held = False

    def acquire(self) -> bool:
        """False when another thread of this process kept the lock for longer than the time limit."""
        if not _at_the_front[self._path].acquire(timeout=self._timeout):
            return False
        try:
            fcntl.flock(self._open(), fcntl.LOCK_EX)
        except BaseException:
            _at_the_front[self._path].release()
            raise
        self.held = True
        return True

    def release(self) -> None:
        if not self.held:
            return
        self.held = False
        fcntl.flock(self._open(), fcntl.LOCK_UN)
        _at_the_front[self._path].release()

    def close(self) -> None:
        self.release()
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self) -> int:
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._file
