"""What the worker does for vouchers."""

from collections.abc import Callable, Mapping
from typing import Any

from aidline.vouchers.intake import running as lists
from aidline.vouchers.intake import uploads

JOBS: Mapping[str, Callable[[dict[str, Any]], None]] = {
    uploads.JOB: lists.run,
}

AFTER_DEATH: Mapping[str, Callable[[dict[str, Any]], None]] = {
    uploads.JOB: lists.give_up,
}

SCHEDULE: Mapping[str, tuple[float, Callable[[], object]]] = {
    # name: (seconds between two runs, what is run)
    "voucher-lists": (3600, lists.forget_unused),
}
