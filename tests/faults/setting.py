"""A run from start to end, for tests and for the command line."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from .cluster import Cluster, cluster
from .installation import Installation, free_port
from .provider import Provider
from .run import Report, Run, Size

During = Callable[[Run], Awaitable[None]]


def database_of_tests() -> str:
    """The suite runs once on each database; fault runs bring their own server but follow the choice."""
    chosen = os.environ.get("AIDLINE_DATABASE_URL", "")
    return "postgresql" if chosen.startswith("postgres") else "sqlite"


def one_run(
    database: str,
    size: Size,
    *,
    keep: bool = False,
    mutant: str = "",
    during: Callable[[Cluster | None], During] | None = None,
    **more: object,
) -> Report:
    with (
        server(database) as (beside, url),
        installation(url, keep=keep, mutant=mutant, **more) as (made, provider),
    ):
        return asyncio.run(Run(made, provider, size).go(during(beside) if during else None))


@contextmanager
def server(database: str) -> Iterator[tuple[Cluster | None, str]]:
    """Nothing and an empty URL for SQLite, which lies in the installation's own folder."""
    if database == "sqlite":
        yield None, ""
        return
    with cluster() as made:
        yield made, made.new_database()


@contextmanager
def installation(
    url: str, *, keep: bool = False, mutant: str = "", **more: object
) -> Iterator[tuple[Installation, Provider]]:
    port = free_port()
    workers = 2 if url else 1
    made = Installation(
        database_url=url,
        provider_url=f"http://127.0.0.1:{port}",
        workers=workers,
        mutant=mutant,
        **more,  # type: ignore[arg-type]
    )
    try:
        made.prepare()
        yield made, Provider(port)
    finally:
        made.close(keep=keep)
        if keep:
            print(f"kept in {made.folder}", flush=True)
