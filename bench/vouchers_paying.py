"""How fast a payment is issued by an issuer of 100 to 300 ms. `python -m bench.vouchers_paying [people] [database…]`.

One worker, one issuer in a process of its own, one error in a hundred, and two in a thousand that succeed and never
answer. Beside the 121 Platform: 1,000 vouchers in 220 s (its queue takes five a second, whatever the issuer can).
"""

import sys
from time import monotonic, sleep
from typing import Any

from tests.faults.installation import Installation
from tests.faults.paying import INSIDE, cards_at, faults, issuer
from tests.faults.paying import Paying as Size
from tests.faults.setting import server

ORDERS = "slow-300/broken-1/late-0.2"
DATABASES = ("sqlite", "postgresql")
LONGEST = 600


def measure(database: str, people: int = 1_000) -> dict[str, Any]:
    with server(database) as (_cluster, url), issuer() as shop:
        made = Installation(
            database_url=url, provider_url=shop, supervised=False, inside=INSIDE, only=("worker",)
        )
        try:
            made.prepare(history=False, agents=1)
            found = _measured(made, shop, "own", people)
            return found | _measured(made, shop, "issuer of 100–300 ms", people)
        finally:
            made.close()


def _measured(made: Installation, shop: str, kind: str, people: int) -> dict[str, Any]:
    """Until the last voucher is written down; the worker is at work before, as it is in earnest."""
    made.start()
    sleep(3)
    own = kind == "own"
    url = "" if own else f"{shop}/look-alike/gift-card/{ORDERS}"
    begun = made.ask("begin", people=people, issuer_url=url)
    at = monotonic()
    while made.ask("standing", payment=begun["payment"])["state"] != "fi":
        if monotonic() > at + LONGEST:
            raise TimeoutError("the payment does not end")
        sleep(0.2)
    took = monotonic() - at
    wrong = faults(
        Size(people=people, own=own),
        made.ask("standing", payment=begun["payment"]),
        made.ask("cards", payment=begun["payment"]),
        cards_at(shop),
    )
    assert not wrong, wrong
    name = f"{people:,} vouchers, {kind}"
    return {f"{name}, s": round(took, 1), f"{name}: list frozen in, s": begun["handing in"]}


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    for database in sys.argv[2:] or DATABASES:
        print(database)
        for name, figure in measure(database, people).items():
            print(f"  {name:60} {figure}")


if __name__ == "__main__":
    main()
