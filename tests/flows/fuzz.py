"""Random runs of random flows: `python -m tests.flows.fuzz --runs 100000`.

Sound flows pass their checks and come back from their text; every run of any flow ends within its budgets.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random
from time import monotonic

from aidline.flows.checks import check
from aidline.flows.problems import Level
from aidline.flows.text import read, write

from .making import Made, made
from .playing import Player, must

RUNS_A_FLOW = 5


@dataclass
class Report:
    flows: int = 0
    sound: int = 0
    runs: int = 0
    turns: int = 0
    acts: int = 0
    longest: int = 0
    seconds: float = 0.0
    ends: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def told(self) -> str:
        ends = ", ".join(f"{count} {how}" for how, count in self.ends.most_common())
        return (
            f"{self.runs} runs of {self.flows} flows ({self.sound} sound) in {self.seconds:.0f} s: "
            f"{self.turns} turns, {self.acts} acts, longest run {self.longest} turns; ended with {ends}; "
            f"faults: {len(self.faults)}{''.join(chr(10) + fault for fault in self.faults[:5])}"
        )


def fuzz(runs: int, seed: int = 0, *, until: str = "") -> Report:
    """`until`: a kind of fault; who looks for it has seen enough."""
    report, begun = Report(), monotonic()
    number = 0
    while report.runs < runs and not (until and any(fault.startswith(until) for fault in report.faults)):
        one_flow(report, f"{seed}.{number}", min(RUNS_A_FLOW, runs - report.runs))
        number += 1
    report.seconds = monotonic() - begun
    return report


def one_flow(report: Report, seed: str, runs: int) -> None:
    """Everything comes of the seed, so that a fault can be seen again."""
    random = Random(seed)
    flow = made(random)
    report.flows += 1
    report.sound += flow.sound
    _guarded(report, seed, partial(_check_flow, flow))
    for _ in range(runs):
        report.runs += 1
        player = Player(random, flow)
        _guarded(report, seed, partial(_count, report, player))


def _check_flow(made: Made) -> None:
    must(read(write(made.flow)) == made.flow, "what is written is not what is read")
    problems = [problem for problem in check(made.flow, made.known) if problem.level is Level.ERROR]
    must(not (made.sound and problems), "a sound flow is refused", problems)


def _count(report: Report, player: Player) -> None:
    ended = player.play()
    report.ends[ended.how] += 1
    report.turns += ended.turns
    report.acts += ended.steps
    report.longest = max(report.longest, ended.turns)


def _guarded(report: Report, seed: str, what: Callable[[], None]) -> None:
    try:
        what()
    except Exception as problem:
        kind, _, details = str(problem).partition(" | ")
        report.faults.append(f"{kind[:100]}: {type(problem).__name__} in {seed}: {details[:500]}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.flows.fuzz", description=__doc__)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    report = fuzz(arguments.runs, arguments.seed)
    print(report.told(), flush=True)
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
