"""A payment whose worker is killed again and again, at an issuer that is slow, busy, and silent after success.

Nobody is lost, nobody is paid twice: what the issuer made is what our books hold, card for card and cent for cent.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .installation import ROOT, Installation, free_port
from .setting import server

ISSUER = "slow-300/busy-2/broken-1/garbage-1/late-1"
INSIDE = "tests.faults.inside_paying"


@dataclass(frozen=True, slots=True)
class Paying:
    people: int = 400
    kills: int = 10
    patience: float = 90
    orders: str = ISSUER
    own: bool = False


@dataclass
class Report:
    faults: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def told(self) -> str:
        return "\n".join([*(f"{name}: {value}" for name, value in self.facts.items()), *self.faults])


@contextlib.contextmanager
def issuer() -> Iterator[str]:
    """The look-alike in a process of its own, which survives what is killed here."""
    port = free_port()
    command = [sys.executable, "-m", "aidline.simulator.standalone", "--port", str(port)]
    made = subprocess.Popen(command, cwd=ROOT, env=_environment())
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url)
        yield url
    finally:
        made.kill()  # it may still be keeping an answer back
        made.wait(10)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}"}


def _wait_for(url: str) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{url}/received/count", timeout=1).close()
            return
        time.sleep(0.05)
    raise TimeoutError("the issuer does not answer")


def cards_at(url: str) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"{url}/cards", timeout=20) as answer:
        found: list[dict[str, Any]] = json.loads(answer.read())
        return found


@contextlib.contextmanager
def stage(database: str) -> Iterator[tuple[Installation, str]]:
    """An installation and an issuer, for one payment or several."""
    with server(database) as (_beside, url), issuer() as shop:
        made = Installation(database_url=url, provider_url=shop, supervised=False, inside=INSIDE)
        try:
            made.prepare(history=False, agents=1)
            yield made, shop
        finally:
            made.close()


def one_payment(database: str, size: Paying, *, mutant: str = "", seed: int = 1) -> Report:
    with stage(database) as (made, shop):
        return run(made, shop, size, mutant=mutant, seed=seed)


def run(made: Installation, shop: str, size: Paying, *, mutant: str = "", seed: int = 1) -> Report:
    issuer_url = "" if size.own else f"{shop}/look-alike/gift-card/{size.orders}"
    before = {card["reference"] for card in cards_at(shop)}
    payment = made.ask("begin", people=size.people, issuer_url=issuer_url)["payment"]
    begun = time.monotonic()
    command = [sys.executable, "-m", "tests.faults.paying_hands", payment]
    command += ["--kills", str(size.kills), "--seed", str(seed), "--mutant", mutant]
    command += ["--patience", str(size.patience)]
    with (made.folder / "hands.log").open("ab") as log:
        ended = subprocess.run(
            command, cwd=ROOT, env=made.environment, stdout=subprocess.PIPE, stderr=log, check=False
        )
    report = Report(facts=json.loads(ended.stdout or b"{}"))
    report.facts["seconds"] = round(time.monotonic() - begun, 1)
    standing, ours = made.ask("standing", payment=payment), made.ask("cards", payment=payment)
    theirs = [card for card in cards_at(shop) if card["reference"] not in before]
    report.faults += faults(size, standing, ours, theirs)
    report.faults += [f"books: {one}" for one in made.ask("differences")]
    return report


# --- what must hold --------------------------------------------------------------------------------------


def faults(
    size: Paying, standing: Mapping[str, Any], ours: Mapping[str, Any], theirs: Iterable[Mapping[str, Any]]
) -> list[str]:
    found = []
    if standing["state"] != "fi" or standing["reserved"] or standing["payouts"] != {"ok": size.people}:
        found.append(f"not over: {standing}")
    if len(ours) != size.people:
        found.append(f"lost: {size.people - len(ours)} have no voucher")
    return found if size.own else [*found, *_compared(ours, theirs)]


def _compared(ours: Mapping[str, Any], theirs: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    made = {card["reference"]: card for card in theirs if not card["cancelled"]}
    if doubled := made.keys() - ours.keys():
        yield f"doubled: {len(doubled)} cards at the issuer are nobody's"
    if missing := ours.keys() - made.keys():
        yield f"invented: {len(missing)} vouchers are not known at the issuer"
    same = made.keys() & ours.keys()
    if any(made[one]["number"] != ours[one]["number"] for one in same):
        yield "other: a voucher carries a number that is not its card's"
    if sum(card["balance"] for card in made.values()) != sum(one["cents"] for one in ours.values()):
        yield "cents: the issuer's books and ours do not add up to the same"


if __name__ == "__main__":
    for _database in sys.argv[1:] or ("sqlite", "postgresql"):
        print(_database, one_payment(_database, Paying(people=4_000, kills=200, patience=300)).told())
