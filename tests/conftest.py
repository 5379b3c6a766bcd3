"""Before Django is loaded: an installation in a temporary folder, and no network but this machine."""

import atexit
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from django.db import connection

FOLDER = Path(tempfile.mkdtemp(prefix="aidline-tests-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

(FOLDER / "data" / "static").mkdir(parents=True)
(FOLDER / "keys").mkdir(mode=0o700)
ROOT_KEY = FOLDER / "keys" / "root.key"
ROOT_KEY.write_text("aidline-root-1 dGVzdCByb290IGtleTogMzIgYnl0ZXMsIG5vIHVzZS4=\n")
ROOT_KEY.chmod(0o400)

KEPT = ("AIDLINE_DATABASE_URL", "AIDLINE_SPECS")  # which database; where vendors' descriptions lie
for name in [key for key in os.environ if key.startswith("AIDLINE_") and key not in KEPT]:
    del os.environ[name]
os.environ |= {
    "AIDLINE_DATA": str(FOLDER / "data"),
    "AIDLINE_ROOT_KEY_FILE": str(ROOT_KEY),
    "AIDLINE_PRACTICE": "1",
    "AIDLINE_PROCESS": "test",
    "DJANGO_SETTINGS_MODULE": "aidline.config.settings",
}


def pytest_configure() -> None:
    """pytest-django looked for settings before this file could name them."""
    django.setup()


_connect = socket.socket.connect


def _only_here(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
        raise PermissionError("a test tried to reach the network")
    _connect(self, address)


def _is_here(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


@pytest.fixture(scope="session", autouse=True)
def flush_behind_triggers() -> Iterator[None]:
    """SQLite empties a table by deleting its rows, which tables that are only ever added to refuse: not so between
    two tests."""
    operations = type(connection.ops)
    original = operations.sql_flush

    def sql_flush(self: Any, style: Any, tables: Any, **options: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = dict(cursor.fetchall())
        dropped = [f'DROP TRIGGER "{name}"' for name in triggers]
        return [*dropped, *original(self, style, tables, **options), *triggers.values()]

    patch = pytest.MonkeyPatch()
    if connection.vendor == "sqlite":
        patch.setattr(operations, "sql_flush", sql_flush)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", _only_here)
    yield
    patch.undo()


# Pure code, what is spoken over the wire, and screens that scripts move: the database makes no difference to them.
WITHOUT_DATABASE = ("channels", "kernel", "vouchers/codes")
ONCE = {
    "architecture/test_views.py",
    "calls/test_numbers.py",
    "centres/test_hours.py",
    "desk/test_story.py",
    "desk_calls/test_browser.py",
    "desk_people/test_browser.py",
    "flows/test_checks.py",
    "flows/test_engine.py",
    "flows/test_floip.py",
    "flows/test_fuzz.py",
    "flows/test_rapidpro.py",
    "flows/test_text.py",
    "flows/test_torn_files.py",
    "flows/test_transcripts.py",
    "gateway/test_opt_out_words.py",
    "portal/test_browser.py",
    "simulator/test_content.py",
    "simulator/test_twiml.py",
    "simulator/test_wire.py",
    "voice/test_walkers.py",
    "vouchers/intake/test_reading.py",
    "vouchers/registering/test_register_browser.py",
    "vouchers/till/test_browser.py",
    "vouchers/verification/test_names.py",
}


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    second = os.environ.get("AIDLINE_DATABASE_URL", "").startswith("postgres")
    inside = collection_path.relative_to(Path(__file__).parent).as_posix()
    once = inside in WITHOUT_DATABASE or inside in ONCE
    return True if second and once else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The journeys come last: their browser keeps an event loop running, in which no other test may start one."""
    items.sort(key=lambda item: "/journeys/" in item.nodeid)
