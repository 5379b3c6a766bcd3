"""`make faults`: 10,000 calls and 50 kills on both databases, then full disks and outages."""

import argparse
import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from .cluster import cluster
from .installation import Installation, free_port
from .provider import Provider
from .run import Report, Run, Size

FULL = Size(posts=10_000, kills=50, replies=600, settle=False)


def main() -> int:
    arguments = _arguments()
    size = Size(
        arguments.posts, arguments.kills, arguments.replies, settle=not arguments.patient, seed=arguments.seed
    )
    failed = 0
    for database in arguments.databases:
        report = run_once(database, size, keep=arguments.keep, mutant=arguments.mutant)
        print(f"{database}: {report.told()}", flush=True)
        failed += bool(report.faults)
    return 1 if failed else 0


def run_once(database: str, size: Size, *, keep: bool = False, mutant: str = "") -> Report:
    with database_url(database) as url:
        port = free_port()
        installation = Installation(
            database_url=url,
            provider_url=f"http://127.0.0.1:{port}",
            workers=2 if url else 1,
            mutant=mutant,
        )
        try:
            installation.prepare()
            return asyncio.run(Run(installation, Provider(port), size).go())
        finally:
            installation.close(keep=keep)


@contextmanager
def database_url(database: str) -> Iterator[str]:
    """Empty for SQLite, which lies in the installation's own folder."""
    if database == "sqlite":
        yield ""
        return
    with cluster() as server:
        yield server.new_database()
        print(server.complaints(), flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--posts", type=int, default=FULL.posts)
    parser.add_argument("--kills", type=int, default=FULL.kills)
    parser.add_argument("--replies", type=int, default=FULL.replies)
    parser.add_argument("--seed", type=int, default=FULL.seed)
    parser.add_argument("--patient", action="store_true", help="wait for leases instead of letting them end")
    parser.add_argument("--mutant", default="", help="a planted fault, see mutants.py")
    parser.add_argument("--keep", action="store_true", help="leave the folder, for a look at what went wrong")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
