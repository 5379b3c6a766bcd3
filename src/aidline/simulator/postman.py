"""Carries webhooks to our own address after a while, one after the other, as the provider would over the net.

In memory only: practice that is switched off forgets what was on its way, like a phone that was switched off.
"""

import heapq
import logging
import threading
import time
from collections.abc import Callable
from itertools import count

from django.db import close_old_connections, connection

log = logging.getLogger(__name__)

Job = Callable[[], object]


class Postman:
    """One thread; started by the first job, idle without a connection to the database."""

    def __init__(self) -> None:
        self._jobs: list[tuple[float, int, Job]] = []
        self._order = count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def after(self, seconds: float, job: Job) -> None:
        with self._changed:
            heapq.heappush(self._jobs, (time.monotonic() + seconds, next(self._order), job))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="postman", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _run(self) -> None:
        while True:
            job = self._next()
            try:
                job()
            except Exception as problem:
                log.warning("a practice webhook was not carried: %s", type(problem).__name__)

    def _next(self) -> Job:
        """Waits for the next job to be due. The connection is given back before a long wait."""
        with self._changed:
            while True:
                wait = self._jobs[0][0] - time.monotonic() if self._jobs else 60.0
                if wait <= 0:
                    close_old_connections()
                    return heapq.heappop(self._jobs)[2]
                if wait > 1:
                    connection.close()
                self._changed.wait(wait)


postman = Postman()


def after(seconds: float, job: Job) -> None:
    postman.after(seconds, job)
