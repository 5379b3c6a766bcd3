"""What the worker does for vouchers."""

from collections.abc import Callable, Mapping
from typing import Any

from aidline.gateway.vouchers import claiming, inviting
from aidline.vouchers.delivery import delivering, following
from aidline.vouchers.registering import guesses, invitations
from aidline.vouchers.registering.filling import TELL_RECEIPT

JOBS: Mapping[str, Callable[[dict[str, Any]], None]] = {
    TELL_RECEIPT: inviting.tell_receipt,
    claiming.BALANCE: claiming.tell_balance,
}

AFTER_DEATH: Mapping[str, Callable[[dict[str, Any]], None]] = {}

SCHEDULE: Mapping[str, tuple[float, Callable[[], object]]] = {
    # name: (seconds between two runs, what is run)
    "invitations": (2, inviting.tend),
    "invitations-old": (600, invitations.expire),
    "guesses": (600, guesses.forget_old),
    "vouchers-deliver": (5, delivering.tend),
    "vouchers-release": (1, claiming.release),
    "vouchers-follow": (5, following.follow),
    "vouchers-remind": (300, following.remind),
}
