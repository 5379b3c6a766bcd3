"""What the database itself can do: one row of 600 bytes with a unique key, one durable commit per row."""

import os
import threading
from pathlib import Path
from statistics import median
from time import monotonic

import psycopg
import pysqlite3.dbapi2 as sqlite3

ROW = 600
CONNECTIONS = 8
_INSERT = "INSERT INTO bench_raw (key, content) VALUES ({0}, {0})"


def sqlite_rate(folder: Path, seconds: float, runs: int) -> float:
    """One connection, WAL, synchronous=FULL: as the product sets it."""
    path = folder / "raw.sqlite3"
    connection = sqlite3.connect(str(path), isolation_level=None)
    connection.execute("PRAGMA journal_mode = wal")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE bench_raw (id INTEGER PRIMARY KEY, key BLOB UNIQUE, content BLOB)")
    rates = [
        _count(lambda: connection.execute(_INSERT.format("?"), _row()), seconds) for _ in range(runs + 1)
    ]
    connection.close()
    for leftover in folder.glob("raw.sqlite3*"):
        leftover.unlink()
    return median(rates[1:])


def postgresql_rate(url: str, seconds: float, runs: int) -> float:
    """Eight connections at once, synchronous_commit=on. The first run warms up the journal."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE bench_raw (id bigserial PRIMARY KEY, key bytea UNIQUE, content bytea)"
        )
        rates = [_together(url, seconds) for _ in range(runs + 1)]
        connection.execute("DROP TABLE bench_raw")
    return median(rates[1:])


def _together(url: str, seconds: float) -> float:
    rates: list[float] = []

    def one() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            statement = _INSERT.format("%s")
            rates.append(_count(lambda: connection.execute(statement, _row(), prepare=True), seconds))

    threads = [threading.Thread(target=one) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(rates)


def _row() -> tuple[bytes, bytes]:
    return os.urandom(16), os.urandom(ROW)


def _count(insert: object, seconds: float) -> float:
    done, begun = 0, monotonic()
    while monotonic() - begun < seconds:
        insert()  # type: ignore[operator]
        done += 1
    return done / (monotonic() - begun)
