"""What a cashier is told when a voucher is refused: what it is, and what to do."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from aidline.kernel import money
from aidline.vouchers.redeeming.refusals import Refused

REFUSALS: Mapping[str, str | Promise] = {
    "unknown": gettext_lazy("No voucher has this code. Check the letters and try again."),
    "not_here": gettext_lazy("This voucher cannot be used in this shop."),
    "blocked": gettext_lazy("This voucher is blocked. Ask them to write to the helpdesk."),
    "expired": gettext_lazy("This voucher is no longer good: its time is over."),
    "replaced": gettext_lazy("This voucher was replaced by a new one. Ask for the new one."),
    "cancelled": gettext_lazy("This voucher was cancelled. Ask them to write to the helpdesk."),
    "not_yet": gettext_lazy("This voucher is not good yet."),
    "paused": gettext_lazy("These vouchers are paused. Ask them to write to the helpdesk."),
    "empty": gettext_lazy("Already spent. Ask for another voucher."),
    "too_little": gettext_lazy("There is not enough on the voucher."),
    "locked_out": gettext_lazy("Too many wrong codes. Wait a few minutes before the next one."),
    "key_reused": gettext_lazy("This was sent before with another amount. Start again with the voucher."),
    "too_late": gettext_lazy("It is too late to undo this. Ask the programme's office."),
    "not_ours": gettext_lazy("This was not taken in this shop."),
    "settled": gettext_lazy("This has been paid to the shop already. Ask the programme's office."),
    "bad_amount": gettext_lazy("Type an amount, such as 15.10."),
    "card": gettext_lazy("This is a gift card. Take it as you take other cards."),
    "till_off": gettext_lazy("This till is closed. Ask the programme's office."),
    "reversed": gettext_lazy("This was undone before."),
    # what only a till without a network says
    "not_paired": gettext_lazy("There is no network, and this till was not set up to work without one."),
    "scan_it": gettext_lazy("Without a network a typed code cannot be checked. Scan the square code."),
    "forged": gettext_lazy("This is not a voucher of ours."),
    "too_long": gettext_lazy(
        "This till has had no network for too long. Nothing more can be taken until it has."
    ),
    "too_much": gettext_lazy("Without a network, less can be taken at one time."),
    "used_here": gettext_lazy("This voucher was used here without a network before. Wait for the network."),
    "till_full": gettext_lazy("This till has taken all it may take without a network."),
    "cannot_tell": gettext_lazy("This browser cannot check vouchers without a network."),
    "broken": gettext_lazy("It did not work. Nothing was taken by this till. Try again."),
}


def told(why: Refused, currency: str = "") -> str:
    """`too_little` also says how much there is."""
    words = str(REFUSALS.get(why.code, REFUSALS["broken"]))
    if why.code == "too_little" and why.balance_cents is not None and currency:
        left = money.written(why.balance_cents, currency, get_language() or "en")
        return _("There is only %(amount)s on the voucher.") % {"amount": left}
    return words
