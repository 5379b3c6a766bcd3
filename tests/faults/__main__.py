"""`make faults`: 10,000 calls and 50 kills on both databases; then outages, and planted faults that must be seen."""

import argparse
import sys

from .mutants import MUTANTS
from .run import Size
from .setting import one_run

FULL = Size(posts=10_000, kills=50, replies=600)


def main() -> int:
    arguments = _arguments()
    size = Size(
        arguments.posts, arguments.kills, arguments.replies, settle=not arguments.patient, seed=arguments.seed
    )
    return 1 if sum(_shown(database, size, arguments) for database in arguments.databases) else 0


def _shown(database: str, size: Size, arguments: argparse.Namespace) -> bool:
    report = one_run(database, size, keep=arguments.keep, mutant=arguments.mutant)
    print(f"{database}: {report.told()}", flush=True)
    return bool(report.faults)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--posts", type=int, default=FULL.posts)
    parser.add_argument("--kills", type=int, default=FULL.kills)
    parser.add_argument("--replies", type=int, default=FULL.replies)
    parser.add_argument("--seed", type=int, default=FULL.seed)
    parser.add_argument("--patient", action="store_true", help="wait for leases instead of letting them end")
    parser.add_argument("--mutant", default="", help=f"planted faults: {' + '.join(MUTANTS)}")
    parser.add_argument("--keep", action="store_true", help="leave the folder, to see what went wrong")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
