"""The demonstration as a newcomer starts it: `aidline demo` in a folder of its own, ended by its process id."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import psycopg

SOURCE = Path(__file__).parents[2] / "src"
INSIDE = Path(__file__).with_name("inside.py")
SEED_SECONDS = 180
DATABASE = "aidline_journeys"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Installation:
    folder: Path
    port: int
    database_url: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AIDLINE_")}
        own = {
            "AIDLINE_DATA": str(self.folder / "data"),
            "AIDLINE_ROOT_KEY_FILE": str(self.folder / "keys" / "root.key"),
            "AIDLINE_BIND": f"127.0.0.1:{self.port}",
            "AIDLINE_PUBLIC_URL": self.url,
            "AIDLINE_PRACTICE": "1",
            "AIDLINE_PRIVATE_HOSTS": "127.0.0.1,localhost",
            "AIDLINE_DATABASE_URL": self.database_url,
            "PYTHONPATH": str(SOURCE),
            "PYTHONUNBUFFERED": "1",
        }
        return {name: value for name, value in {**kept, **own}.items() if value}

    def inside(self, *arguments: str) -> dict[str, str]:
        """What no page offers a test: many links at once, and time that has passed."""
        done = subprocess.run(
            [sys.executable, str(INSIDE), *arguments],
            env=self.environ(),
            check=True,
            capture_output=True,
            text=True,
        )
        answer: dict[str, str] = json.loads(done.stdout)
        return answer


@contextmanager
def installed(folder: Path, database_url: str = "") -> Iterator[Installation]:
    with _database(database_url) as own_url:
        installation = Installation(folder, free_port(), own_url)
        command = [sys.executable, "-m", "aidline.config", "demo", "--folder", str(folder)]
        log = (folder / "demo.log").open("w")
        process = subprocess.Popen(command, env=installation.environ(), stdout=log, stderr=log)
        try:
            _wait_until_it_answers(installation, process)
            yield installation
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
            log.close()


def _wait_until_it_answers(installation: Installation, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + SEED_SECONDS
    while not _answers(installation.url):
        said = (installation.folder / "demo.log").read_text()
        assert process.poll() is None, said
        assert time.monotonic() < until, said
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


@contextmanager
def _database(url: str) -> Iterator[str]:
    """On PostgreSQL: a database beside the one of the other tests, gone afterwards."""
    if not url:
        yield ""
        return
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {DATABASE}")
        yield urlunsplit(urlsplit(url)._replace(path=f"/{DATABASE}"))
        connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
