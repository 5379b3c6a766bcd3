"""One installation in a temporary folder, run as real processes, killed and started again."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aidline.channels.contract import ProvesByAddress
from aidline.channels.registry import load
from aidline.vault.root import create_root

from . import voices
from .lines import Line

ROOT = Path(__file__).resolve().parents[2]
ROLES = ("web", "worker")


class Broken(Exception):
    """The harness, not the product, cannot go on."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Installation:
    """`supervised`: one `aidline run`; else web and worker by themselves, and this class starts them again.

    `mutant` names a fault planted into the processes (see `mutants`); never with `supervised`.
    """

    def __init__(
        self,
        *,
        database_url: str = "",
        provider_url: str = "",
        supervised: bool = True,
        workers: int = 1,
        mutant: str = "",
        folder: Path | None = None,
        data: Path | None = None,
        inside: str = "tests.faults.inside",
        all_providers: bool = False,
        only: Sequence[str] = (),
    ) -> None:
        self.folder = folder or Path(tempfile.mkdtemp(prefix="aidline-faults-"))
        self.data = data or self.folder / "data"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.provider_url = provider_url
        self.supervised = supervised and not mutant
        self.mutant = mutant
        self.kills = 0
        self.starts = 0
        self.lines: dict[str, Line] = {}
        self.all_providers = all_providers
        self.configs: dict[str, dict[str, str]] = {}  # of the providers that speak through `voices`
        self._key = self.folder / "keys" / "root.key"
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._roles = ("run",) if self.supervised else ("web", *(f"worker {n}" for n in range(workers)))
        self._roles = tuple(only) or self._roles
        self._more = {"AIDLINE_DATABASE_URL": database_url, "AIDLINE_WORKERS": str(workers)}
        self._asked = inside
        self._inside: subprocess.Popen[str] | None = None

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AIDLINE_", "DJANGO_", "COVERAGE_"))
        }
        own = {
            "AIDLINE_DATA": str(self.data),
            "AIDLINE_ROOT_KEY_FILE": str(self._key),
            "AIDLINE_PUBLIC_URL": self.url,
            "AIDLINE_BIND": f"127.0.0.1:{self.port}",
            "AIDLINE_PRACTICE": "1",
            "AIDLINE_PRIVATE_HOSTS": "127.0.0.1",
            "DJANGO_SETTINGS_MODULE": "aidline.config.settings",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}:{ROOT / 'tests'}",
            **self._more,
        }
        return {**kept, **{name: value for name, value in own.items() if value}}

    # --- making --------------------------------------------------------------------------------------

    def prepare(self, **more: Any) -> dict[str, Line]:
        create_root(self._key)
        self.data.mkdir(parents=True, exist_ok=True)
        if self.all_providers:
            self.configs = voices.configs(self.provider_url)
            more["others"] = self.configs
        found = self.ask("prepare", provider_url=self.provider_url, **more)
        self.lines = {
            provider: Line(provider, channel, _hook(self.url, provider, channel, self.configs))
            for provider, channel in found.items()
        }
        return self.lines

    # --- running -------------------------------------------------------------------------------------

    def start(self) -> None:
        """Starts what is not running. Called again and again by whoever kills."""
        for role in self._roles:
            process = self._running.get(role)
            if process is None or process.poll() is not None:
                self._running[role] = self._spawn(role)
                self.starts += 1

    def _spawn(self, role: str) -> "subprocess.Popen[bytes]":
        log = (self.folder / f"{role.split(maxsplit=1)[0]}.log").open("ab")
        module = ["tests.faults.mutants", self.mutant] if self.mutant else ["aidline.config"]
        command = [sys.executable, "-m", *module, role.split(maxsplit=1)[0]]
        with log:
            return subprocess.Popen(
                command, env=self.environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )

    def wait_ready(self, seconds: float = 30) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.answers():
                return
            self.start()
            time.sleep(0.1)
        raise Broken(f"the server does not answer; see {self.folder}:\n{self.tail()}")

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def pids(self, role: str) -> list[int]:
        """Of `web`, `worker` or `run`, whoever started them."""
        if not self.supervised:
            return [
                p.pid for name, p in self._running.items() if name.split()[0] == role and p.poll() is None
            ]
        top = [p.pid for p in self._running.values() if p.poll() is None]
        if role == "run":
            return top
        return [child for pid in top for child in _children(pid) if _runs(child, role)]

    def kill(self, roles: Sequence[str]) -> int:
        """-9, all at once; nobody gets to say goodbye."""
        doomed = [pid for role in roles for pid in self.pids(role)]
        for pid in doomed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.kills += bool(doomed)
        for process in self._running.values():
            if process.pid in doomed:
                process.wait()
        return len(doomed)

    def stop(self) -> None:
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(25)
            except subprocess.TimeoutExpired:
                self.kill((*ROLES, "run"))
        self._running.clear()

    def close(self, *, keep: bool = False) -> None:
        self.stop()
        if self._inside:
            self._inside.communicate(timeout=20)
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def tail(self, lines: int = 30) -> str:
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(
            f"== {log.name}\n" + "\n".join(log.read_text().splitlines()[-lines:]) for log in logs
        )

    # --- asking --------------------------------------------------------------------------------------

    def ask(self, verb: str, **facts: Any) -> Any:
        """DatabaseAway when the database did not answer; Broken for anything else."""
        if self._inside is None or self._inside.poll() is not None:
            self._inside = self._open_inside()
        assert self._inside.stdin
        assert self._inside.stdout
        self._inside.stdin.write(json.dumps({"do": verb, **facts}) + "\n")
        self._inside.stdin.flush()
        answer = json.loads(self._inside.stdout.readline() or '{"error": "gone", "fatal": true}')
        if answer.get("fatal"):
            raise Broken(f"{verb}: {answer['error']}")
        if "error" in answer:
            raise DatabaseAway(answer["error"])
        return answer["answer"]

    def _open_inside(self) -> "subprocess.Popen[str]":
        with (self.folder / "inside.log").open("a") as log:
            return subprocess.Popen(
                [sys.executable, "-m", self._asked],
                env=self.environment,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def dump(self) -> list[dict[str, Any]]:
        path = self.folder / "dump.jsonl"
        self.ask("dump", path=str(path))
        return [json.loads(line) for line in path.read_text().splitlines()]


def _hook(url: str, provider: str, channel: str, configs: Mapping[str, Mapping[str, str]]) -> str:
    """Where nothing is signed, the word that proves a call is the last part of our address."""
    made = load(provider, configs[provider]) if provider in configs else None
    word = f"/{made.hook_word}" if isinstance(made, ProvesByAddress) and made.hook_word else ""
    return f"{url}/hooks/{provider}/{channel}{word}"


class DatabaseAway(Exception):
    pass


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _runs(pid: int, role: str) -> bool:
    with contextlib.suppress(OSError):
        return role.encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return False
