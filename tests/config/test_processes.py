"""The real program: what it refuses to start with, what it survives, and that nothing of it is left behind."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
pytestmark = pytest.mark.skipif(
    "AIDLINE_DATABASE_URL" in os.environ, reason="starts a whole installation on SQLite of its own"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Installation:
    folder: Path
    port: int = field(default_factory=free_port)
    started: list["subprocess.Popen[str]"] = field(default_factory=list)

    def environ(self, **changes: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AIDLINE_")}
        own = {
            "AIDLINE_DATA": str(self.folder / "data"),
            "AIDLINE_ROOT_KEY_FILE": str(self.folder / "root.key"),
            "AIDLINE_BIND": f"127.0.0.1:{self.port}",
            "AIDLINE_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
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


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: most of a test's time would go into creating the tables."""
    folder = tmp_path_factory.mktemp("template")
    Installation(folder).init()
    return folder


@pytest.fixture
def installation(tmp_path: Path, template: Path) -> Iterator[Installation]:
    here = Installation(tmp_path)
    here.copy(template)
    yield here
    for process in here.started:
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
    return [int(child) for child in found if role in _command(int(child))]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def wait_for(what: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


# --- what is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"AIDLINE_BIND": "8000"}, "AIDLINE_BIND is not host:port"),
        ({"AIDLINE_LANGUGE": "fr"}, "Did you mean language?"),
        ({"AIDLINE_ROOT_KEY_FILE": ""}, "No root key is set"),
    ],
)
def test_a_wrong_setting_is_one_plain_line_and_exit_code_2(
    installation: Installation, changes: dict[str, str], words: str
) -> None:
    code, said = installation.do("run", **changes)
    assert (code, len(said.splitlines())) == (2, 1)
    assert words in said


def test_a_root_key_inside_the_data_folder_is_refused(installation: Installation) -> None:
    inside = str(installation.folder / "data" / "inside.key")
    code, said = installation.do(
        "init", "--organisation", "B", "--admin", "a@example.org", AIDLINE_ROOT_KEY_FILE=inside
    )
    assert code == 2
    assert "inside the data folder" in said


def test_a_port_in_use_is_said_at_once(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", installation.port))
        taken.listen()
        code, said = installation.do("run")
    assert code == 2
    assert "AIDLINE_BIND" in said


def test_a_second_worker_on_sqlite_is_refused(installation: Installation) -> None:
    first = installation.start("worker")
    wait_for((installation.folder / "data" / "worker.lock").exists)
    time.sleep(0.5)
    code, said = installation.do("worker")
    assert (code, first.poll()) == (2, None)
    assert "a worker runs already" in said


# --- what is survived ------------------------------------------------------------------------------------


def test_a_killed_process_comes_back_and_a_killed_supervisor_leaves_nobody(
    installation: Installation,
) -> None:
    tree = installation.start("run")
    wait_for(installation.is_up)
    for role in ("web", "worker"):
        (old,) = children(tree.pid, role)
        os.kill(old, signal.SIGKILL)
        wait_for(lambda role=role, old=old: children(tree.pid, role) not in ([], [old]))  # type: ignore[misc]
    wait_for(installation.is_up)
    everybody = children(tree.pid)
    tree.kill()
    tree.wait()
    wait_for(lambda: not any(map(_command, everybody)), 10)


def test_it_ends_within_three_seconds_with_a_page_half_asked_for(installation: Installation) -> None:
    tree = installation.start("run")
    wait_for(installation.is_up)
    with socket.create_connection(("127.0.0.1", installation.port)) as idle:
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert idle.recv(100).startswith(b"HTTP/1.1 200")
        begun = time.monotonic()
        tree.send_signal(signal.SIGTERM)
        assert tree.wait(timeout=20) == 0
    assert time.monotonic() - begun < 3
    assert not children(tree.pid)


def test_the_doctor_misses_the_worker_and_finds_it_when_it_runs(installation: Installation) -> None:
    code, said = installation.do("doctor")
    assert code == 1
    assert "No worker has ever run" in said
    installation.start("worker")
    wait_for(lambda: installation.do("doctor")[0] == 0)


def test_from_nothing_to_a_channel_with_four_commands(installation: Installation) -> None:
    code, said = installation.do("centre", "create", "Harbour", "--languages", "ar,en", "--region", "lb")
    assert code == 0, said
    code, said = installation.do(
        "channel", "create", "harbour", "webchat", "Web chat", "--config", "/dev/null"
    )
    assert f"http://127.0.0.1:{installation.port}/hooks/webchat/" in said
    code, said = installation.do(
        "staff", "invite", "b@example.org", "--centre", "harbour", "--role", "supervisor"
    )
    assert f"http://127.0.0.1:{installation.port}/join/" in said
    code, said = installation.do("staff", "invite", "b@example.org", "--centre", "nowhere")
    assert (code, "Known are: harbour" in said) == (2, True)


def test_a_rotated_root_key_opens_everything_and_the_old_one_nothing(installation: Installation) -> None:
    fresh = str(installation.folder / "fresh.key")
    assert installation.do("keys", "rotate", "--to", fresh)[0] == 0
    code, said = installation.do("worker")
    assert code == 2
    assert "Wrong root key" in said
    code, said = installation.do("centre", "create", "Harbour", AIDLINE_ROOT_KEY_FILE=fresh)
    assert code == 0, said
