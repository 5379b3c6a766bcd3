"""What the worker does for vouchers."""

from collections.abc import Callable, Mapping
from typing import Any

from aidline.gateway.vouchers import balances, inviting, taking_back
from aidline.vouchers.intake import running as lists
from aidline.vouchers.intake import uploads
from aidline.vouchers.paying.running import TAKE_BACK
from aidline.vouchers.registering import guesses, invitations
from aidline.vouchers.registering.filling import TELL_RECEIPT

JOBS: Mapping[str, Callable[[dict[str, Any]], None]] = {
    TAKE_BACK: taking_back.take_back,
    balances.LOOK: balances.look,
    TELL_RECEIPT: inviting.tell_receipt,
    uploads.JOB: lists.run,
}

AFTER_DEATH: Mapping[str, Callable[[dict[str, Any]], None]] = {
    uploads.JOB: lists.give_up,
}

SCHEDULE: Mapping[str, tuple[float, Callable[[], object]]] = {
    # name: (seconds between two runs, what is run)
    "voucher-balances": (60, balances.wake),
    "voucher-lists": (3600, lists.forget_unused),
    "invitations": (2, inviting.tend),
    "invitations-old": (600, invitations.expire),
    "guesses": (600, guesses.forget_old),
}
