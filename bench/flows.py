"""What the flow engine does on one core, by itself: `python -m bench.flows`.

A turn is what one answer costs: the state read from JSON, the answer heard, the state written. Beside it what reading
and writing the state alone would do. Times are of the processor, so that other programs do not count.
"""

import json
from collections.abc import Callable, Iterator
from itertools import cycle
from statistics import median
from time import monotonic, process_time
from typing import Any

from tests.flows.examples import example
from tests.flows.worlds import SmallWorld

from aidline.flows import engine
from aidline.flows.checks import check
from aidline.flows.language import Medium, Said
from aidline.flows.state import State, Turn
from aidline.flows.text import read, write

from . import figures

SHELF = {"food": [f"Place {number}" for number in range(5)], "papers": ["Passport", "Visa", "Work"]}
# From the language to an article, another one, something not understood, and to a person.
TALKS: dict[Medium, list[str]] = {
    Medium.CHAT: ["العربية", "طعام", "Place 2", "1", "3", "hm?", "9", "human"],
    Medium.SMS: ["1", "food parcel", "2", "1", "3", "hm?", "9", "0"],
    Medium.PHONE: ["2", "1", "2", "1", "3", "8", "9", "0"],
}


def measure(seconds: float, runs: int) -> dict[str, Any]:
    turns = median(_rate(_turns, seconds) for _ in range(runs))
    raw = median(_rate(_states, seconds) for _ in range(runs))
    return {
        "flow steps /s on one core": round(turns),
        "CPU µs a flow step": round(1e6 / turns),
        "flow steps × state to JSON and back": round(turns / raw, 2),
        "flow read from text, ms": _once(lambda: read(_TEXT)),
        "flow checked, ms": _once(lambda: check(example())),
    }


_TEXT = write(example())


def _rate(things: Callable[[], Iterator[None]], seconds: float) -> float:
    done, begun, until = 0, process_time(), monotonic() + seconds
    for _ in things():
        done += 1
        if monotonic() > until:
            break
    return done / (process_time() - begun)


def _turns() -> Iterator[None]:
    flow, world = example(), SmallWorld(shelf=SHELF)
    for medium, said in cycle(TALKS.items()):
        kept = _kept(engine.begin(flow, medium=medium, language="", world=world))
        yield
        for words in said:
            kept = _kept(engine.hear(flow, State.unpacked(json.loads(kept)), Said(words), world))
            yield


def _kept(turn: Turn) -> str:
    return json.dumps(turn.state.packed())


def _states() -> Iterator[None]:
    turn = engine.begin(example(), medium=Medium.CHAT, language="", world=SmallWorld(shelf=SHELF))
    while True:
        State.unpacked(json.loads(_kept(turn)))
        yield


def _once(what: Callable[[], object]) -> float:
    took = []
    for _ in range(20):
        begun = process_time()
        what()
        took.append((process_time() - begun) * 1000)
    return round(median(took), 2)


if __name__ == "__main__":
    found = measure(2.0, 3)
    print(figures.write("flows", found).read_text())
    print(figures.table({"flows": found}))
