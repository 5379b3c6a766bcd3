"""The one database, as Django wants it described."""

from typing import Any

from aidline.config.environment import DatabaseUrl, Environment

# A page that waits longer than this for a row has lost its reader; the worker's batches are far shorter.
STATEMENT_TIMEOUT_MS = 30_000

# Two seconds without a connection and a webhook goes to the spool, a page says sorry.
POOL = {"min_size": 1, "max_size": 8, "timeout": 2, "max_lifetime": 3600}

# A network that swallows packets is noticed within a minute; libpq's own limits are hours.
ALIVE = {"keepalives_idle": 20, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 30_000}


def database(environment: Environment) -> dict[str, Any]:
    url = environment.database
    return _sqlite(url) if url.path else _postgresql(url, environment.process)


def _sqlite(url: DatabaseUrl) -> dict[str, Any]:
    assert url.path
    return {
        "ENGINE": "aidline.config.sqlite",
        "NAME": str(url.path),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
        "CONN_MAX_AGE": None,
        # In a file, because tests have more than one process and thread.
        "TEST": {"NAME": str(url.path.with_name("test.sqlite3"))},
    }


def _postgresql(url: DatabaseUrl, process: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.name,
        "USER": url.user,
        "PASSWORD": url.password,
        "HOST": url.host,
        "PORT": url.port or "",
        "OPTIONS": _postgresql_options(url),
    }
    # Pages come and go on pool threads: psycopg's pool. All else keeps one connection per thread; closing it
    # after each piece of work costs three to five times the rate (decision 0003).
    if process == "web":
        return {**described, "OPTIONS": {**described["OPTIONS"], "pool": POOL}, "CONN_MAX_AGE": 0}
    return {**described, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}


def _postgresql_options(url: DatabaseUrl) -> dict[str, Any]:
    server = f"-c synchronous_commit=on -c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout=10000"
    own = dict(url.options)
    return {
        "connect_timeout": 3,
        "application_name": "aidline",
        **ALIVE,
        **own,
        "options": f"{own.get('options', '')} {server}".strip(),
    }
