"""Who is erased when, and who never."""

from datetime import timedelta

import pytest

from aidline.audit import chain
from aidline.kernel.clock import now
from aidline.vault import KeyGone
from aidline.vouchers import retention
from aidline.vouchers.models import Payout, Programme, Registration, Voucher
from aidline.vouchers.states import PayoutState, ProgrammeState, Status, VoucherState
from vouchers.making import payment, programme, registration, voucher

pytestmark = pytest.mark.django_db

DAYS = {
    **dict.fromkeys((Status.IMPORTED, Status.INVITED, Status.STARTED), 30),
    Status.DECLINED: 90,
    Status.ENDED: 180,
}


@pytest.fixture
def food() -> Programme:
    return programme()


def since(row: Registration, days: float) -> Registration:
    Registration.objects.filter(pk=row.pk).update(changed_at=now() - timedelta(days=days))
    return row


def is_erased(row: Registration) -> bool:
    row.refresh_from_db()
    return row.status == Status.ERASED


@pytest.mark.parametrize("status", list(Status))
def test_each_status_has_its_time(food: Programme, status: Status) -> None:
    days = DAYS.get(status, 100_0)
    young = since(registration(food, status=status), min(days, 999) - 0.1)
    old = since(registration(food, status=status), days + 0.1)
    assert retention.run() == (1 if status in DAYS else 0)
    assert is_erased(old) == (status in DAYS or status is Status.ERASED)
    assert is_erased(young) == (status is Status.ERASED)


def test_the_erased_are_beyond_reading_and_the_audit_log_is_whole(food: Programme) -> None:
    row = since(registration(food, status=Status.DECLINED), 91)
    held = Registration.objects.get(pk=row.pk)
    chain.extend()
    retention.run()
    with pytest.raises(KeyGone):
        str(held.name)
    chain.extend()
    assert list(chain.verify()) == []


def with_money(food: Programme) -> list[Registration]:
    """Left long ago, and something is still theirs."""
    people = [registration(food) for _ in range(3)]
    voucher(food, holder=people[0])
    blocked = voucher(food, holder=people[1])
    Voucher.objects.filter(pk=blocked.pk).update(state=VoucherState.BLOCKED)
    run = payment(food, 1500)
    Payout.objects.create(payment=run, registration=people[2], cents=1500, state=PayoutState.UNKNOWN)
    Registration.objects.update(status=Status.ENDED)
    return [since(row, 400) for row in people]


def test_nobody_is_erased_while_money_may_be_theirs(food: Programme) -> None:
    people = with_money(food)
    assert retention.run() == 0
    Voucher.objects.update(state=VoucherState.EXPIRED)
    Payout.objects.update(state=PayoutState.FAILED)
    assert retention.run() == len(people)


def test_a_retention_that_forgets_money_is_caught_by_that(
    food: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault."""
    with_money(food)
    monkeypatch.setattr(retention, "UNDER_WAY", ())
    assert retention.run() == 1


def test_who_took_part_in_a_closed_programme_has_left_it(food: Programme) -> None:
    row = since(registration(food, status=Status.INCLUDED), 400)
    holder = registration(food)
    voucher(food, holder=holder)
    Programme.objects.update(state=ProgrammeState.CLOSED)
    assert retention.run() == 0
    row.refresh_from_db()
    holder.refresh_from_db()
    assert (row.status, holder.status) == (Status.ENDED, Status.INCLUDED)
    since(row, 181)
    assert retention.run() == 1


def test_an_invitation_that_is_still_good_is_not_taken_back(food: Programme) -> None:
    Programme.objects.update(keep_unanswered_days=5, invitation_days=14)
    row = since(registration(food, status=Status.INVITED), 10)
    assert retention.run() == 0
    since(row, 15)
    assert retention.run() == 1


def test_many_go_in_bites(food: Programme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    monkeypatch.setattr(retention, "BITES", 2)
    for _ in range(5):
        since(registration(food, status=Status.DECLINED), 91)
    assert [retention.run() for _ in range(3)] == [4, 1, 0]
