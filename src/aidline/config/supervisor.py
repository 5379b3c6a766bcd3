"""`aidline run`: one process tree. Starts web and worker, starts them again when they end, and ends with them.

It sets up neither Django nor the database, so that it is small and has little to fail at. Each child holds the
reading end of a pipe; when this process is gone, however it went, the pipe ends and the child does too.
"""

import logging
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from socket import AF_INET, AF_INET6, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, create_connection, socket
from time import monotonic
from types import FrameType

from aidline.config.environment import Environment, SettingError

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 30.0
STEADY_SECONDS = 60.0
GRACE_SECONDS = 12.0
ORPHAN_GRACE_SECONDS = 12.0
FIRST_SECONDS = 10.0


@dataclass(slots=True)
class Child:
    """One process of ours, and when to start it (again)."""

    role: str
    process: "subprocess.Popen[bytes] | None" = None
    begun: float = 0.0
    falls: int = 0
    start_at: float = 0.0

    def fallen(self, at: float) -> None:
        steady = at - self.begun > STEADY_SECONDS
        self.falls = 0 if steady else self.falls + 1
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2**self.falls)
        self.start_at = at + longest * random.uniform(0.5, 1)  # noqa: S311 (not a secret)
        self.process = None


class Supervisor:
    def __init__(self, roles: Sequence[str], bind: tuple[str, int]) -> None:
        self._children = [Child(role) for role in roles]
        self._bind = bind
        self._first_until = monotonic() + FIRST_SECONDS
        self._ended = threading.Event()
        self._alive, self._kept = os.pipe()

    def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self._ended.is_set():
            for child in self._children:
                self._look_after(child)
            self._ended.wait(0.1)
        return self._end_all()

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._ended.set()

    def _look_after(self, child: Child) -> None:
        at = monotonic()
        if child.process and child.process.poll() is not None:
            log.warning("%s ended with code %s and is started again", child.role, child.process.returncode)
            child.fallen(at)
        if child.process is None and at >= child.start_at and self._may_start(child, at):
            child.begun = at
            child.process = self._start(child.role)

    def _may_start(self, child: Child, at: float) -> bool:
        """Workers after the first answer of web: in practice they call the look-alikes there at once."""
        return child.role == "web" or at > self._first_until or answers(self._bind)

    def _start(self, role: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "aidline.config", role, "--parent", str(self._alive)]
        # A process group of its own: Ctrl+C reaches us, and we end the children in order.
        return subprocess.Popen(command, pass_fds=[self._alive], start_new_session=True)  # noqa: S603

    def _end_all(self) -> int:
        running = [child.process for child in self._children if child.process]
        for process in running:
            process.terminate()
        until = monotonic() + GRACE_SECONDS
        for process in running:
            try:
                process.wait(max(0.0, until - monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
        return 0


def supervise(environment: Environment) -> int:
    require_free(environment.bind)
    workers = environment.workers if environment.database.path is None else 1
    return Supervisor(["web", *["worker"] * workers], environment.bind).run()


def require_free(bind: tuple[str, int]) -> None:
    """Said once and clearly here, rather than by a child that is started again and again."""
    family = AF_INET6 if ":" in bind[0] else AF_INET
    with closing(socket(family, SOCK_STREAM)) as probe:
        probe.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        try:
            probe.bind(bind)
        except OSError as error:
            problem = f"{bind[0]}:{bind[1]} cannot be used ({error.strerror})"
            raise SettingError(
                "AIDLINE_BIND", problem, "Stop what uses it, or choose another port."
            ) from None


def answers(bind: tuple[str, int]) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind[0], bind[0])  # noqa: S104 (not bound, looked for)
    try:
        create_connection((host, bind[1]), timeout=0.5).close()
    except OSError:
        return False
    return True


def end_with_parent(pipe: int) -> None:
    """In a child: when the supervisor is gone, end as if asked to; if that does not help, end."""
    threading.Thread(target=_watch_parent, args=(pipe,), name="parent", daemon=True).start()


def _watch_parent(pipe: int) -> None:
    os.read(pipe, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(ORPHAN_GRACE_SECONDS)
    os._exit(1)
