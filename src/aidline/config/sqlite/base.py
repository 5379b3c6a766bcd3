"""Django's SQLite backend, with every write behind one `flock` and the durability we promise switched on."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from aidline.config.sqlite.writer import WriterLock
from aidline.config.sqlite_library import JOURNAL_MODE

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)

# FULL: a commit is on disk before a webhook is answered. secure_delete: what is erased is overwritten.
# temp_store: sorting and indexing leave no temporary file behind.
PRAGMAS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA wal_autocheckpoint = 4000",
    "PRAGMA cache_size = -32000",
)


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, settings_dict: dict[str, Any], alias: str = "default") -> None:
        super().__init__(settings_dict, alias)
        self._lock: WriterLock | None = None
        self.execute_wrappers.append(self._behind_the_lock)

    # --- opening ---------------------------------------------------------------------------------------

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if not self.is_in_memory_db():
            Path(self.settings_dict["NAME"]).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = self._new_lock()
        connection = super().get_new_connection(conn_params)
        if self._lock:
            self._use_journal(connection, self._lock)
        for pragma in PRAGMAS:
            connection.execute(pragma)
        return connection

    def _new_lock(self) -> WriterLock:
        timeout = float(self.settings_dict["OPTIONS"].get("timeout", 20))
        return WriterLock(str(self.settings_dict["NAME"]), timeout)

    def _use_journal(self, connection: Any, lock: WriterLock) -> None:
        """Changing the mode wants the file for itself, and SQLite does not wait for that: so we do."""
        if connection.execute("PRAGMA journal_mode").fetchone()[0] == JOURNAL_MODE:
            return
        with self._writing(lock):
            connection.execute(f"PRAGMA journal_mode = {JOURNAL_MODE}")

    # --- transactions ----------------------------------------------------------------------------------

    def _start_transaction_under_autocommit(self) -> None:
        if self._lock is None or self._lock.held:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
            return
        self._acquire(self._lock)
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._lock.release()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._let_go()  # not after a failure: Django rolls back then, and that lets go

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._let_go()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            if self._lock:
                self._lock.close()

    # --- the lock --------------------------------------------------------------------------------------

    def _behind_the_lock(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Mapping[str, Any]
    ) -> Any:
        """A lone write, outside of a transaction, is a transaction too."""
        lock = self._lock
        if lock is None or lock.held or not WRITES.match(sql):
            return execute(sql, params, many, context)
        with self._writing(lock):
            return execute(sql, params, many, context)

    @contextmanager
    def _writing(self, lock: WriterLock) -> Iterator[None]:
        self._acquire(lock)
        try:
            yield
        finally:
            lock.release()

    def _acquire(self, lock: WriterLock) -> None:
        if not lock.acquire():
            raise OperationalError("database is locked: another thread kept the writer's lock")

    def _let_go(self) -> None:
        if self._lock:
            self._lock.release()
