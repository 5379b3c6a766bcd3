"""`make bench`: every figure on both databases. `--quick` for a look, `--only` for some parts.

Messages and calls take under six minutes, vouchers (`--only vouchers`) some fifteen on two quiet cores.
"""

import argparse
import asyncio
import os
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import monotonic, sleep, time
from typing import Any

import uvloop
from tests.faults.installation import Installation
from tests.faults.setting import server

from . import figures, flows, load, raw, streams, telephone, vouchers, weighing

Figures = dict[str, Any]
DESK = "/c/port-merin/desk/"
VOUCHERS = "vouchers"


@dataclass(frozen=True, slots=True)
class Scale:
    runs: int = 3
    raw_seconds: float = 2.0
    calls: int = 12_000
    burst: int = 6_000
    paced_seconds: float = 6.0
    streams: int = 4_000
    page_seconds: float = 4.0


QUICK = Scale(
    runs=1, raw_seconds=0.5, calls=1_500, burst=1_000, paced_seconds=2.0, streams=200, page_seconds=1.0
)


def main() -> None:
    arguments = _arguments()
    scale = QUICK if arguments.quick else Scale()
    found: dict[str, Figures] = {}
    for database in arguments.databases:
        begun = monotonic()
        found[database] = _all(database, arguments.quick, scale, arguments.only)
        found[database]["bench took, s"] = round(monotonic() - begun)
        if not arguments.quick:
            figures.write(database, found[database])
    print(figures.table(found))


def _all(database: str, quick: bool, scale: Scale, only: Sequence[str]) -> Figures:
    found: Figures = {}
    if set(only) != {VOUCHERS}:
        found |= measure(database, scale, only)
    if not only or VOUCHERS in only:
        found |= vouchers.measure(database, quick=quick)
    return found


def measure(database: str, scale: Scale, only: Sequence[str]) -> Figures:
    with server(database) as (_cluster, url):
        made = Installation(
            database_url=url, provider_url="http://127.0.0.1:1", supervised=False, inside="bench.inside"
        )
        try:
            return _Bench(made, url, scale).all(only)
        finally:
            made.close()


class _Bench:
    def __init__(self, made: Installation, url: str, scale: Scale) -> None:
        self.made, self.url, self.scale = made, url, scale
        self.figures: Figures = {}

    def all(self, only: Sequence[str]) -> Figures:
        self.made.prepare(history=False)
        self.writer = load.Writer(self.made.lines["whatsapp_cloud"])
        self.cookies = self.made.ask("sign_in", count=max(2, -(-self.scale.streams // 10)))
        self.raw()
        self.made.start()
        self.made.wait_ready()
        self.warm_up()
        parts: list[Callable[[], None]] = [
            self.memory,
            self.saturated,
            self.paced,
            self.telephone,
            self.pages,
            self.many_streams,
            self.burst,
            self.flows,
        ]
        for part in parts:
            if not only or part.__name__ in only:
                part()
        return self.figures

    # --- parts -----------------------------------------------------------------------------------------

    def raw(self) -> None:
        """Before anything runs; again at the end of it all would tell how steady the machine is."""
        seconds, runs = self.scale.raw_seconds, self.scale.runs
        rate = (
            raw.postgresql_rate(self.url, seconds, runs)
            if self.url
            else raw.sqlite_rate(self.made.data, seconds, runs)
        )
        self.figures["raw single-row durable commits /s"] = round(rate)

    def warm_up(self) -> None:
        self._run(load.flood(self.made.port, self.writer.calls(300)))
        weighing.first_load(self.made.url, DESK, self.cookies[0])
        self._until_processed()

    def memory(self) -> None:
        """Web and worker; `aidline run` adds a supervisor of the standard library alone."""
        pids = [*self.made.pids("web"), *self.made.pids("worker")]
        self.figures["memory of web + worker, MB (PSS)"] = round(weighing.pss_kilobytes(pids) / 1024)

    def saturated(self) -> None:
        """Single-message calls over 128 connections, as fast as they are answered, until all are processed."""
        for batch, name in ((1, ""), (5, ", 5 messages a call")):
            rates = [self._saturated(batch) for _ in range(self.scale.runs if batch == 1 else 1)]
            self.figures[f"accepted /s while processing{name}"] = round(median(rate[0] for rate in rates))
            self.figures[f"wholly processed /s{name}"] = processed = round(median(rate[1] for rate in rates))
            self.figures[f"processed × raw{name}"] = round(
                processed / self.figures["raw single-row durable commits /s"], 2
            )

    def _saturated(self, batch: int) -> tuple[float, float]:
        calls = self.writer.calls(self.scale.calls // batch, batch)
        count = len(calls) * batch
        before = self._cpu()
        result = self._run(load.flood(self.made.port, calls))
        assert not result.failed, f"{result.failed} calls failed"
        ended = self._until_processed()
        if batch == 1:
            spent = [(after - was) / count * 1e6 for after, was in zip(self._cpu(), before, strict=True)]
            self.figures["CPU µs a message: web / worker / generator"] = " / ".join(
                f"{one:.0f}" for one in spent
            )
        return count / result.seconds, count / (ended - result.begun)

    def _cpu(self) -> list[float]:
        return [
            weighing.cpu_seconds(pids)
            for pids in (self.made.pids("web"), self.made.pids("worker"), [os.getpid()])
        ]

    def paced(self) -> None:
        for rate in (1000, 100):
            self._paced(rate)

    def _paced(self, rate: int) -> None:
        """One screen is open; times from the moment a call leaves to its row, and to the hint on the screen."""
        screen = streams.Screen()

        async def go() -> load.Result:
            assert await screen.open(self.made.port, self.cookies[0])
            result = await load.pace(self.made.port, calls, rate)
            await asyncio.sleep(1)
            screen.close()
            return result

        calls = self.writer.calls(int(rate * self.scale.paced_seconds))
        result = self._run(go())
        self._until_processed()
        seen = self.made.ask("seen", since=result.begun)
        self.figures[f"webhook answer at {rate}/s, ms p50/p95/p99"] = figures.quantiles(result.took)
        rows, hints = dict(seen["messages"]), _by_conversation(seen["hints"])
        processed = _first_after(result.posted_at, rows, hints)
        on_screen = _first_after(processed, rows, _by_conversation(screen.heard))
        for name, times in (("processed", processed), ("screen", on_screen)):
            delays = [at - result.posted_at[message] for message, at in times.items()]
            self.figures[f"to {name} at {rate}/s, ms p50/p95/p99"] = figures.quantiles(delays)

    def telephone(self) -> None:
        """Callers who are answered, choose and wait, beside an idle worker; what a provider waits for."""
        line = telephone.Line(**self.made.ask("phone_line"))
        sleep(6)  # until the hooks know the new channel
        seconds = 2 * self.scale.paced_seconds
        self._run(telephone.pace(self.made.port, line, 20, 2))
        result = self._run(telephone.pace(self.made.port, line, 50, seconds))
        assert not result.failed, f"{result.failed} requests were not answered with a script"
        self.figures["call webhook at 50/s, ms p50/p95/p99"] = figures.quantiles(result.took)

    def pages(self) -> None:
        sizes = weighing.first_load(self.made.url, DESK, self.cookies[0])
        self.figures["first desk load, KB compressed"] = round(sum(sizes.values()) / 1024, 1)
        self.figures["requests of the first desk load"] = len(sizes)
        talk = f"{DESK}{self.made.ask('a_talk')}/"
        for name, path in (("desk", DESK), ("conversation", talk)):
            count, took = self._run(
                weighing.page_rate(self.made.port, path, self.cookies[0], self.scale.page_seconds)
            )
            self.figures[f"{name} pages /s"] = round(count / self.scale.page_seconds, 1)
            self.figures[f"{name} page, ms p50/p95/p99, 4 readers"] = figures.quantiles(took)

    def many_streams(self) -> None:
        web = self.made.pids("web")
        before = weighing.pss_kilobytes(web)

        async def go() -> None:
            begun = monotonic()
            screens, refused = await streams.open_many(self.made.port, self.cookies, 10)
            self.figures["streams open (refused)"] = f"{len(screens)} ({refused})"
            self.figures["seconds to open them"] = round(monotonic() - begun, 1)
            self.figures["KB a stream"] = round(
                (weighing.pss_kilobytes(web) - before) / max(1, len(screens)), 1
            )
            spread = [await self._spread(screens, call) for call in self.writer.calls(8)]
            self.figures["one message to all streams, ms p50/p95/p99"] = figures.quantiles(
                [one for row in spread[2:] for one in row]
            )
            for screen in screens:
                screen.close()

        self._run(go())
        sleep(2)

    async def _spread(self, screens: list[streams.Screen], call: load.Call) -> list[float]:
        begun = time()
        await load.flood(self.made.port, [call], connections=1)
        for _ in range(100):
            await asyncio.sleep(0.05)
            if all(screen.last > begun for screen in screens):
                break
        await asyncio.sleep(0.2)
        return [screen.last - begun for screen in screens if screen.last > begun]

    def burst(self) -> None:
        """Accepted with no worker running; then what the worker alone does with all that waits."""
        self.made.kill(["worker"])
        accepted, drained = [], []
        for _ in range(self.scale.runs):
            calls = self.writer.calls(self.scale.burst)
            result = self._run(load.flood(self.made.port, calls))
            assert not result.failed
            accepted.append(len(calls) / result.seconds)
        self.figures["accepted /s in a burst"] = round(median(accepted))
        waiting = self.scale.burst * self.scale.runs
        self.made.start()
        sleep(0.1)
        begun = self._first_processed()
        drained.append(waiting / (self._until_processed() - begun))
        self.figures["worker alone, processed /s"] = round(median(drained))

    def flows(self) -> None:
        """The engine by itself, in this process; `calls` and chats stand on it."""
        self.figures |= flows.measure(self.scale.raw_seconds, self.scale.runs)

    # --- waiting ---------------------------------------------------------------------------------------

    def _first_processed(self) -> float:
        """The moment the worker has come up and taken its first batch."""
        waiting = self.made.ask("counts")["pending"]
        while self.made.ask("counts")["pending"] == waiting:
            sleep(0.02)
        return time()

    def _until_processed(self) -> float:
        until = time() + 120
        while time() < until:
            if not self.made.ask("busy"):
                return time()
            sleep(0.02)
        raise TimeoutError("deliveries are not processed")

    def _run(self, work: Any) -> Any:
        return uvloop.run(work)


def _by_conversation(rows: Sequence[Sequence[Any]]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for conversation, at in rows:
        found.setdefault(conversation, []).append(at)
    return found


def _first_after(
    since: dict[str, float], rows: dict[str, str], told: dict[str, list[float]]
) -> dict[str, float]:
    """For each message the first word of its conversation, or of everything, since its time."""
    found = {}
    for message, at in since.items():
        times = (_next(told.get(rows.get(message, ""), []), at), _next(told.get(streams.EVERYTHING, []), at))
        known = [time for time in times if time is not None]
        if known:
            found[message] = min(known)
    return found


def _next(times: Sequence[float], after: float) -> float | None:
    place = bisect_left(times, after)
    return times[place] if place < len(times) else None


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--quick", action="store_true", help="small and rough; results are not kept")
    parser.add_argument(
        "--only",
        nargs="*",
        default=[],
        help="saturated, paced, telephone, pages, many_streams, burst, memory, flows, vouchers",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
