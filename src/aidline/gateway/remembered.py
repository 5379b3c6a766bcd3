"""What one process remembers: so much and so long, the longest unused goes first."""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Remembered(Generic[Value]):
    """`most` counts what `weigh` says of each value; one each without it."""

    def __init__(
        self, *, most: int, seconds: float = 24 * 3600, weigh: Callable[[Value], int] = lambda _: 1
    ) -> None:
        self._most, self._seconds, self._weigh = most, seconds, weigh
        self._weight = 0
        self._values: OrderedDict[str, tuple[float, Value]] = OrderedDict()
        self._lock = Lock()

    def get(self, name: str) -> Value | None:
        with self._lock:
            found = self._values.get(name)
            if found is None:
                return None
            if found[0] < time.monotonic():
                self._drop(name)
                return None
            self._values.move_to_end(name)
            return found[1]

    def put(self, name: str, value: Value) -> None:
        with self._lock:
            self._drop(name)
            self._values[name] = (time.monotonic() + self._seconds, value)
            self._weight += self._weigh(value)
            while self._weight > self._most:
                self._drop(next(iter(self._values)))

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
            self._weight = 0

    def _drop(self, name: str) -> None:
        dropped = self._values.pop(name, None)
        if dropped:
            self._weight -= self._weigh(dropped[1])
