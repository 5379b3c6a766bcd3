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
        self._turn_path = f"{database}.turn"
        self._timeout = timeout
        self._file: int | None = None
        self._turn: int | None = None
        self.held = False

    def acquire(self) -> bool:
        """False when another thread of this process kept the lock for longer than the time limit."""
        if not _at_the_front[self._path].acquire(timeout=self._timeout):
            return False
        try:
            self._wait_for_our_turn()
        except BaseException:
            _at_the_front[self._path].release()
            raise
        self.held = True
        return True

    def _wait_for_our_turn(self) -> None:
        """Whoever waits holds the turn, so that a busy process does not take the lock again before it."""
        if self._turn is None:
            self._turn = self._opened(self._turn_path)
        if self._file is None:
            self._file = self._opened(self._path)
        fcntl.flock(self._turn, fcntl.LOCK_EX)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX)
        finally:
            fcntl.flock(self._turn, fcntl.LOCK_UN)

    def release(self) -> None:
        if not self.held:
            return
        self.held = False
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        _at_the_front[self._path].release()

    def close(self) -> None:
        self.release()
        for file in (self._file, self._turn):
            if file is not None:
                os.close(file)
        self._file = self._turn = None

    def _opened(self, path: str) -> int:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
