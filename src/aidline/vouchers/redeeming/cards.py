"""Gift cards: the issuer's shops take them, and what the issuer says is left is what we know."""

from django.db import transaction
from django.db.models import Case, F, Value, When

from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.vouchers.books.accounts import account
from aidline.vouchers.books.posting import post
from aidline.vouchers.models import Voucher
from aidline.vouchers.states import AccountKind, PostingKind, VoucherState


@transaction.atomic
def note_balance(*, voucher: Voucher, balance_cents: int) -> int:
    """What was spent since we looked last (less than nothing: paid back). More than it was worth is not believed."""
    balance = min(max(0, balance_cents), voucher.amount_cents)
    while True:
        known = Voucher.objects.values_list("balance_cents", flat=True).get(pk=voucher.pk)
        spent = known - balance
        same = Voucher.objects.filter(pk=voucher.pk, balance_cents=known)
        if same.update(
            balance_cents=balance, polled_at=now(), uses=F("uses") + int(spent > 0), state=_state(balance)
        ):
            break
    if spent:
        _post(voucher, spent)
    return spent


def _state(balance: int) -> Case:
    """Blocked stays blocked."""
    before = VoucherState.EMPTY if balance else VoucherState.OPEN
    after = VoucherState.OPEN if balance else VoucherState.EMPTY
    return Case(When(state=before, then=Value(after.value)), default=F("state"))


def _post(voucher: Voucher, spent: int) -> None:
    ends = [account(voucher.programme, kind) for kind in (AccountKind.OPEN, AccountKind.ISSUER)]
    source, target = ends if spent > 0 else reversed(ends)
    post(
        kind=PostingKind.SPENT if spent > 0 else PostingKind.REVERSED,
        programme_id=voucher.programme_id,
        key=new_id(),
        source=source,
        target=target,
        cents=abs(spent),
        voucher=voucher,
    )
