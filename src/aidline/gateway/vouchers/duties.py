"""What the worker does for vouchers."""

from collections.abc import Callable, Mapping
from typing import Any

from aidline.gateway.vouchers import inviting, numbers
from aidline.vouchers import retention
from aidline.vouchers.intake import running as lists
from aidline.vouchers.intake import uploads
from aidline.vouchers.registering import guesses, invitations
from aidline.vouchers.registering.filling import TELL_RECEIPT
from aidline.vouchers.verification import comparing, whole

JOBS: Mapping[str, Callable[[dict[str, Any]], None]] = {
    TELL_RECEIPT: inviting.tell_receipt,
    uploads.JOB: lists.run,
    comparing.WHOLE: whole.run,
    numbers.JOB: numbers.ask,
}

AFTER_DEATH: Mapping[str, Callable[[dict[str, Any]], None]] = {
    uploads.JOB: lists.give_up,
}

SCHEDULE: Mapping[str, tuple[float, Callable[[], object]]] = {
    # name: (seconds between two runs, what is run)
    "voucher-doubles": (5, comparing.compare_waiting),
    "voucher-lists": (3600, lists.forget_unused),
    "voucher-numbers": (60, numbers.find_new),
    "invitations": (2, inviting.tend),
    "invitations-old": (600, invitations.expire),
    "guesses": (600, guesses.forget_old),
    "voucher-retention": (3600, retention.run),
}
