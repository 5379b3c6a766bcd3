"""Ids that sort by time of birth: UUID version 7 (RFC 9562, method 1 of section 6.2).

The first 60 bits that are not fixed hold milliseconds and a 12-bit counter, kept strictly rising within the
process, so that rows made in one batch keep their order. The last 62 bits are random.
"""

import os
import threading
import time
from uuid import UUID

_LAYOUT = (7 << 76) | (2 << 62)
_RANDOM = (1 << 62) - 1

_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    tick = _next_tick()
    number = (tick >> 12) << 80 | (tick & 0xFFF) << 64 | (int.from_bytes(os.urandom(8)) & _RANDOM)
    return UUID(int=number | _LAYOUT)


def _next_tick() -> int:
    """Milliseconds and counter in one number, so that an overflowing counter borrows from the next one."""
    global _last  # noqa: PLW0603 the one piece of state that makes ids rise
    tick = time.time_ns() // 1_000_000 << 12
    with _lock:
        _last = tick if tick > _last else _last + 1
        return _last


def _new_lock_after_fork() -> None:
    global _lock  # noqa: PLW0603
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_new_lock_after_fork)
