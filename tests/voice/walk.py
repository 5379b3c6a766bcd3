"""`python -m tests.voice.walk --walks 10000 --provider twilio`: a telephone company at random against the gateway.

With `--against tiny` against the smallest office instead, without a database. A fault is told with its number: the
same number walks the same way again (`--seed N --walks 1 --loud`).
"""

import argparse
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent / "src")]

from payloads import vonage_voice  # noqa: E402
from voice.company import Figures, Office, Tongue  # noqa: E402
from voice.tiny import TinyOffice  # noqa: E402
from voice.walker import walks  # noqa: E402
from voice.walker_africastalking import AfricasTalking  # noqa: E402
from voice.walker_twilio import Twilio  # noqa: E402
from voice.walker_vonage import Vonage  # noqa: E402

PROVIDERS = ("twilio", "vonage", "africastalking")
TONGUES: dict[str, Callable[[], Tongue]] = {
    "twilio": Twilio,
    "vonage": lambda: Vonage(vonage_voice.WITH_CALLS),
    "africastalking": AfricasTalking,
}


def main() -> int:
    arguments = _arguments()
    if arguments.processes > 1:
        return _many(arguments)
    began, figures, faults = monotonic(), Figures(), []
    with suppress(KeyboardInterrupt):  # whoever stops it early hears how far it came
        for number, walk, fault in _walked(arguments):
            figures.add(walk.figures)
            if fault:
                faults.append(f"{number} {fault}")
                _tell(arguments, faults[-1], walk.log)
                if arguments.plant:
                    break
    print(json.dumps({**vars(figures), "seconds": round(monotonic() - began, 1), "faults": faults}))
    return 1 if faults else 0


def _tell(arguments: argparse.Namespace, fault: str, log: list[str]) -> None:
    if arguments.loud:
        print("\n".join([fault, *log]), file=sys.stderr)


def _walked(arguments: argparse.Namespace) -> Iterator[Any]:
    tongue = TONGUES[arguments.provider]()
    if arguments.against == "tiny":
        yield from walks(
            tongue, lambda _: TinyOffice(tongue, arguments.plant), arguments.walks, arguments.seed
        )
        return
    with _database():
        from voice import house

        with house.opened(tongue, arguments.plant) as office:
            make: Callable[[Random], Office] = office
            yield from walks(tongue, make, arguments.walks, arguments.seed)


@contextmanager
def _database() -> Iterator[None]:
    """A new one, in memory; on PostgreSQL where AIDLINE_DATABASE_URL says so."""
    import conftest

    conftest.pytest_configure()
    logging.disable(logging.WARNING)
    from django.test.utils import setup_databases, teardown_databases

    made = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        teardown_databases(made, verbosity=0)


def _many(arguments: argparse.Namespace) -> int:
    """Each process has a database of its own, and numbers of its own."""
    share = arguments.walks // arguments.processes
    running = [_start(arguments, arguments.seed + at * share, share) for at in range(arguments.processes)]
    total: dict[str, Any] = {}
    for process in running:
        said, _ = process.communicate()
        for name, value in json.loads(said.splitlines()[-1]).items():
            total[name] = (
                max(total.get(name, 0), value)
                if name == "seconds"
                else total.get(name, type(value)()) + value
            )
    print(json.dumps(total))
    return 1 if total["faults"] else 0


def _start(arguments: argparse.Namespace, seed: int, many: int) -> "subprocess.Popen[str]":
    asked = {"--provider": arguments.provider, "--against": arguments.against, "--plant": arguments.plant}
    words = [word for pair in asked.items() for word in pair if pair[1]]
    command = [sys.executable, "-m", "tests.voice.walk", *words, "--seed", str(seed), "--walks", str(many)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=TESTS.parent)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.voice.walk", description=__doc__)
    parser.add_argument("--provider", default="twilio", choices=PROVIDERS)
    parser.add_argument("--walks", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--against", default="gateway", choices=["gateway", "tiny"])
    parser.add_argument("--plant", default="", help="a fault that must be found")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--loud", action="store_true", help="tell what led to each fault")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
