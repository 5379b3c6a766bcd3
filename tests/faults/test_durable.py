"""Killing a process proves nothing about power: here the calls to the kernel are looked at."""

import asyncio
import re
import shutil
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from . import plan
from .installation import Installation
from .posting import connect
from .setting import database_of_tests, installation

pytestmark = [pytest.mark.faults, pytest.mark.slow]

on_sqlite = pytest.mark.skipif(
    database_of_tests() != "sqlite", reason="PostgreSQL syncs in its own processes"
)
SYNCED, ANSWERED = (
    re.compile(r"\b(fsync|fdatasync)\(.*= 0$"),
    re.compile(r"(write|writev|sendto|sendmsg)\(.*HTTP/1\.1 200"),
)


class Traced:
    """The web process under strace."""

    def __init__(self, pid: int, log: Path) -> None:
        calls = "trace=fsync,fdatasync,write,writev,sendto,sendmsg"
        self.log = log
        self._tracer = subprocess.Popen(
            ["strace", "-f", "-y", "-s", "30", "-e", calls, "-o", str(log), "-p", str(pid)],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._tracer.stderr
        line = self._tracer.stderr.readline()
        if "attached" not in line:
            self.end()
            pytest.skip(f"strace may not look at other processes here: {line.strip()}")

    def end(self) -> list[str]:
        self._tracer.send_signal(signal.SIGINT)
        self._tracer.communicate(timeout=10)
        return self.log.read_text(errors="replace").splitlines() if self.log.exists() else []


@on_sqlite
@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
@pytest.mark.parametrize("spooled", [False, True], ids=["database", "spool"])
def test_every_answer_comes_after_its_bytes_were_forced_to_the_disk(tmp_path: Path, spooled: bool) -> None:
    with installation("", supervised=False) as (made, _provider):
        made.start()
        made.wait_ready()
        made.kill(["worker"])  # so that only the web process writes
        if spooled:
            _take_away_database(made)
        traced = Traced(made.pids("web")[0], tmp_path / "calls")
        calls = plan.make(made.lines, posts=9, people=5).calls  # too few for a duplicate, which needs no sync
        statuses = asyncio.run(_one_by_one(made.port, calls))
        lines = traced.end()
    assert statuses == [200] * len(calls)
    _each_answer_after_a_sync(lines, ".delivery" if spooled else "-wal", len(calls))


def _take_away_database(made: Installation) -> None:
    """The table is gone: every write fails, as if the database were away."""
    with closing(sqlite3.connect(made.data / "aidline.sqlite3")) as database:
        database.execute("ALTER TABLE channels_delivery RENAME TO gone")


async def _one_by_one(port: int, calls: list[plan.Call]) -> list[int]:
    sender = await connect(port)
    assert sender
    try:
        return [await sender.call(call.raw) for call in calls]
    finally:
        sender.close()
        await asyncio.sleep(0)


def _each_answer_after_a_sync(lines: list[str], name: str, answers: int) -> None:
    synced, answered = 0, 0
    for line in lines:
        if SYNCED.search(line) and name.replace(".delivery", ".partial") in line:
            synced += 1
        elif ANSWERED.search(line):
            assert synced, "an answer left before anything was forced to the disk"
            answered, synced = answered + 1, 0
    assert answered == answers, f"{answered} answers seen in {len(lines)} calls"


@on_sqlite
@pytest.mark.django_db
def test_sqlite_forces_every_commit_to_the_disk() -> None:
    connection.ensure_connection()
    assert connection.connection.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL
