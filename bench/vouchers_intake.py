"""How fast a partner's list becomes registrations. `python -m bench.vouchers_intake [rows] [database…]`.

Beside the 121 Platform, which takes 1,000 rows a file at most (reference: 69.7 s for 10,000 in ten files with its
phone look-up made free, 409 s for 1,000 as shipped).
"""

import sys
from typing import Any

from tests.faults.installation import Installation
from tests.faults.setting import server

DATABASES = ("sqlite", "postgresql")


def measure(database: str, rows: int = 10_000) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with server(database) as (_cluster, url):
        made = Installation(
            database_url=url,
            provider_url="http://127.0.0.1:1",
            supervised=False,
            inside="bench.inside_intake",
        )
        try:
            made.prepare(history=False, agents=1)
            for kind in ("csv", "xlsx"):
                for name, figure in made.ask("take_in", rows=rows, kind=kind).items():
                    found[f"list of {rows:,} ({kind}): {name}"] = figure
        finally:
            made.close()
    return found


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    for database in sys.argv[2:] or DATABASES:
        print(database)
        for name, figure in measure(database, rows).items():
            print(f"  {name:50} {figure}")


if __name__ == "__main__":
    main()
