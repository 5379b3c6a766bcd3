"""SQLite: one writer at a time whatever thread or process it is in, and the durability that was promised."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import OperationalError, connection, transaction

from aidline.config.sqlite.writer import WriterLock
from aidline.config.sqlite_library import JOURNAL_MODE, VERSION, is_fixed
from aidline.jobs.models import Job

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="is about SQLite")

THREADS, ROUNDS = 8, 25

WRITERS = f"""
import sys, threading
import django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from django.db import connection, transaction
from aidline.jobs.models import Job
errors = []

def write(number):
    try:
        for turn in range({ROUNDS}):
            with transaction.atomic():
                seen = Job.objects.filter(kind="race").count()
                Job.objects.create(kind="race", payload={{"seen": seen}})
            Job.objects.filter(kind="alone").update(attempts=turn)
    except Exception as error:
        errors.append(repr(error))
    connection.close()

threads = [threading.Thread(target=write, args=(n,)) for n in range({THREADS})]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(errors)
sys.exit(bool(errors))
"""


def pragma(name: str) -> object:
    with connection.cursor() as cursor:
        return cursor.execute(f"PRAGMA {name}").fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_sixteen_writers_in_two_processes_never_find_the_database_locked() -> None:
    command = [sys.executable, "-c", WRITERS, str(connection.settings_dict["NAME"])]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    processes = [
        subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=120)[0].decode() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], answers
    seen = sorted(Job.objects.filter(kind="race").values_list("payload__seen", flat=True))
    assert seen == list(range(2 * THREADS * ROUNDS))  # nobody counted what another was about to add


@pytest.mark.django_db
def test_what_was_promised_about_durability_is_in_force() -> None:
    assert connection.transaction_mode == "IMMEDIATE"
    assert pragma("synchronous") == 2  # FULL
    assert pragma("journal_mode") == JOURNAL_MODE
    assert pragma("secure_delete") == 1
    assert pragma("foreign_keys") == 1
    assert pragma("temp_store") == 2  # MEMORY


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ending", ["commit", "rollback", "close"])
def test_the_lock_is_free_after_every_end_of_a_transaction(ending: str) -> None:
    try:
        with transaction.atomic():
            Job.objects.create(kind="any")
            if ending == "rollback":
                raise LookupError
            if ending == "close":
                connection.connection.rollback()
    except LookupError:
        pass
    if ending == "close":
        connection.close()
    other = WriterLock(str(connection.settings_dict["NAME"]), timeout=0.2)
    assert other.acquire()
    other.close()


@pytest.mark.django_db(transaction=True)
def test_a_thread_that_keeps_the_lock_is_told_of_and_not_waited_for_forever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keeper = WriterLock(str(connection.settings_dict["NAME"]), timeout=1)
    connection.ensure_connection()
    monkeypatch.setattr(connection._lock, "_timeout", 0.1)
    thread = threading.Thread(target=keeper.acquire)
    thread.start()
    thread.join()
    with pytest.raises(OperationalError, match="locked"):
        Job.objects.create(kind="any")
    keeper.close()
    assert Job.objects.create(kind="any").pk


@pytest.mark.parametrize(
    ("version", "fixed"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
    ],
)
def test_libraries_with_the_reset_fault_are_known(version: tuple[int, ...], fixed: bool) -> None:
    assert is_fixed(version) is fixed


def test_write_ahead_logging_is_used_only_where_it_is_safe() -> None:
    assert (JOURNAL_MODE == "wal") == is_fixed(VERSION)
