"""`make faults`: 10,000 calls and 50 kills on both databases; planted faults that must be found; outages; flows;
tills that race and tills without a network; payments that are killed.

`--only kills`, `planted`, `broadcast`, `outages`, `flows`, `voice`, `tills` or `payments`; `--posts`, `--kills` and
`--walks` for another size.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from tests.flows.fuzz import fuzz
from tests.flows.planted import MUTANTS
from tests.flows.planted import planted as planted_in_flows

from . import outages
from .broadcast import Broadcasting, one_broadcast
from .outages import NoSmallDisk, small_disk
from .paying import Paying, one_payment
from .run import Report, Size
from .setting import one_run
from .tills import Race, one_offline, one_race
from .walking import PLANTED, PROVIDERS, one_walk

FULL = Size(posts=10_000, kills=50, replies=600)
SMALL = Size(posts=1_000, kills=8, replies=60, people=120, garbled=0.3)
BROADCAST = Broadcasting(audience=20_000, kills=10, told=0.1)
DATABASES = ("sqlite", "postgresql")
MINUTE = 60

FLOW_RUNS = 100_000


class Told(Protocol):
    """What a run has to say of itself."""

    @property
    def faults(self) -> Sequence[str]: ...

    def told(self) -> str: ...


# name, what is run, the kinds of faults that must be found
Case = tuple[str, Callable[[], Told], frozenset[str]]


def main() -> int:
    arguments = _arguments()
    failed = [name for name, run, wanted in _cases(arguments) if not _as_wanted(name, run, wanted)]
    print(f"FAILED: {', '.join(failed)}" if failed else "all as it should be", flush=True)
    return 1 if failed else 0


def _as_wanted(name: str, run: Callable[[], Told], wanted: frozenset[str]) -> bool:
    try:
        report = run()
    except NoSmallDisk as reason:
        print(f"{name}: left out, {reason}", flush=True)
        return True
    except Exception as problem:
        print(f"{name}: {type(problem).__name__}: {problem}", flush=True)
        return False
    print(f"{name}: {report.told()}", flush=True)
    found = {fault.partition(":")[0] for fault in report.faults}
    return wanted <= found if wanted else not found


# --- what is run -----------------------------------------------------------------------------------------


def _cases(arguments: argparse.Namespace) -> Iterator[Case]:
    nothing: frozenset[str] = frozenset()
    size = Size(
        arguments.posts, arguments.kills, arguments.replies, seed=arguments.seed, settle=not arguments.patient
    )
    if arguments.only in ("", "kills"):
        for database in arguments.databases:
            yield (
                f"{size.kills} kills, {database}",
                partial(one_run, database, size, keep=arguments.keep, all_providers=True),
                nothing,
            )
    if arguments.only in ("", "planted"):
        three = "ignores_duplicates+moves_receipts_backwards+sends_again_blindly"
        found = frozenset({"doubled", "backwards", "sent twice"})
        for database in arguments.databases:
            planted = partial(one_run, database, SMALL)
            yield f"answers first, {database}", partial(planted, mutant="answers_first"), frozenset({"lost"})
            yield f"three planted faults, {database}", partial(planted, mutant=three), found
    if arguments.only in ("", "broadcast"):
        for database in arguments.databases:
            sent = partial(
                one_broadcast, database, replace(BROADCAST, seed=arguments.seed), keep=arguments.keep
            )
            yield f"a broadcast to {BROADCAST.audience}, {BROADCAST.kills} kills, {database}", sent, nothing
    if arguments.only in ("", "outages"):
        yield from ((name, run, nothing) for name, run in _outages(arguments.seconds))
    parts = {"flows": _flows, "voice": _voice, "tills": _tills, "payments": _payments}
    for name, more in parts.items():
        if arguments.only in ("", name):
            yield from more(arguments)


def _flows(arguments: argparse.Namespace) -> Iterator[Case]:
    yield f"{FLOW_RUNS} runs of random flows", partial(fuzz, FLOW_RUNS, arguments.seed), frozenset()
    for name, (_, kind) in MUTANTS.items():
        yield f"planted in flows: {name}", partial(planted_in_flows, name), frozenset({kind})


def _voice(arguments: argparse.Namespace) -> Iterator[Case]:
    for provider in PROVIDERS:
        walks = partial(one_walk, provider, arguments.walks, seed=arguments.seed)
        yield f"{arguments.walks} walks of {provider} through the gateway", walks, frozenset()
    for plant, kind in PLANTED.items():
        yield f"calls: {plant}, planted", partial(one_walk, "twilio", 100, plant=plant), frozenset({kind})


def _tills(arguments: argparse.Namespace) -> Iterator[Case]:
    race = Race(seed=arguments.seed)
    calm = Race(clients=12, in_process=6, vouchers=30, each=60, kills=0)
    for database in arguments.databases:
        yield (
            f"{race.clients} race for {race.vouchers} vouchers, {database}",
            partial(one_race, database, race),
            frozenset(),
        )
        planted = partial(one_race, database, calm, mutant="read_check_save")
        yield f"reads, checks, saves; planted, {database}", planted, frozenset({"books", "history"})
        offline = partial(one_offline, database, 10, 1_000, seed=arguments.seed)
        yield f"ten devices × 1,000 records offline, {database}", offline, frozenset()
    for plant in ("believes_any_signature", "has_no_limits", "drops_what_is_overdrawn"):
        yield (
            f"offline: {plant}, planted",
            partial(one_offline, "sqlite", 6, 60, plant=plant),
            frozenset({"model"}),
        )


def _payments(arguments: argparse.Namespace) -> Iterator[Case]:
    size = Paying(people=4_000, kills=200, patience=300)
    for database in arguments.databases:
        paid = partial(one_payment, database, size, seed=arguments.seed)
        yield f"a payment of {size.people}, {size.kills} kills, {database}", paid, frozenset()


def _outages(seconds: int) -> Iterator[tuple[str, Callable[[], Report]]]:
    away = Size(posts=40 * seconds * 3 // 2, kills=0, replies=60, people=200, pace=40)
    for name, more in (("stopped", {"kill_web": True}), ("frozen", {"frozen": True})):
        during = partial(_away, seconds, **more)
        yield f"PostgreSQL {name} for {seconds} s", partial(one_run, "postgresql", away, during=during)
    yield "disk full, sqlite", _disk_full
    yield "database away and disk full, postgresql", _nowhere
    calm = Size(posts=300, kills=0, replies=0, people=80, garbled=0, settle=False)
    for database in DATABASES:
        trouble = partial(one_run, database, calm, during=lambda _cluster: outages.provider_trouble(5))
        yield f"provider unwell in six ways, {database}", trouble


def _away(seconds: int, cluster: outages.Cluster | None, **more: bool) -> outages.During:
    assert cluster
    return outages.database_away(cluster, seconds, **more)


DISK = Size(posts=1_200, kills=0, replies=60, people=120, pace=80)


def _disk_full() -> Report:
    with small_disk(64) as disk:
        during = lambda _cluster: outages.disk_full(disk, 5)  # noqa: E731
        return one_run("sqlite", DISK, during=during, data=disk / "data")


def _nowhere() -> Report:
    with small_disk(64) as disk:

        def during(cluster: outages.Cluster | None) -> outages.During:
            assert cluster
            return outages.nowhere_to_write(cluster, disk, 5)

        return one_run("postgresql", DISK, during=during, data=disk / "data")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("databases", nargs="*", default=list(DATABASES))
    choices = ["kills", "planted", "broadcast", "outages", "flows", "voice", "tills", "payments"]
    parser.add_argument("--only", default="", choices=choices)
    parser.add_argument("--posts", type=int, default=FULL.posts)
    parser.add_argument("--kills", type=int, default=FULL.kills)
    parser.add_argument("--walks", type=int, default=10_000, help="of each telephone company")
    parser.add_argument("--replies", type=int, default=FULL.replies)
    parser.add_argument("--seconds", type=int, default=MINUTE, help="how long the database is away")
    parser.add_argument("--seed", type=int, default=FULL.seed)
    parser.add_argument("--patient", action="store_true", help="wait for leases instead of letting them end")
    parser.add_argument("--keep", action="store_true", help="leave the folders, to see what went wrong")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
