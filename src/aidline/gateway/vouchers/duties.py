"""What the worker does for vouchers."""

from collections.abc import Callable, Mapping
from typing import Any

from aidline.gateway.vouchers import claiming
from aidline.vouchers.delivery import delivering, following

JOBS: Mapping[str, Callable[[dict[str, Any]], None]] = {
    claiming.BALANCE: claiming.tell_balance,
}

AFTER_DEATH: Mapping[str, Callable[[dict[str, Any]], None]] = {}

SCHEDULE: Mapping[str, tuple[float, Callable[[], object]]] = {
    # name: (seconds between two runs, what is run)
    "vouchers-deliver": (5, delivering.tend),
    "vouchers-release": (1, claiming.release),
    "vouchers-follow": (5, following.follow),
    "vouchers-remind": (300, following.remind),
}
