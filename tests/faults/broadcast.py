"""A broadcast to very many, killed again and again, stopped and resumed, with people saying STOP in between.

What must hold: nobody gets it twice, nobody who does not want it gets it, and the report adds up to the audience.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from aidline.simulator.lookalikes.shapes import Taken

from .checks import Evidence
from .installation import DatabaseAway, Installation
from .provider import Provider
from .run import Report, Run, Size
from .setting import installation, server

STOPPING = 1.0  # seconds in which calls that were under way at the stop come home
SAYING_STOP = 20


@dataclass(frozen=True, slots=True)
class Broadcasting:
    audience: int
    kills: int
    told: float = 1.0  # of how many the providers say what became of them
    garbled: float = 0.02
    seed: int = 1
    patience: int = (
        600  # seconds until all has to be at rest; what a planted fault keeps going is ended sooner
    )


@dataclass(slots=True)
class Standing:
    """All that is known of a broadcast afterwards."""

    audience: int
    report: Mapping[str, Any]
    recipients: Sequence[Mapping[str, Any]]
    taken: Mapping[str, int]  # by address
    never: frozenset[str]  # addresses that must not have got it
    after_stop: int = 0
    settled: frozenset[str] = field(default=frozenset(("sent", "delivered", "read", "failed", "unknown")))


class BroadcastRun(Run):
    def __init__(self, made: Installation, provider: Provider, size: Broadcasting) -> None:
        super().__init__(made, provider, Size(0, size.kills, 0, seed=size.seed, garbled=size.garbled))
        self.broadcast = size
        self.by_address: Counter[str] = Counter()
        self.never: set[str] = set()
        self.after_stop = 0

    def hear(self, taken: Taken) -> None:
        self.by_address["+" + taken.to.lstrip("+")] += 1
        if self._dice.random() < self.broadcast.told:
            super().hear(taken)
        else:
            own = taken.opaque or taken.callback.partition("message=")[2].partition("&")[0]
            self.taken[own] += 1

    @property
    def reached(self) -> int:
        return sum(self.by_address.values())

    async def _through(self, during: Any) -> bool:
        begun = await asyncio.to_thread(self.installation.ask, "begin", audience=self.broadcast.audience)
        self.facts["audience"] = begun["audience"]
        self.never.update(begun["never"])
        at = monotonic()
        await asyncio.to_thread(self.installation.wait_ready)
        await asyncio.gather(self._kill(), self._say_stop(0.3), self._stop_and_go_on(0.5))
        drained = await self.drain(self.broadcast.patience)
        self.facts["minutes"] = round((monotonic() - at) / 60, 1)
        return drained

    async def _kill(self) -> None:
        for point in self._points():
            await self._until(point)
            await asyncio.to_thread(self._kill_one)
        await asyncio.to_thread(self.installation.start)

    def _points(self) -> list[int]:
        """So many have been reached; the last kills fall among the last ones."""
        expected = self.broadcast.audience * 0.9
        return sorted(int(expected * self._dice.uniform(0.02, 0.98)) for _ in range(self.broadcast.kills))

    async def _until(self, reached: int) -> None:
        """Or until it has taken too long: that they were never reached is for the judge to tell."""
        end = monotonic() + self.broadcast.patience
        while self.reached < reached and monotonic() < end:
            await asyncio.to_thread(self.installation.start)
            await asyncio.sleep(0.02)

    async def _say_stop(self, share: float) -> None:
        await self._until(int(self.broadcast.audience * share))
        self.never.update(await self._asked("say_stop", count=SAYING_STOP))

    async def _stop_and_go_on(self, share: float) -> None:
        await self._until(int(self.broadcast.audience * share))
        self.facts["held back"] = await self._asked("stop")
        await asyncio.sleep(STOPPING)
        before = self.reached
        await asyncio.sleep(STOPPING)
        self.after_stop = self.reached - before
        await self._asked("go_on")

    async def _asked(self, verb: str, **more: Any) -> Any:
        """Again while the database has no time."""
        for _ in range(50):
            with suppress(DatabaseAway):
                return await asyncio.to_thread(self.installation.ask, verb, **more)
            await asyncio.sleep(0.2)
        raise DatabaseAway(verb)

    def _at_rest(self) -> bool:
        with suppress(DatabaseAway):
            calm = super()._at_rest()
            return calm and self.installation.ask("standing")["state"] == "fi"
        return False

    def evidence(self) -> Evidence:
        """But for what is meant to be so: talks from before, and what was held back and let go again."""
        evidence = super().evidence()
        evidence.rows = [row for row in evidence.rows if not _is_meant(row)]
        return evidence

    def judge(self) -> Report:
        report = super().judge()
        standing = Standing(
            audience=self.facts["audience"],
            report=self.installation.ask("standing"),
            recipients=self.installation.ask("recipients"),
            taken=self.by_address,
            never=frozenset(self.never),
            after_stop=self.after_stop,
        )
        report.faults += faults(standing)
        report.facts |= {"reached": len(self.by_address), "fates": standing.report["fates"]}
        return report


def _is_meant(row: Mapping[str, Any]) -> bool:
    if row["is"] == "conversation":
        return bool(row["last_seq"] == 0)
    return row["is"] == "change" and (row["old"], row["new"]) == ("ca", "qu")


# --- what must hold --------------------------------------------------------------------------------------


def faults(standing: Standing) -> list[str]:
    return [
        *(f"got it twice: {times} times" for times in standing.taken.values() if times > 1),
        *(f"unwanted: {address[-4:]} got it" for address in standing.never if standing.taken.get(address)),
        *_report(standing),
        *_recipients(standing),
        *([f"after the stop: {standing.after_stop} left"] if standing.after_stop else []),
    ]


def _report(standing: Standing) -> Iterable[str]:
    report = standing.report
    sizes = {standing.audience, report["audience"], report["rows"], report["total"]}
    if len(sizes) > 1:
        yield f"does not add up: {report} for {standing.audience}"
    for open_end in ("pending", "leaving", "held"):
        if report["fates"].get(open_end):
            yield f"does not add up: {report['fates'][open_end]} are still {open_end}"
    unknown = sum(row["message"] == "un" for row in standing.recipients)
    if report["fates"].get("unknown", 0) != unknown:
        yield f"does not add up: {unknown} are unknown, the report says {report['fates'].get('unknown', 0)}"


def _recipients(standing: Standing) -> Iterable[str]:
    """What the row says is what happened."""
    for row in standing.recipients:
        got = standing.taken.get(row["address"], 0)
        if got and row["message"] not in ("st", "dl", "rd", "fl", "un"):
            yield f"unaccounted: {row['id']} got it and says {row['state']} {row['message']}"
        if not got and row["message"] in ("st", "dl", "rd"):
            yield f"unaccounted: {row['id']} says {row['message']} and got nothing"


def one_broadcast(database: str, size: Broadcasting, *, keep: bool = False, mutant: str = "") -> Report:
    inside = "tests.faults.inside_broadcast"
    with (
        server(database) as (_beside, url),
        installation(url, keep=keep, mutant=mutant, inside=inside) as (made, provider),
    ):
        return asyncio.run(BroadcastRun(made, provider, size).go())
