"""The worker process: takes deliveries in, sends messages out, runs jobs and what is due again and again.

Each kind of work has its own loop, so that a slow provider holds up sending and nothing else. All loops are
woken by one watcher of the database and look by themselves now and then.
"""

import fcntl
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from types import FrameType
from uuid import UUID

from django.db import Error as DatabaseError
from django.db import connection, connections

from aidline import vault
from aidline.config.duties import AFTER_DEATH, JOBS, PERIODIC
from aidline.config.environment import Environment, SettingError
from aidline.conversations.live import CHANNEL
from aidline.flows.entrances import TURN
from aidline.gateway import inbound, outbound, polling, spool, unwanted
from aidline.gateway.deliveries import WORK
from aidline.gateway.vouchers import balances, issuing
from aidline.gateway.wakes import Wait, wakes
from aidline.jobs.services import beat
from aidline.jobs.work import run_due, run_periodic
from aidline.language.transcribing import TRANSCRIBE
from aidline.outreach.release import tend
from aidline.outreach.services import start_due

log = logging.getLogger(__name__)

LOOK_EVERY, LOOK_BUSY_EVERY = 0.05, 0.01
AT_LEAST_EVERY = 1.0
BEAT_SECONDS = 10.0
SENDERS = 8
SEND_EVERY = 0.4  # seconds: less than the lead in line that a reply has over a broadcast
BROADCASTERS, BROADCASTS_AHEAD = 4, 28  # senders of broadcasts, and what lies ready for them
JOB_LOOPS = 2
LOOKERS = 2  # for what keeps a hand busy for minutes:
# mailboxes on slow lines, voicemails on slow machines, balances of thousands of cards
SLOW = (polling.POLL, TRANSCRIBE, balances.LOOK)
GATHER_SECONDS = 0.04
GRACE_SECONDS = 8.0
AFTER_OUTAGE = 1.0


Due = Callable[[int], list[UUID]]


@dataclass(slots=True)
class Loop:
    """`do` returns how much it did; after nothing the loop sleeps until it is woken or `at_least` is over.

    `rest` is slept through in any case then, so that one busy kind of work does not drive the others. `gather` is
    slept after a round that did something: what came meanwhile is one larger batch, at half the cost a message,
    and on SQLite webhooks are written in the meantime (docs/benchmarks.md).
    """

    name: str
    do: Callable[[], int]
    rest: float
    at_least: float
    gather: float = 0.0
    woken: threading.Event = field(default_factory=threading.Event)

    def run(self, ended: threading.Event) -> None:
        while not ended.is_set():
            done = self._round(ended)
            if not done:
                ended.wait(self.rest)
                self.woken.wait(self.at_least)
            elif done < inbound.AT_ONCE:
                ended.wait(self.gather)
            self.woken.clear()
        connections.close_all()

    def _round(self, ended: threading.Event) -> int:
        try:
            return self.do()
        except DatabaseError as error:
            log.warning("%s waits for the database: %s", self.name, type(error).__name__)
            connection.close()
        except Exception:
            log.exception("%s failed", self.name)
        ended.wait(AFTER_OUTAGE)
        return 1


class Sender:
    """Hands messages that are due to a few threads, which may each wait for a provider.

    `ahead`: so many are handed out beside those at work. Broadcasts have a sender of their own, so that a reply
    finds a free hand whatever else goes out.
    """

    def __init__(
        self, finished: Callable[[], None], due: Due | None = None, hands: int = SENDERS, ahead: int = SENDERS
    ) -> None:
        self._due = due or outbound.due
        self._pool = ThreadPoolExecutor(hands, thread_name_prefix="send")
        self._most = hands + ahead
        self._at_work: set[UUID] = set()
        self._finished = finished

    def hand_out(self) -> int:
        free = self._most - len(self._at_work)
        if free <= 0:
            return 0
        due = self._due(free + len(self._at_work))
        fresh = [message for message in due if message not in self._at_work][:free]
        for message in fresh:
            self._at_work.add(message)
            self._pool.submit(self._send, message)
        return len(fresh)

    def _send(self, message: UUID) -> None:
        try:
            outbound.send(message)
        except DatabaseError as error:
            log.warning("sending waits for the database: %s", type(error).__name__)
            connection.close()
        except Exception:
            log.exception("sending failed")
        finally:
            self._at_work.discard(message)
            self._finished()

    def stop(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


class Worker:
    def __init__(self, name: str) -> None:
        self._name = name
        self._ended = threading.Event()
        self._sender = Sender(self._wake_sending)
        self._sending = Loop("sending", self._sender.hand_out, 0.1, SEND_EVERY)
        self._broadcaster = Sender(
            self._wake_broadcasting, outbound.due_broadcasts, BROADCASTERS, BROADCASTS_AHEAD
        )
        self._broadcasting = Loop("broadcasting", self._broadcaster.hand_out, 0.1, SEND_EVERY)
        self._loops = [
            Loop("inbound", inbound.drain, 0.0, 2.0, gather=GATHER_SECONDS),
            self._sending,
            *(Loop(f"jobs {n}", _run_a_job, 0.1, 2.0 * n) for n in range(1, JOB_LOOPS + 1)),
            Loop("answering", _answer, 0.05, 2.0),
            *(Loop(f"looking {n}", _look, 0.1, 2.0 * n) for n in range(1, LOOKERS + 1)),
            self._broadcasting,
            Loop("releasing", _release, 0.25, 0.5),
            Loop("paying", issuing.tend, 0.25, 1.0),
            Loop("periodic", _run_periodic, 1.0, 1.0),
            Loop("spool", spool.bring_in, 1.0, 2.0),
            Loop("heartbeat", self._beat, BEAT_SECONDS / 2, BEAT_SECONDS),
        ]

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        self._ended.set()
        for loop in self._loops:
            loop.woken.set()

    def run(self) -> None:
        threads = [
            threading.Thread(target=loop.run, args=(self._ended,), name=loop.name, daemon=True)
            for loop in self._loops
        ]
        for thread in threads:
            thread.start()
        self._watch()
        self._drain(threads)

    def _watch(self) -> None:
        while not self._ended.is_set():
            try:
                wait = _wakes()
                while not self._ended.is_set():
                    wait(self._ended)
                    self._wake()
            except DatabaseError:
                connection.close()
                self._ended.wait(AFTER_OUTAGE)

    def _wake(self) -> None:
        for loop in self._loops[: 3 + JOB_LOOPS + LOOKERS]:
            loop.woken.set()

    def _wake_sending(self) -> None:
        self._sending.woken.set()

    def _wake_broadcasting(self) -> None:
        self._broadcasting.woken.set()

    def _drain(self, threads: list[threading.Thread]) -> None:
        """What has begun is finished; what was not begun is in its row."""
        until = monotonic() + GRACE_SECONDS
        for sender in (self._sender, self._broadcaster):
            sender.stop()
        for thread in threads:
            thread.join(max(0.0, until - monotonic()))

    def _beat(self) -> int:
        beat(self._name, os.getpid())
        return 0


def work(environment: Environment) -> None:
    lock = only_one(environment) if environment.database.path else None
    vault.check_root()
    vault.warm()
    worker = Worker(f"worker {socket.gethostname()} {os.getpid() if lock is None else ''}".strip())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, worker.stop)
    worker.run()


def only_one(environment: Environment) -> int:
    """SQLite has one writer at a time; a second worker would only wait for the first."""
    environment.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = Path(environment.data, "worker.lock")
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SettingError(
            "AIDLINE_DATABASE_URL", "is SQLite, and a worker runs already", "Stop it, or use PostgreSQL."
        ) from None
    return lock


def _wakes() -> Wait:
    return wakes(WORK, CHANNEL, every=LOOK_EVERY, busy_every=LOOK_BUSY_EVERY, at_least_every=AT_LEAST_EVERY)


def _run_a_job() -> int:
    return run_due(JOBS, AFTER_DEATH, limit=1, but=(*SLOW, TURN))


def _answer() -> int:
    """A person who answered a menu waits behind no translation and no file."""
    return run_due(JOBS, AFTER_DEATH, limit=1, only=(TURN,))


def _look() -> int:
    return run_due(JOBS, AFTER_DEATH, limit=1, only=SLOW)


def _release() -> int:
    """Broadcasts, a little at a time; where there are none these are three looks at small indexes and no write."""
    unwanted.refuse()
    start_due()
    return tend()


def _run_periodic() -> int:
    run_periodic(PERIODIC)
    return 0
