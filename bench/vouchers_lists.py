"""How fast a long list is compared and paged through. `python -m bench.vouchers_lists [people] [database…]`.

Beside the 121 Platform: 0.6 to 0.9 s for a page of 20 among 10,000, exact duplicates within one programme only.
"""

import sys
from typing import Any

from tests.faults.installation import Installation
from tests.faults.setting import server

DATABASES = ("sqlite", "postgresql")
PEOPLE = 131_072


def measure(database: str, people: int = PEOPLE) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with server(database) as (_cluster, url):
        made = Installation(
            database_url=url, provider_url="http://127.0.0.1:1", supervised=False, inside="bench.inside_lists"
        )
        try:
            made.prepare(history=False, agents=1)
            for act, facts in (("fill", {"people": people}), ("compare", {}), ("page", {})):
                for name, figure in made.ask(act, **facts).items():
                    found[f"{people:,} people: {name}"] = figure
                    print(f"  {name:60} {figure}", flush=True)
        finally:
            made.close()
    return found


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    for database in sys.argv[2:] or DATABASES:
        print(database, flush=True)
        measure(database, people)


if __name__ == "__main__":
    main()
