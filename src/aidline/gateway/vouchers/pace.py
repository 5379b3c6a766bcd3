"""How many calls an issuer is given at once: as many as it takes well, found out while calling it.

One more for each good answer until the first trouble, then one more for each round of good answers; half as many
after a trouble (additive increase, multiplicative decrease, as TCP does). An answer that fails now and then is no
trouble; a refusal to be called so often is, and so are failures that come in numbers.
"""

import threading
from collections import deque
from time import monotonic

FIRST = 4
WINDOW, TOO_MANY = 30, 0.2  # of so many answers, more than this share failed
SHORTEST, LONGEST = 2.0, 15.0  # seconds waited for an answer


class Pace:
    def __init__(self, most: int) -> None:
        self.most = max(1, most)
        self.limit = float(min(FIRST, self.most))
        self._known_good = float(self.most)
        self._usual: float | None = None
        self._failed: deque[bool] = deque(maxlen=WINDOW)
        self._eased_at = 0.0

    @property
    def at_once(self) -> int:
        return max(1, int(self.limit))

    @property
    def seconds(self) -> float:
        """Long enough for any usual answer: who is not heard by then is asked again under the same reference."""
        if self._usual is None:
            return LONGEST
        return min(LONGEST, max(SHORTEST, 8 * self._usual))

    def good(self, seconds: float) -> None:
        self._usual = seconds if self._usual is None else 0.9 * self._usual + 0.1 * seconds
        self._failed.append(False)
        step = 1.0 if self.limit < self._known_good else 1.0 / self.limit
        self.limit = min(float(self.most), self.limit + step)

    def failed(self) -> None:
        self._failed.append(True)
        if len(self._failed) == WINDOW and sum(self._failed) > TOO_MANY * WINDOW:
            self.ease()

    def ease(self) -> None:
        """Once for all the calls that were under way together."""
        if monotonic() < self._eased_at + (self._usual or 0.5):
            return
        self._eased_at = monotonic()
        self._failed.clear()
        self.limit = self._known_good = max(1.0, self.limit / 2)


class Gate:
    """Lets as many threads through at once as the pace allows now; the others wait here with their work in hand."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._inside = 0
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        with self._changed:
            while self._inside >= self._pace.at_once:
                self._changed.wait(1.0)
            self._inside += 1

    def __exit__(self, *_problem: object) -> None:
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()
