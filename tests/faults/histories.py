"""Is there an order in which one at a time would have answered as all of them were answered at once?

For a voucher that is only used, that order is told by the balances: each use leaves less than the one before. So it
is enough to look whether the balances fit together, and whether nobody was answered before somebody whose answer came
earlier in time (linearizability of a counter that only falls).
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Op:
    key: str
    voucher: int
    cents: int
    asked: int
    told: int
    code: str
    left: int | None


@dataclass(frozen=True, slots=True)
class Heard:
    """`unknown`: asked and never answered. `back`: keys of uses that were taken back."""

    ops: Sequence[Op]
    unknown: Mapping[str, dict[str, Any]]
    back: frozenset[str]


def read(folder: Path) -> Heard:
    asked: dict[str, dict[str, Any]] = {}
    ops: list[Op] = []
    back: set[str] = set()
    for path in sorted(folder.glob("client-*.jsonl")):
        for line in map(json.loads, whole_lines(path)):
            if "back" in line:
                back.add(line["back"])
            elif "asked" in line:
                asked.setdefault(line["key"], line)
            else:
                wish = asked[line["key"]]
                facts = (wish["voucher"], wish["cents"], wish["asked"], line["told"])
                ops.append(Op(line["key"], *facts, line["code"], line["left"]))
    known = {op.key for op in ops}
    return Heard(ops, {key: wish for key, wish in asked.items() if key not in known}, frozenset(back))


def whole_lines(path: Path) -> Iterator[str]:
    """A kill may cut the last one."""
    text = path.read_text()
    return iter(text[: text.rfind("\n") + 1].splitlines())


def check(heard: Heard, amount: int, booked: Mapping[str, int]) -> list[str]:
    """`booked`: cents by key, as the books have them; those taken back too."""
    faults = [*_against_books(heard, booked)]
    by_voucher: dict[int, list[Op]] = defaultdict(list)
    for op in heard.ops:
        by_voucher[op.voucher].append(op)
    for voucher, ops in by_voucher.items():
        if voucher % 10:  # the others are taken back at times
            unknown = [wish for wish in heard.unknown.values() if wish["voucher"] == voucher]
            faults += _one(voucher, ops, amount, any_unknown=bool(unknown))
    return faults


def _against_books(heard: Heard, booked: Mapping[str, int]) -> Iterator[str]:
    told = {op.key: op.cents for op in heard.ops if op.code == "ok"}
    for key, cents in told.items():
        if booked.get(key) != cents:
            yield f"lost: {key} was told and is not in the books"
    for key in booked.keys() - told.keys() - heard.unknown.keys():
        yield f"invented: {key} is in the books and was never told"


def _one(voucher: int, ops: Sequence[Op], amount: int, *, any_unknown: bool) -> Iterator[str]:
    uses = sorted((op for op in ops if op.code == "ok"), key=lambda op: -(op.left or 0))
    if sum(op.cents for op in uses) > amount:
        yield f"overspent: voucher {voucher}"
    if not any_unknown:
        yield from _balances(voucher, uses, amount)
    yield from _times(voucher, uses)
    yield from _refusals(voucher, [op for op in ops if op.code in ("too_little", "empty")], uses, amount)


def _balances(voucher: int, uses: Iterable[Op], amount: int) -> Iterator[str]:
    left = amount
    for op in uses:
        left -= op.cents
        if op.left != left:
            yield f"history: voucher {voucher} had {op.left} after a use where {left} were left"
            return


def _times(voucher: int, uses: Sequence[Op]) -> Iterator[str]:
    """Who was answered before another one asked, comes before it."""
    latest_asked = 0
    for op in uses:
        if op.told < latest_asked:
            yield f"history: voucher {voucher}, a use answered later counts as earlier"
            return
        latest_asked = max(latest_asked, op.asked)


def _refusals(voucher: int, refused: Iterable[Op], uses: Sequence[Op], amount: int) -> Iterator[str]:
    """The balance that was told as too small was there at some time between question and answer."""
    for op in refused:
        surely_spent = sum(use.cents for use in uses if use.told < op.asked)
        if op.left is None or op.left >= op.cents or op.left > amount - surely_spent:
            yield f"history: voucher {voucher}, refused {op.cents} with {op.left} left"
            return
