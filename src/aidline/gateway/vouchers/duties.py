"""What the worker does for vouchers."""

from collections.abc import Callable, Mapping
from typing import Any

JOBS: Mapping[str, Callable[[dict[str, Any]], None]] = {}

AFTER_DEATH: Mapping[str, Callable[[dict[str, Any]], None]] = {}

SCHEDULE: Mapping[str, tuple[float, Callable[[], object]]] = {
    # name: (seconds between two runs, what is run)
}
