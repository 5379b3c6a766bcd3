"""One run: people write, agents answer, providers tell what became of it, and the processes are killed meanwhile."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aidline.simulator.lookalikes.shapes import Taken

from . import plan as plans
from .checks import Evidence, faults
from .installation import DatabaseAway, Installation
from .plan import Told
from .posting import Post
from .provider import Provider
from .voices import Voice, own_words

LANES, STATUS_LANES = 16, 4
# What dies: mostly one process; now and then the supervisor, whose children must notice; now and then all.
VICTIMS: Sequence[tuple[tuple[str, ...], int]] = (
    (("web",), 4),
    (("worker",), 3),
    (("run",), 1),
    (("run", "web", "worker"), 2),
)


@dataclass(frozen=True, slots=True)
class Size:
    posts: int
    kills: int
    replies: int
    people: int = 400
    settle: bool = True  # do not wait for leases of 90 s, but let them end
    seed: int = 1
    garbled: float = 0.1  # of the answers to our replies
    pace: float = 0  # posts a second; 0 is as fast as they are answered


@dataclass(slots=True)
class Report:
    faults: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def told(self) -> str:
        kinds = Counter(fault.partition(":")[0] for fault in self.faults)
        shown = "\n".join(f"  {fault[:200]}" for fault in self.faults[:12])
        return f"{self.facts}\nfaults: {dict(kinds) or 'none'}\n{shown}".rstrip()


class Run:
    def __init__(self, installation: Installation, provider: Provider, size: Size) -> None:
        self.installation, self.provider, self.size = installation, provider, size
        self.post = Post(installation.port, LANES + STATUS_LANES)
        self.told: defaultdict[str, list[str]] = defaultdict(list)
        self.taken: Counter[str] = Counter()
        self._dice = random.Random(size.seed + 1)
        self._fed = False
        self._moment = datetime.now(UTC) - timedelta(hours=1)
        self.facts: dict[str, Any] = {}  # noted by outages

    # --- the course of things --------------------------------------------------------------------------

    async def go(self, during: Callable[["Run"], Awaitable[None]] | None = None) -> Report:
        """`during` runs beside the posts, for outages of its own."""
        begun = monotonic()
        size = self.size
        self.voices = {
            name: Voice(self.installation.lines[name], config, random.Random(size.seed))
            for name, config in self.installation.configs.items()
        }
        self.unmatchable = [name for name, voice in self.voices.items() if not voice.names_our_id]
        self.plan = plans.make(
            self.installation.lines,
            posts=size.posts,
            people=size.people,
            lanes=LANES,
            seed=size.seed,
            voices=self.voices,
        )
        self.provider.memory.add_accounts(self.installation.configs)
        self.provider.memory.on_taken = self.hear
        self.provider.memory.garbled = size.garbled
        await self.provider.up()
        posting = asyncio.create_task(self.post.run())
        try:
            drained = await self._through(during)
        finally:
            self.post.end()
            await posting
            await self.provider.down()
        report = await asyncio.to_thread(self.judge)
        report.faults += [] if drained else ["unfinished: not drained in time"]
        report.facts["seconds"] = round(monotonic() - begun, 1)
        return report

    async def _through(self, during: Callable[["Run"], Awaitable[None]] | None) -> bool:
        await asyncio.to_thread(self.installation.wait_ready)
        await asyncio.gather(self._feed(), self._kill(), self._reply(), *([during(self)] if during else []))
        return await self.drain()

    async def _feed(self) -> None:
        begun, given = monotonic(), 0
        while given < len(self.plan.calls):
            now_due = int((monotonic() - begun) * self.size.pace) if self.size.pace else len(self.plan.calls)
            self.post.put(self.plan.calls[given:now_due])
            given = max(given, now_due)
            await asyncio.sleep(0.02)
        self._fed = True

    async def acked(self, share: float) -> None:
        """Until so much of all calls has been answered."""
        while self.post.tally.acked < share * len(self.plan.calls):
            await asyncio.sleep(0.05)

    async def _kill(self) -> None:
        """At random points of the way: when so many calls have been answered, and while a restart is going on."""
        total = len(self.plan.calls)
        points = sorted(self._dice.randrange(1, max(2, int(total * 0.98))) for _ in range(self.size.kills))
        for point in points:
            while self.post.tally.acked < point:
                await asyncio.to_thread(self.installation.start)
                await asyncio.sleep(0.02)
            await asyncio.to_thread(self._kill_one)
        await asyncio.to_thread(self.installation.start)

    def _kill_one(self) -> None:
        """Who is dead already is started again first, so that every kill hits somebody."""
        installation = self.installation
        for _ in range(200):
            roles, _weight = self._dice.choices(VICTIMS, [weight for _, weight in VICTIMS])[0]
            if installation.kill(roles):
                return
            installation.start()
            sleep(0.05)

    async def _reply(self) -> None:
        """Until enough was answered, or nobody is left whom one could answer."""
        done, idle = 0, 0
        while done < self.size.replies and idle < 20:
            count = min(10, self.size.replies - done)
            with suppress(DatabaseAway):
                answered = await asyncio.to_thread(self.installation.ask, "reply", count=count)
                done += answered
                idle = idle + 1 if not answered and not self.post.waiting and self._fed else 0
            await asyncio.sleep(0.1)

    def hear(self, taken: Taken) -> None:
        """A provider took one of ours: it will tell what became of it, in any order and more than once."""
        provider = taken.account
        voice = self.voices.get(provider)
        own = own_words(taken.text) if voice else _own_id(taken)
        self.taken[own] += 1
        line = self.installation.lines[provider]
        way = self._dice.choice(list(voice.ways if voice else plans.ways(provider)))
        states = [state for state in way for _ in range(self._dice.randint(1, 3))]
        self._dice.shuffle(states)
        self.told[own] += states
        for state in states:
            told = Told(line, taken.id, state, taken.to, taken.callback or taken.opaque)
            self._moment += timedelta(seconds=1)
            lane = LANES + self._dice.randrange(STATUS_LANES)
            call = plans.status_call(told, self._moment, lane, voice)
            asyncio.get_running_loop().call_later(self._dice.uniform(0, 0.5), self.post.put, [call])

    # --- the end ---------------------------------------------------------------------------------------

    async def drain(self, seconds: float = 180) -> bool:
        """Everything comes to rest by itself; only leases and pauses between tries are shortened, if asked."""
        until = monotonic() + seconds
        calm = 0
        while monotonic() < until:
            await asyncio.to_thread(self.installation.start)
            await asyncio.sleep(0.3)
            calm = calm + 1 if await asyncio.to_thread(self._at_rest) else 0
            if calm >= 3:
                return True
        return False

    def _at_rest(self) -> bool:
        if self.post.waiting:
            return False
        with suppress(DatabaseAway):
            counts = self.installation.ask("counts", unmatchable=self.unmatchable)
            open_ends = ("pending", "queued", "sending", "parked", "spooled")
            if self.size.settle and not counts["pending"]:
                self._hurry(counts)
            return not any(counts[what] for what in open_ends)
        return False

    def _hurry(self, counts: Mapping[str, int]) -> None:
        if counts["sending"]:
            sleep(1.5)  # a call that is really on its way comes home
            self.installation.ask("let_leases_end")
        if counts["queued"]:
            self.installation.ask("let_retries_come")

    def judge(self) -> Report:
        evidence = self.evidence()
        tally, installation = self.post.tally, self.installation
        facts = {
            "providers": len(self.installation.lines),
            "posts": len(self.plan.calls),
            "said": len(self.plan.said),
            "duplicates": self.plan.duplicates,
            "reordered": self.plan.reordered,
            "kills": installation.kills,
            "starts": installation.starts,
            "made again": tally.again,
            "503": tally.unavailable,
            "replies taken": sum(self.taken.values()),
            "statuses": sum(map(len, self.told.values())),
            "unknown": sum(row["state"] == "un" for row in evidence.outgoing),
            "slowest answer s": round(tally.slowest, 2),
        }
        return Report(faults(evidence), {**facts, **self.facts})

    def evidence(self) -> Evidence:
        acked = {one.key for call in self.post.tally.acked_calls for one in call.said}
        rows = self.installation.dump()
        ids = {own_words(row["text"]): row["id"] for row in rows if row.get("direction") == "o"}
        return Evidence(
            said=self.plan.said,
            acked=frozenset(acked),
            rows=rows,
            taken={ids.get(own, own): times for own, times in self.taken.items()},
            told={ids.get(own, own): states for own, states in self.told.items()},
            counts=self.installation.ask("counts", unmatchable=self.unmatchable),
            unmatchable=frozenset(self.unmatchable),
            refused=[status for status, _call in self.post.tally.refused],
        )


def _own_id(taken: Taken) -> str:
    """Twilio gives it back in the address it calls, the others where we put it."""
    if taken.account == "twilio":
        return parse_qs(urlsplit(taken.callback).query)["message"][0]
    return taken.opaque
