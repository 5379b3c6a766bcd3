"""How fast tills are served, and a year of payments. `python -m bench.vouchers_redeeming [--quick] [database…]`.

The storm: many partial uses over forty shops, few vouchers used by many, one in ten asks for too much, one in a
hundred is asked twice. Over HTTP, through the JSON API, as a retailer's till asks. The 121 Platform redeems nothing.
"""

import argparse
import asyncio
import json
import random
from dataclasses import dataclass
from statistics import quantiles
from time import time
from typing import Any
from uuid import uuid4

from tests.faults.installation import Installation
from tests.faults.plan import raw_request
from tests.faults.posting import Connection, connect
from tests.faults.setting import server

from aidline.simulator.wire import Post

from .weighing import cpu_seconds

DATABASES = ("sqlite", "postgresql")
RATE = 300


@dataclass(frozen=True, slots=True)
class Storm:
    vouchers: int = 25_000
    uses: int = 20_000
    paced: int = 6_000
    shops: int = 40
    people: int = 1_000
    weeks: int = 52


QUICK = Storm(vouchers=500, uses=1_500, paced=600, people=60, weeks=52)


def measure(database: str, storm: Storm, *, with_year: bool = True) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with server(database) as (_cluster, url):
        made = Installation(
            database_url=url,
            provider_url="http://127.0.0.1:1",
            supervised=False,
            inside="bench.inside_redeeming",
        )
        try:
            made.prepare(history=False, agents=1)
            stock = made.ask("stock", vouchers=storm.vouchers, cents=2_000, shops=storm.shops)
            found["one thread without HTTP, uses /s"] = made.ask("alone", seconds=3)["per second"]
            made.start()
            made.wait_ready()
            calls = _calls(stock, storm)
            asyncio.run(_flood(made.port, calls[:300], 8))  # warm
            before = cpu_seconds(made.pids("web"))
            found |= _told("as fast as it goes", asyncio.run(_flood(made.port, calls[300 : storm.uses], 16)))
            spent = cpu_seconds(made.pids("web")) - before
            found["as fast as it goes: CPU ms of web a use"] = round(spent / (storm.uses - 300) * 1000, 2)
            found |= _told(f"{RATE} /s", asyncio.run(_pace(made.port, calls[storm.uses :], RATE)))
            found |= {f"books: {name}": value for name, value in made.ask("books").items()}
            made.stop()
            if with_year:
                year = made.ask("one_year", people=storm.people, weeks=storm.weeks)
                found |= {
                    f"{storm.weeks} weeks × {storm.people:,} people: {name}": year[name] for name in year
                }
        finally:
            made.close()
    return found


def _calls(stock: dict[str, Any], storm: Storm) -> list[bytes]:
    chance = random.Random(3)
    calls: list[bytes] = []
    while len(calls) < storm.uses + storm.paced:
        if calls and chance.random() < 0.01:
            calls.append(chance.choice(calls[-200:]))
            continue
        code = stock["codes"][int(len(stock["codes"]) * chance.random() ** 2)]
        cents = 5_000 if chance.random() < 0.1 else chance.choice((25, 40, 60, 100))
        calls.append(_call(chance.choice(stock["keys"]), code, cents))
    return calls


def _call(key: str, code: str, cents: int) -> bytes:
    headers = {
        "authorization": f"Bearer {key}",
        "idempotency-key": str(uuid4()),
        "content-type": "application/json",
    }
    post = Post(headers=headers, body=json.dumps({"code": code, "cents": cents}).encode())
    return raw_request("/api/v1/redemptions", post)


Taken = tuple[float, list[float], dict[int, int]]


async def _flood(port: int, calls: list[bytes], connections: int) -> Taken:
    waiting, took, answers = list(reversed(calls)), [], {}
    begun = time()

    async def lane() -> None:
        connection = await _connected(port)
        while waiting:
            connection = connection if connection.open else await _connected(port)
            await _one(connection, waiting.pop(), took, answers)
        connection.close()

    await asyncio.gather(*(lane() for _ in range(connections)))
    return time() - begun, took, answers


async def _pace(port: int, calls: list[bytes], rate: float) -> Taken:
    """Open loop: each call leaves at its time, whether or not those before it were answered."""
    free = [await _connected(port) for _ in range(64)]
    took: list[float] = []
    answers: dict[int, int] = {}
    tasks: set[asyncio.Task[None]] = set()
    begun = time()

    async def one(raw: bytes) -> None:
        connection = free.pop() if free else await _connected(port)
        connection = connection if connection.open else await _connected(port)
        await _one(connection, raw, took, answers)
        free.append(connection)

    for place, raw in enumerate(calls):
        await asyncio.sleep(max(0.0, begun + place / rate - time()))
        task = asyncio.ensure_future(one(raw))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    seconds = time() - begun
    for connection in free:
        connection.close()
    return seconds, took, answers


async def _connected(port: int) -> Connection:
    connection = await connect(port)
    assert connection, "the server is gone"
    return connection


async def _one(connection: Connection, raw: bytes, took: list[float], answers: dict[int, int]) -> None:
    begun = time()
    status = await connection.call(raw)
    took.append(time() - begun)
    answers[status] = answers.get(status, 0) + 1


def _told(name: str, taken: Taken) -> dict[str, Any]:
    seconds, took, answers = taken
    cut = quantiles(took, n=100)
    return {
        f"{name}: uses /s": round(len(took) / seconds),
        f"{name}: ms p50 / p95 / p99": " / ".join(f"{cut[place] * 1000:.1f}" for place in (49, 94, 98)),
        f"{name}: answers": dict(sorted(answers.items())),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.vouchers_redeeming", description=__doc__)
    parser.add_argument("databases", nargs="*", default=list(DATABASES))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--without-year", action="store_true")
    arguments = parser.parse_args()
    for database in arguments.databases:
        print(database)
        storm = QUICK if arguments.quick else Storm()
        for name, figure in measure(database, storm, with_year=not arguments.without_year).items():
            print(f"  {name:60} {figure}")


if __name__ == "__main__":
    main()
