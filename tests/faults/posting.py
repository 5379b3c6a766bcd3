"""A provider's side of webhooks: calls in lanes, each sent again until it is answered with success."""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import cast

from .plan import Call

ANSWER_SECONDS = 15.0
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 0.4  # seconds; a provider waits longer, a test does not
FINAL = frozenset({400, 401, 403, 404, 405, 413})


class Connection(asyncio.Protocol):
    """One call at a time over one kept connection; as little work as possible per call."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[int] | None = None
        self._buffer = b""

    @property
    def open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found or len(rest) < _length(head):
            return
        self._buffer = b""
        if self._answer and not self._answer.done():
            self._answer.set_result(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._answer and not self._answer.done():
            self._answer.set_result(0)

    async def call(self, raw: bytes) -> int:
        assert self._transport
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(raw)
        return await self._answer

    def close(self) -> None:
        if self._transport:
            self._transport.close()


def _length(head: bytes) -> int:
    lowered = head.lower()
    place = lowered.find(b"content-length:")
    if place < 0:
        return 0
    return int(lowered[place + 15 :].split(b"\r\n", 1)[0])


async def connect(port: int) -> Connection | None:
    loop = asyncio.get_running_loop()
    try:
        _, connection = await loop.create_connection(Connection, "127.0.0.1", port)
    except OSError:
        return None
    return connection


@dataclass(slots=True)
class Tally:
    """What the posting side knows."""

    acked: int = 0
    acked_calls: list[Call] = field(default_factory=list)
    refused: list[tuple[int, Call]] = field(default_factory=list)
    again: int = 0  # calls that had to be made again
    unavailable: int = 0  # answers with 503
    slowest: float = 0.0


class Post:
    """All lanes of one run. A call is over when it was answered with 2xx, or refused for good."""

    def __init__(self, port: int, lanes: int, *, seed: int = 1) -> None:
        self.port = port
        self.tally = Tally()
        self._queues: list[deque[Call]] = [deque() for _ in range(lanes)]
        self._filled = [asyncio.Event() for _ in range(lanes)]
        self._dice = random.Random(seed)
        self._open = 0
        self._over = asyncio.Event()
        self.on_acked: Callable[[], None] | None = None

    def put(self, calls: Iterable[Call]) -> None:
        for call in calls:
            self._open += 1
            self._queues[call.lane].append(call)
            self._filled[call.lane].set()

    @property
    def waiting(self) -> int:
        return self._open

    async def run(self) -> None:
        """Until `end`; each lane keeps its connection."""
        await asyncio.gather(*(self._lane(number) for number in range(len(self._queues))))

    def end(self) -> None:
        self._over.set()
        for filled in self._filled:
            filled.set()

    async def _lane(self, number: int) -> None:
        connection: Connection | None = None
        for call in self._calls(number):
            if call is None:
                await self._filled[number].wait()
                continue
            connection = await self._until_answered(call, connection)
        if connection:
            connection.close()

    def _calls(self, number: int) -> Iterator[Call | None]:
        queue, filled = self._queues[number], self._filled[number]
        while not self._over.is_set():
            if queue:
                yield queue.popleft()
            else:
                filled.clear()
                yield None

    async def _until_answered(self, call: Call, connection: Connection | None) -> Connection | None:
        pause = FIRST_PAUSE
        while not self._over.is_set():
            if connection is None or not connection.open:
                connection = await connect(self.port)
            status = await self._once(call, connection) if connection else 0
            if 200 <= status < 300 or status in FINAL:
                self._note(call, status)
                break
            self.tally.again += 1
            self.tally.unavailable += status == 503
            await asyncio.sleep(self._dice.uniform(0.01, pause))
            pause = min(LONGEST_PAUSE, pause * 2)
        return connection

    async def _once(self, call: Call, connection: Connection) -> int:
        begun = monotonic()
        try:
            status = await asyncio.wait_for(connection.call(call.raw), ANSWER_SECONDS)
        except TimeoutError:
            connection.close()
            status = 0
        self.tally.slowest = max(self.tally.slowest, monotonic() - begun)
        return status

    def _note(self, call: Call, status: int) -> None:
        self._open -= 1
        if status in FINAL:
            self.tally.refused.append((status, call))
            return
        self.tally.acked += 1
        self.tally.acked_calls.append(call)
        if self.on_acked:
            self.on_acked()
