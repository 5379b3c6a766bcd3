"""A budget that concurrency cannot exceed."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from aidline.vouchers.books import budget
from aidline.vouchers.books.budget import BudgetTooSmall
from aidline.vouchers.books.checks import verify
from aidline.vouchers.models import Payment, Programme
from vouchers import making


def draft(programme: Programme, cents: int) -> Payment:
    number = Payment.objects.count() + 1
    return Payment.objects.create(programme=programme, number=number, total_cents=cents)


@pytest.mark.django_db
def test_more_than_is_left_is_not_reserved() -> None:
    programme = making.programme(funded=1000)
    budget.reserve(payment=draft(programme, 600))
    with pytest.raises(BudgetTooSmall):
        budget.reserve(payment=draft(programme, 401))
    with pytest.raises(BudgetTooSmall):
        budget.defund(by=None, programme=programme, cents=401)
    budget.defund(by=None, programme=programme, cents=400)
    assert verify(programme) == []


@pytest.mark.django_db
def test_what_is_released_can_be_reserved_again() -> None:
    programme = making.programme(funded=1000)
    payment = draft(programme, 1000)
    budget.reserve(payment=payment)
    budget.release(payment=payment, cents=1000, key=uuid4())
    budget.reserve(payment=payment)
    with pytest.raises(BudgetTooSmall):
        budget.release(payment=payment, cents=1001, key=uuid4())
    assert verify(programme) == []


@pytest.mark.django_db
def test_one_act_releases_once() -> None:
    programme = making.programme(funded=1000)
    payment, key = draft(programme, 1000), uuid4()
    budget.reserve(payment=payment)
    budget.release(payment=payment, cents=100, key=key)
    with pytest.raises(IntegrityError), transaction.atomic():
        budget.release(payment=payment, cents=100, key=key)
    assert Programme.objects.get().available_cents == 100


@pytest.mark.django_db
def test_the_database_refuses_less_than_nothing() -> None:
    programme = making.programme(funded=1000)
    with pytest.raises(IntegrityError), transaction.atomic():
        Programme.objects.filter(pk=programme.pk).update(available_cents=F("available_cents") - 1001)


def read_check_save(*, payment: Payment) -> None:
    """As it is often written, and wrong."""
    programme = Programme.objects.get(pk=payment.programme_id)
    if programme.available_cents < payment.total_cents:
        raise BudgetTooSmall
    programme.available_cents -= payment.total_cents
    programme.save(update_fields=["available_cents"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("reserve", [budget.reserve, read_check_save])
def test_twenty_that_reserve_at_once_get_no_more_than_there_is(reserve) -> None:
    programme = making.programme(funded=1000)
    payments = [draft(programme, 300) for _ in range(20)]

    def one(payment: Payment) -> bool:
        try:
            reserve(payment=payment)
        except BudgetTooSmall:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        won = sum(pool.map(one, payments))
    programme.refresh_from_db()
    correct = won == 3 and programme.available_cents == 100 and verify(programme) == []
    assert correct is (reserve is budget.reserve)
