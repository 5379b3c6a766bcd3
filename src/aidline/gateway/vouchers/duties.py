"""What the worker does for vouchers."""

from collections.abc import Callable, Mapping
from typing import Any

from aidline.gateway.vouchers import balances, claiming, inviting, numbers, taking_back
from aidline.vouchers import retention
from aidline.vouchers.delivery import delivering, following
from aidline.vouchers.intake import running as lists
from aidline.vouchers.intake import uploads
from aidline.vouchers.paying.running import TAKE_BACK
from aidline.vouchers.redeeming import changing, finding, holds, replay, signals
from aidline.vouchers.registering import guesses, invitations
from aidline.vouchers.registering.filling import TELL_RECEIPT
from aidline.vouchers.verification import comparing, whole

JOBS: Mapping[str, Callable[[dict[str, Any]], None]] = {
    TAKE_BACK: taking_back.take_back,
    balances.LOOK: balances.look,
    claiming.BALANCE: claiming.tell_balance,
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
    "voucher-balances": (60, balances.wake),
    "voucher-doubles": (5, comparing.compare_waiting),
    "voucher-lists": (3600, lists.forget_unused),
    "invitations": (2, inviting.tend),
    "invitations-old": (600, invitations.expire),
    "guesses": (600, guesses.forget_old),
    "voucher-retention": (3600, retention.run),
    "vouchers-expire": (300, changing.expire_due),
    "till-holds": (600, holds.end_overdue),
    "till-gaps": (900, replay.find_gaps),
    "till-misses": (3600, finding.forget_misses),
    "till-signals": (3600, signals.note_everywhere),
    "vouchers-deliver": (5, delivering.tend),
    "vouchers-release": (1, claiming.release),
    "vouchers-follow": (5, following.follow),
    "vouchers-remind": (300, following.remind),
    "voucher-numbers": (60, numbers.find_new),
}
