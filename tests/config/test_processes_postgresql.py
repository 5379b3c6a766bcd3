"""The same program against PostgreSQL: several workers, and a start while the database is away."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from installations import Installation, children, wait_for

URL = os.environ.get("AIDLINE_DATABASE_URL", "")
pytestmark = pytest.mark.skipif(not URL.startswith("postgres"), reason="is about PostgreSQL")

NAME = "aidline_processes"


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with psycopg.connect(URL, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {NAME}")
    here = Installation(tmp_path, database=URL.rpartition("/")[0] + f"/{NAME}")
    code, said = here.do("init", "--organisation", "Bridge", "--admin", "first@example.org")
    assert code == 0, said
    yield here
    here.end()
    with psycopg.connect(URL, autocommit=True) as server:
        server.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def test_several_workers_share_the_work_and_a_killed_one_comes_back(installation: Installation) -> None:
    tree = installation.start("run", AIDLINE_WORKERS="2")
    wait_for(installation.is_up, 60)
    wait_for(lambda: len(children(tree.pid, "worker")) == 2)
    old = children(tree.pid, "worker")[0]
    os.kill(old, signal.SIGKILL)
    wait_for(lambda: len(set(children(tree.pid, "worker")) - {old}) == 2)
    wait_for(lambda: installation.do("doctor")[0] == 0, 60)
    tree.send_signal(signal.SIGTERM)
    assert tree.wait(timeout=20) == 0


def test_web_starts_with_the_database_away_and_takes_calls(installation: Installation) -> None:
    """From the keys that an earlier start left beside the spool."""
    first = installation.start("web")
    wait_for(installation.is_up, 60)
    first.send_signal(signal.SIGTERM)
    first.wait(timeout=20)
    installation.start("web", AIDLINE_DATABASE_URL="postgres://nobody@127.0.0.1:1/nothing")
    wait_for(installation.is_up, 60)
    assert installation.status("/hooks/webchat/nothing") == 404
