"""How much one visitor, or one connection, may send. Counted in memory, forgotten within minutes."""

import hmac
import secrets
from ipaddress import IPv6Address, IPv6Network, ip_address
from threading import Lock
from time import monotonic

_KEY = secrets.token_bytes(
    32
)  # of this process only: no list of connections can be made from what is counted


class Limit:
    """At most `most` within a window of `seconds`. Windows are fixed, so that a count is one number."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._window = 0
        self._counts: dict[bytes, int] = {}
        self._lock = Lock()

    def spend(self, who: str) -> bool:
        """False when it is too much."""
        key = hmac.digest(_KEY, who.encode(), "sha256")[:12]
        with self._lock:
            self._turn()
            count = self._counts[key] = self._counts.get(key, 0) + 1
        return count <= self._most

    def seconds_left(self) -> int:
        return int(self._seconds - monotonic() % self._seconds) + 1

    def clear(self) -> None:
        with self._lock:
            self._counts.clear()

    def _turn(self) -> None:
        window = int(monotonic() // self._seconds)
        if window != self._window:
            self._window = window
            self._counts.clear()


def connection(address: str) -> str:
    """Whom to count. With IPv6 one house has 2^64 addresses: it is counted as one."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(IPv6Network((found, 64), strict=False))
    return str(found.ipv4_mapped if isinstance(found, IPv6Address) else found)


# One connection may be the Wi-Fi of a whole camp.
VISITOR_MESSAGES = Limit(20, 60)
CONNECTION_MESSAGES = Limit(400, 60)
VISITOR_FILES = Limit(10, 300)
