"""The real program: what it refuses to start with, what it survives, and that nothing of it is left behind."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from installations import Installation, children, command_of, wait_for

pytestmark = pytest.mark.skipif(
    "AIDLINE_DATABASE_URL" in os.environ, reason="starts a whole installation on SQLite of its own"
)


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
    here.end()


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
        wait_for(lambda role=role: len(children(tree.pid, role)) == 1)  # type: ignore[misc]
        (old,) = children(tree.pid, role)
        os.kill(old, signal.SIGKILL)
        wait_for(lambda role=role, old=old: children(tree.pid, role) not in ([], [old]))  # type: ignore[misc]
    wait_for(installation.is_up)
    everybody = children(tree.pid)
    tree.kill()
    tree.wait()
    wait_for(lambda: not any(map(command_of, everybody)), 10)


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


def test_from_nothing_to_a_channel_with_fourcommand_ofs(installation: Installation) -> None:
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
