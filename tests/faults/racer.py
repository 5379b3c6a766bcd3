"""Several clients at one till each, racing for the same vouchers; a process that is killed and started again.

`python -m tests.faults.racer SPEC`, SPEC being JSON. Each client writes into a file of its own what it asked and what
it was told; after a kill it asks again, under the same key, what it was not told.
"""

import json
import random
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Any, TextIO
from uuid import UUID, uuid4

import django

django.setup()

from django.db import Error as DatabaseError  # noqa: E402
from django.db import connection  # noqa: E402
from tests.faults.histories import whole_lines  # noqa: E402

from aidline.vouchers.models import Till, Voucher  # noqa: E402
from aidline.vouchers.redeeming import use  # noqa: E402
from aidline.vouchers.redeeming.finding import Found  # noqa: E402
from aidline.vouchers.redeeming.refusals import Refused  # noqa: E402

AMOUNTS = (50, 100, 150, 175, 300, 600)
TAKEN_BACK = 0.05


def read_check_save(found: Found, cents: int) -> int:
    """As it is often written, and wrong: what was read before is believed when it is written."""
    if found.balance_cents < cents:
        raise Refused("too_little", found.balance_cents)
    left = found.balance_cents - cents
    Voucher.objects.filter(pk=found.voucher_id).update(balance_cents=left)
    return left


MUTANTS = {"read_check_save": ("_spend", read_check_save)}


class Client:
    """`number` is that of its till too. Which vouchers it goes for is drawn: few of them by many."""

    def __init__(self, spec: dict[str, Any], number: int) -> None:
        self.spec, self.number = spec, number
        self.path = Path(spec["folder"]) / f"client-{number}.jsonl"
        self.random = random.Random(f"{spec['seed']} {number} {uuid4() if self.path.exists() else ''}")
        self.codes: list[str] = spec["codes"]

    def run(self) -> None:
        self.till = Till.objects.select_related("shop").get(pk=self.spec["tills"][self.number])
        done, unanswered = self._history()
        with self.path.open("a") as self.file:
            if unanswered:
                self._ask(unanswered)
            for _ in range(self.spec["each"] - done):
                self._ask(self._wish())
        connection.close()

    def _history(self) -> tuple[int, dict[str, Any] | None]:
        if not self.path.exists():
            return 0, None
        lines = [json.loads(line) for line in whole_lines(self.path)]
        asked = {line["key"]: line for line in lines if "asked" in line}
        told = {line["key"] for line in lines if "told" in line}
        return len(asked), next((line for key, line in asked.items() if key not in told), None)

    def _wish(self) -> dict[str, Any]:
        place = int(len(self.codes) * self.random.random() ** 3)
        cents = self.random.choice(AMOUNTS)
        return {"key": str(uuid4()), "voucher": place, "cents": cents, "by": self.number}

    def _ask(self, wish: dict[str, Any]) -> None:
        self._write({**wish, "asked": time.monotonic_ns()})
        answer = self._answer(wish)
        if answer is not None:
            self._write({"key": wish["key"], "told": time.monotonic_ns(), **answer})
        if answer and answer["code"] == "ok" and wish["voucher"] % 10 == 0:
            self._maybe_take_back(wish, answer)

    def _answer(self, wish: dict[str, Any]) -> dict[str, Any] | None:
        """None: the database did not say, and the client does not know."""
        for _ in range(20):
            try:
                used = use.redeem(
                    till=self.till,
                    cashier=None,
                    key=UUID(wish["key"]),
                    cents=wish["cents"],
                    code=self.codes[wish["voucher"]],
                )
            except Refused as why:
                return {"code": why.code, "left": why.balance_cents}
            except DatabaseError:
                connection.close()
                time.sleep(0.05)
            else:
                return {"code": "ok", "left": used.balance_cents, "id": str(used.redemption_id)}
        return None

    def _maybe_take_back(self, wish: dict[str, Any], answer: dict[str, Any]) -> None:
        """Of every tenth voucher only: the history of the others stays one of uses alone."""
        if self.random.random() < TAKEN_BACK * 10:
            key = uuid4()
            use.reverse(till=self.till, cashier=None, key=key, redemption_id=UUID(answer["id"]))
            self._write({"key": str(key), "back": wish["key"]})

    def _write(self, line: dict[str, Any]) -> None:
        _append(self.file, line)


def _append(file: TextIO, line: dict[str, Any]) -> None:
    """In the kernel's hands, where a kill does not reach it."""
    file.write(json.dumps(line) + "\n")
    file.flush()


def main() -> None:
    spec = json.loads(Path(sys.argv[1]).read_text())
    numbers = [int(number) for number in sys.argv[2].split(",")]
    if spec["mutant"]:
        name, planted = MUTANTS[spec["mutant"]]
        setattr(use, name, planted)
    threads = [Thread(target=Client(spec, number).run) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
