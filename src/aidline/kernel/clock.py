"""The only place that asks what time it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_shift: ContextVar[timedelta] = ContextVar("clock shift", default=timedelta(0))


def now() -> datetime:
    return datetime.now(UTC) + _shift.get()


@contextmanager
def starting_at(moment: datetime) -> Iterator[None]:
    """Inside, and in this thread alone, it is that moment and time goes on from there: tests, replayed days."""
    token = _shift.set(moment - datetime.now(UTC))
    try:
        yield
    finally:
        _shift.reset(token)
