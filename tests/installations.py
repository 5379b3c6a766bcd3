"""Whole installations as processes of their own, for tests that kill them."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Installation:
    folder: Path
    port: int = field(default_factory=free_port)
    database: str = ""
    started: list["subprocess.Popen[str]"] = field(default_factory=list)

    def environ(self, **changes: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AIDLINE_")}
        own = {
            "AIDLINE_DATA": str(self.folder / "data"),
            "AIDLINE_ROOT_KEY_FILE": str(self.folder / "root.key"),
            "AIDLINE_BIND": f"127.0.0.1:{self.port}",
            "AIDLINE_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "AIDLINE_DATABASE_URL": self.database,
            "PYTHONPATH": str(SOURCE),
        }
        return {name: value for name, value in {**kept, **own, **changes}.items() if value}

    def start(self, *arguments: str, **changes: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "aidline.config", *arguments],
            env=self.environ(**changes),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process

    def do(self, *arguments: str, **changes: str) -> tuple[int, str]:
        process = self.start(*arguments, **changes)
        said, _ = process.communicate(timeout=60)
        return process.returncode, said

    def copy(self, template: Path) -> None:
        shutil.copytree(template, self.folder, dirs_exist_ok=True)

    def init(self) -> None:
        code, said = self.do("init", "--organisation", "Bridge", "--admin", "first@example.org")
        assert code == 0, said

    def status(self, path: str = "/healthz") -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def is_up(self) -> bool:
        return self.status() == 200

    def end(self) -> None:
        for process in self.started:
            for child in children(process.pid):
                os.kill(child, signal.SIGKILL)
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()


def children(pid: int, role: str = "") -> list[int]:
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [int(child) for child in found if role in command_of(int(child))]


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def wait_for(what: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)
