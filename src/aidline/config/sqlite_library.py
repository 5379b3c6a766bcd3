"""Puts a SQLite library free of the WAL-reset fault in the place of the system's. Imported before Django.

The fault (two connections writing and checkpointing at the same moment may damage the file) is in 3.7.0 to
3.51.2; upstream fixed it in 3.51.3 and backported it to 3.50.7 and 3.44.6. Debian 12 ships 3.40.1.
Source: sqlite.org/wal.html, "The WAL-reset bug", read 2026-11-22.
"""

import sys

try:
    import pysqlite3
    import pysqlite3.dbapi2
except ImportError:  # no wheel for this platform: the system's library, with a rollback journal if unfixed
    import sqlite3
else:
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
    sqlite3 = pysqlite3

FIXED_FROM = (3, 51, 3)
BACKPORTS = {(3, 50): 7, (3, 44): 6}

VERSION: tuple[int, ...] = tuple(int(part) for part in sqlite3.sqlite_version.split("."))


def is_fixed(version: tuple[int, ...]) -> bool:
    if version >= FIXED_FROM:
        return True
    return version[2] >= BACKPORTS.get((version[0], version[1]), sys.maxsize)


JOURNAL_MODE = "wal" if is_fixed(VERSION) else "delete"
