"""The budget of a programme. Whatever runs at the same time, never more is promised than there is."""

from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import F

from aidline.audit.services import record
from aidline.centres.models import Staff
from aidline.kernel.ids import new_id
from aidline.vouchers.books.accounts import account
from aidline.vouchers.books.posting import post
from aidline.vouchers.models import Payment, Posting, Programme
from aidline.vouchers.states import AccountKind, PostingKind


class BudgetTooSmall(Exception):
    """What is asked for is more than what is left."""


@transaction.atomic
def fund(*, by: Staff | None, programme: Programme, cents: int) -> None:
    """More money for the programme."""
    change = {"budget_cents": F("budget_cents") + cents, "available_cents": F("available_cents") + cents}
    Programme.objects.filter(pk=programme.pk).update(**change)
    _between(programme, PostingKind.FUNDED, AccountKind.FUNDER, AccountKind.BUDGET, cents, new_id())
    _told(by, "programme.fund", programme)


@transaction.atomic
def defund(*, by: Staff | None, programme: Programme, cents: int) -> None:
    """Money goes back to the funders; only what nobody was promised."""
    free = Programme.objects.filter(pk=programme.pk, available_cents__gte=cents)
    change = {"budget_cents": F("budget_cents") - cents, "available_cents": F("available_cents") - cents}
    if not free.update(**change):
        raise BudgetTooSmall
    _between(programme, PostingKind.DEFUNDED, AccountKind.BUDGET, AccountKind.FUNDER, cents, new_id())
    _told(by, "programme.defund", programme)


@transaction.atomic
def reserve(*, payment: Payment) -> None:
    """Its whole total, or `BudgetTooSmall` and nothing."""
    cents = payment.total_cents
    free = Programme.objects.filter(pk=payment.programme_id, available_cents__gte=cents)
    if not free.update(available_cents=F("available_cents") - cents):
        raise BudgetTooSmall
    Payment.objects.filter(pk=payment.pk).update(reserved_cents=F("reserved_cents") + cents)
    times = Posting.objects.filter(payment=payment, kind=PostingKind.RESERVED).count()
    key = uuid5(payment.pk, f"reserved {times}")
    _between(
        payment.programme, PostingKind.RESERVED, AccountKind.BUDGET, AccountKind.RESERVED, cents, key, payment
    )


@transaction.atomic
def release(*, payment: Payment, cents: int, key: UUID) -> None:
    """Back to the budget: of one payout (`key`: its id) or of a payment that ends (`key`: its id)."""
    left = Payment.objects.filter(pk=payment.pk, reserved_cents__gte=cents)
    if not left.update(reserved_cents=F("reserved_cents") - cents):
        raise BudgetTooSmall
    give_back(payment.programme_id, cents)
    _between(
        payment.programme, PostingKind.RELEASED, AccountKind.RESERVED, AccountKind.BUDGET, cents, key, payment
    )


def give_back(programme_id: UUID, cents: int) -> None:
    """Beside a posting into the account of the budget."""
    Programme.objects.filter(pk=programme_id).update(available_cents=F("available_cents") + cents)


def _between(
    programme: Programme,
    kind: PostingKind,
    source: AccountKind,
    target: AccountKind,
    cents: int,
    key: UUID,
    payment: Payment | None = None,
) -> None:
    post(
        kind=kind,
        programme_id=programme.pk,
        key=key,
        source=account(programme, source),
        target=account(programme, target),
        cents=cents,
        payment=payment,
    )


def _told(by: Staff | None, action: str, programme: Programme) -> None:
    record(
        by=by,
        action=action,
        object_type="programme",
        object_id=programme.pk,
        centre=programme.centre_id,
        fields="budget_cents",
    )
