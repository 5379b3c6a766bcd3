"""A throw-away PostgreSQL with durable settings, that can be stopped, frozen, killed and started again."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .installation import free_port

SETTINGS = ("shared_buffers=256MB", "max_connections=200", "log_min_messages=error")


def programs() -> Path | None:
    """Where initdb and postgres are."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    path = shutil.which("initdb")
    return Path(path).resolve().parent if path else None


class Cluster:
    def __init__(self, folder: Path | None = None) -> None:
        found = programs()
        assert found, "tools/setup_postgres.sh installs PostgreSQL"
        self._bin = found
        self.folder = folder or Path(tempfile.mkdtemp(prefix="aidline-postgres-"))
        self.port = free_port()
        self._server: subprocess.Popen[bytes] | None = None
        self._owner()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def make(self) -> "Cluster":
        self._run(
            "initdb", "-D", str(self.data), "-U", "aidline", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"
        )
        self.start()
        return self

    def start(self) -> None:
        command = [str(self._bin / "postgres"), "-D", str(self.data), "-k", str(self.folder)]
        command += ["-h", "127.0.0.1", "-p", str(self.port)]
        for setting in SETTINGS:
            command += ["-c", setting]
        with (self.folder / "server.log").open("ab") as log:
            self._server = subprocess.Popen(
                [*self._as(), *command], stdout=log, stderr=log, cwd=self.folder, start_new_session=True
            )
        self._wait()

    def _wait(self) -> None:
        ready = [str(self._bin / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        for _ in range(300):
            if subprocess.run(ready, check=False).returncode == 0:
                return
            time.sleep(0.05)
        raise RuntimeError((self.folder / "server.log").read_text()[-2000:])

    def new_database(self) -> str:
        """Its URL."""
        name = f"aidline_{uuid.uuid4().hex[:12]}"
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "aidline", name)
        return f"postgres://aidline@127.0.0.1:{self.port}/{name}"

    def complaints(self) -> str:
        """What the server has logged, without what a killed client leaves behind."""
        lines = (self.folder / "server.log").read_text().splitlines()
        return "\n".join(line for line in lines if "connection to client lost" not in line)[-3000:]

    # --- trouble -------------------------------------------------------------------------------------

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """SIGQUIT: at once, as in a crash."""
        if self._server and self._server.poll() is None:
            self._server.send_signal(how)
            self._server.wait(30)

    def freeze(self) -> None:
        """Every process of the server stands still; connections stay open and nobody answers."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, number: signal.Signals) -> None:
        assert self._server
        for pid in (self._server.pid, *_family(self._server.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- PostgreSQL refuses to run as root -------------------------------------------------------------

    def _owner(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")

    def _as(self) -> list[str]:
        if os.geteuid() != 0:
            return []
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as(), str(self._bin / program), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, check=False)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr}")


@contextmanager
def cluster() -> Iterator[Cluster]:
    made = Cluster()
    try:
        yield made.make()
    finally:
        made.remove()


def _family(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(child) for child in children]
    return []
