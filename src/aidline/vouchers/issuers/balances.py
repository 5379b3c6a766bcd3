"""What an issuer says of its cards, written into our books: how much was spent, never on what.

The issuer is the authority: the balance here is what it said last, and the difference is one posting.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.vouchers.books.accounts import account
from aidline.vouchers.books.posting import post
from aidline.vouchers.issuers.contract import Balance
from aidline.vouchers.models import Voucher
from aidline.vouchers.states import AccountKind, PostingKind, VoucherState

UNUSED_EVERY, USED_EVERY = timedelta(hours=24), timedelta(hours=6)
ENDING = timedelta(days=7)  # before a voucher ends it is looked at as if it were used


def due_for_look(issuer_id: UUID, most: int) -> list[Voucher]:
    """Used ones and those that end soon more often than untouched ones; who waits longest comes first."""
    at = now()
    rows = _cards().filter(_is_due(at), programme__issuer=issuer_id)
    return list(rows.select_related("programme").order_by("polled_at")[:most])


def _cards() -> QuerySet[Voucher]:
    """`polled_at` is empty on our own."""
    states = (VoucherState.OPEN, VoucherState.BLOCKED)
    return Voucher.objects.filter(polled_at__isnull=False, state__in=states)


def _is_due(at: datetime) -> Q:
    lively = Q(balance_cents__lt=F("amount_cents")) | Q(valid_until__lt=at + ENDING)
    return Q(polled_at__lt=at - UNUSED_EVERY) | lively & Q(polled_at__lt=at - USED_EVERY)


def issuers_due() -> list[UUID]:
    ids = _cards().filter(_is_due(now())).values_list("programme__issuer_id", flat=True)
    return [one for one in ids.distinct().order_by() if one]


@transaction.atomic
def note(voucher: Voucher, told: Balance) -> None:
    """More than the card was worth is not believed; less than before was spent; more than before came back."""
    cents = min(told.cents, voucher.amount_cents)
    same = Voucher.objects.filter(pk=voucher.pk, balance_cents=voucher.balance_cents)
    spent = voucher.balance_cents - cents
    changes: dict[str, object] = {"balance_cents": cents, "polled_at": now()}
    if spent > 0:
        changes["uses"] = F("uses") + 1
    if cents == 0 and voucher.state == VoucherState.OPEN:
        changes["state"] = VoucherState.EMPTY
    if same.filter(state=voucher.state).update(**changes) and spent:
        _post(voucher, spent)


def _post(voucher: Voucher, spent: int) -> None:
    programme = voucher.programme
    ours, theirs = account(programme, AccountKind.OPEN), account(programme, AccountKind.ISSUER)
    post(
        kind=PostingKind.SPENT if spent > 0 else PostingKind.REVERSED,
        programme_id=programme.pk,
        key=new_id(),
        source=ours if spent > 0 else theirs,
        target=theirs if spent > 0 else ours,
        cents=abs(spent),
        voucher=voucher,
    )


def looked_at(vouchers: Sequence[Voucher]) -> None:
    """Nothing was heard of these; others come first now."""
    Voucher.objects.filter(pk__in=[one.pk for one in vouchers]).update(polled_at=now() - USED_EVERY)
