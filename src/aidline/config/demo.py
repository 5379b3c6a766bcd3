"""`aidline demo`: a made-up network with a day behind it, links to come in by, and phones to write from."""

import sys

from aidline.config.commands import migrate
from aidline.config.environment import Environment
from aidline.simulator.seed import Entrance, seed


def furnish(environment: Environment) -> None:
    migrate(environment)
    result = seed(_tell)
    print("\nEach link lets one person in, once. Nothing here is real.\n")
    for entrance in result.entrances:
        print(_line(entrance))
    print(f"\n  Phones to write from    {result.phones}")
    print("\nCtrl+C ends it. Starting it again keeps what happened and prints fresh links.\n", flush=True)


def _tell(words: str, part: float) -> None:
    """One line that is overwritten on a screen, and nothing in a file."""
    if sys.stdout.isatty():
        print(f"\r{part:4.0%}  {words:<40}", end="", flush=True)


def _line(entrance: Entrance) -> str:
    who = f"{entrance.name}, {entrance.role}, {entrance.centre} ({entrance.language})"
    return f"  {who:<64} {entrance.link}"
