"""How a voucher reaches its person. `python -m bench.vouchers_delivery [people] [database…]`.

Beside the 121 Platform (reference, section 5): a picture took 0.11–0.17 s and 257 KB, claims came to 2.2 a second.
"""

import random
import sys
from statistics import median, quantiles
from time import thread_time
from typing import Any

from tests.faults.installation import Installation
from tests.faults.setting import server

DATABASES = ("sqlite", "postgresql")
RENDERINGS = 1_000


def pictures(count: int = RENDERINGS) -> dict[str, Any]:
    """Drawn, then read as a scanner reads them from a cheap telephone. Processor times."""
    from aidline.vouchers.codes.picture import draw
    from vouchers.codes.degrading import face, found_in, harm, harmed  # on the path of the tests

    dice, times, sizes = random.Random(2026), [], []
    either = qr = bars = 0
    draw(face(dice))
    for _ in range(count):
        one = face(dice)
        begun = thread_time()
        png = draw(one)
        times.append(thread_time() - begun)
        sizes.append(len(png))
        found = found_in(harmed(png, harm(dice)))
        qr, bars, either = qr + (one.token in found), bars + (one.bars in found), either + bool(found)
    return {
        "picture, ms": round(1000 * median(times), 1),
        "picture, 99th percentile, ms": round(1000 * quantiles(times, n=100)[98], 1),
        "picture, largest, KB": round(max(sizes) / 1000, 1),
        f"of {count:,} on bad screens, read by code or bars, %": round(100 * either / count, 2),
        "by the QR code alone, %": round(100 * qr / count, 2),
        "by the bars alone, %": round(100 * bars / count, 2),
    }


def claims(database: str, people: int = 1_000) -> dict[str, Any]:
    with server(database) as (_cluster, url):
        made = Installation(
            database_url=url,
            provider_url="http://127.0.0.1:1",
            supervised=False,
            inside="bench.inside_delivery",
        )
        try:
            made.prepare(history=False, agents=1)
            found: dict[str, Any] = made.ask("claim", people=people)
            found |= made.ask("claim_by_worker", people=people)
            return {f"vouchers of {people:,}: {name}": figure for name, figure in found.items()}
        finally:
            made.close()


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    _show(pictures())
    for database in sys.argv[2:] or DATABASES:
        print(database)
        _show(claims(database, people))


def _show(found: dict[str, Any]) -> None:
    for name, figure in found.items():
        print(f"  {name:70} {figure}")


if __name__ == "__main__":
    main()
