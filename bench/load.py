"""Signed webhook calls made beforehand, and posted as fast as they are answered or at a given pace."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import time

from tests.faults.lines import Line
from tests.faults.plan import Said, body_of, raw_request
from tests.faults.posting import Connection, connect

CONNECTIONS = 128
WORDS = (
    "Good morning, where is the office?",
    "صباح الخير، أين المكتب؟",
    "Bonjour, je cherche un médecin",
    "Добрий день",
)


@dataclass(frozen=True, slots=True)
class Call:
    raw: bytes
    ids: tuple[str, ...]


@dataclass(slots=True)
class Result:
    """Times are wall clock, to be compared with those of rows."""

    begun: float = 0.0
    ended: float = 0.0
    posted_at: dict[str, float] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    failed: int = 0

    @property
    def seconds(self) -> float:
        return self.ended - self.begun


class Writer:
    """Single-message calls of WhatsApp by default; `batch` puts several people's messages into one call."""

    def __init__(self, line: Line, people: int = 2000, seed: int = 7) -> None:
        self._line, self._people, self._dice = line, people, random.Random(seed)
        self._number = 0
        self._start = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=12)

    def calls(self, count: int, batch: int = 1) -> list[Call]:
        return [self._call(batch) for _ in range(count)]

    def _call(self, batch: int) -> Call:
        said = [self._say() for _ in range(batch)]
        return Call(
            raw_request(self._line.path, body_of(self._line, said)), tuple(one.external_id for one in said)
        )

    def _say(self) -> Said:
        self._number += 1
        person = f"+3363998{self._dice.randrange(self._people):04d}"
        at = self._start + timedelta(seconds=self._number % 40_000)
        text = f"{self._dice.choice(WORDS)} {self._number}"
        return Said(
            "whatsapp_cloud",
            f"wamid.B{self._number:09d}{self._dice.randbytes(12).hex()}",
            person,
            text,
            at,
            0,
        )


async def flood(port: int, calls: Sequence[Call], connections: int = CONNECTIONS) -> Result:
    """As fast as they are answered."""
    waiting = list(reversed(calls))
    result = Result(begun=time())

    async def lane() -> None:
        connection = await _connected(port)
        while waiting:
            await _one(connection, waiting.pop(), result)
        connection.close()

    await asyncio.gather(*(lane() for _ in range(connections)))
    result.ended = time()
    return result


async def pace(port: int, calls: Sequence[Call], rate: float) -> Result:
    """Open loop: each call leaves at its time, whether or not those before it were answered."""
    free: list[Connection] = [await _connected(port) for _ in range(CONNECTIONS)]
    result, tasks = Result(begun=time()), set()

    async def one(call: Call) -> None:
        connection = free.pop() if free else await _connected(port)
        await _one(connection, call, result)
        free.append(connection)

    for place, call in enumerate(calls):
        await asyncio.sleep(max(0.0, result.begun + place / rate - time()))
        task = asyncio.ensure_future(one(call))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    result.ended = time()
    for connection in free:
        connection.close()
    return result


async def _connected(port: int) -> Connection:
    connection = await connect(port)
    assert connection, "the server is gone"
    return connection


async def _one(connection: Connection, call: Call, result: Result) -> None:
    begun = time()
    status = await connection.call(call.raw)
    result.took.append(time() - begun)
    result.failed += status != 200
    for message in call.ids:
        result.posted_at[message] = begun
