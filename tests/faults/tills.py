"""Fifty clients race for a thousand vouchers while their processes are killed; ten devices come back from offline."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aidline.vault.root import create_root

from . import histories
from .installation import ROOT, Installation
from .setting import server


@dataclass(frozen=True, slots=True)
class Race:
    """`each`: uses that every client asks for. Clients are threads, `in_process` of them share one to be killed."""

    clients: int = 50
    in_process: int = 10
    vouchers: int = 1_000
    each: int = 300
    cents: int = 1_500
    kills: int = 20
    seed: int = 20261124


@dataclass
class Report:
    faults: Sequence[str]
    facts: dict[str, Any] = field(default_factory=dict)

    def told(self) -> str:
        facts = ", ".join(f"{name} {value}" for name, value in self.facts.items())
        return "\n  ".join([facts, *self.faults[:20]])


def one_race(database: str, race: Race, *, mutant: str = "") -> Report:
    (report,) = races(database, [(race, mutant)])
    return report


def races(database: str, wanted: Sequence[tuple[Race, str]]) -> list[Report]:
    """One after the other in one installation, each for vouchers of its own."""
    with _installation(database) as made:
        return [_race(made, race, mutant, place) for place, (race, mutant) in enumerate(wanted)]


def _race(made: Installation, race: Race, mutant: str, place: int) -> Report:
    folder = made.folder / f"race-{place}"
    folder.mkdir()
    stock = made.ask("make_vouchers", vouchers=race.vouchers, cents=race.cents, tills=race.clients)
    more = {"folder": str(folder), "seed": race.seed, "each": race.each, "mutant": mutant}
    spec = folder / "spec.json"
    spec.write_text(json.dumps({**stock, **more}))
    begun = time.monotonic()
    kills = _run(made, race, spec)
    return _report(made, folder, race, kills, time.monotonic() - begun)


def one_offline(database: str, devices: int, records: int, seed: int = 20261124, plant: str = "") -> Report:
    with _installation(database) as made:
        found = made.ask("offline", devices=devices, records=records, seed=seed, plant=plant)
    return Report(found["faults"], found["facts"])


@contextlib.contextmanager
def _installation(database: str) -> Iterator[Installation]:
    with server(database) as (_, url):
        made = Installation(database_url=url, supervised=False, inside="tests.faults.inside_tills")
        try:
            create_root(made.folder / "keys" / "root.key")
            made.data.mkdir(parents=True, exist_ok=True)
            yield made
        finally:
            made.close()


def _run(made: Installation, race: Race, spec: Path) -> int:
    """Until every client has asked all it wanted; killed at random moments, and started again."""
    chance = random.Random(race.seed)
    numbers = [str(number) for number in range(race.clients)]
    groups = [
        ",".join(numbers[start :: -(-race.clients // race.in_process)]) for start in range(_groups(race))
    ]
    racing = [_start(made, spec, group) for group in groups]
    kills = 0
    while any(process.poll() is None for process in racing):
        time.sleep(chance.uniform(0.4, 0.9))
        place = chance.randrange(len(racing))
        if kills < race.kills and racing[place].poll() is None:
            os.kill(racing[place].pid, signal.SIGKILL)
            racing[place].wait()
            racing[place] = _start(made, spec, groups[place])
            kills += 1
    return kills


def _groups(race: Race) -> int:
    return -(-race.clients // race.in_process)


def _start(made: Installation, spec: Path, group: str) -> "subprocess.Popen[bytes]":
    with (made.folder / "racer.log").open("ab") as log:
        command = [sys.executable, "-m", "tests.faults.racer", str(spec), group]
        return subprocess.Popen(command, env=made.environment, cwd=ROOT, stdout=log, stderr=log)


def _report(made: Installation, folder: Path, race: Race, kills: int, seconds: float) -> Report:
    heard, books = histories.read(folder), made.ask("books")
    faults = [f"books: {one}" for one in books["differences"]]
    faults += histories.check(heard, race.cents, books["uses"])
    wanted = race.clients * race.each
    if len(heard.ops) < wanted:
        faults.append(f"unanswered: {wanted - len(heard.ops)}; {made.tail(5)}")
    uses = sum(op.code == "ok" for op in heard.ops)
    facts = {
        "clients": race.clients,
        "asked": len(heard.ops),
        "uses": uses,
        "taken back": len(heard.back),
        "kills": kills,
        "a second": round(len(heard.ops) / seconds),
    }
    return Report(faults, facts)
