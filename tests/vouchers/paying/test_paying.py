"""A payment from its draft to its end: frozen, approved by others, paid once, called off."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from aidline.centres.models import Staff
from aidline.centres.states import Role
from aidline.gateway.vouchers.issuing import tend
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.vouchers.models import (
    Approval,
    ApprovalBand,
    Pair,
    Payment,
    Payout,
    Programme,
    Registration,
    Voucher,
)
from aidline.vouchers.paying import drafts, running
from aidline.vouchers.paying.approving import approve
from aidline.vouchers.paying.choosing import choose, totals
from aidline.vouchers.paying.moves import CannotPay
from aidline.vouchers.paying.rhythm import due_on
from aidline.vouchers.states import PaymentState, PayoutState, Rhythm, Rule, Status
from factories import make_centre
from vouchers.making import programme, registration, staff

pytestmark = pytest.mark.django_db

P = PaymentState


@pytest.fixture
def food() -> Programme:
    return programme(amount_cents=4000, rule=Rule.MEMBER, most_cents=9000)


@pytest.fixture
def officer(food: Programme) -> Staff:
    return staff(food, Role.VOUCHER_OFFICER)


@pytest.fixture
def approver(food: Programme) -> Staff:
    return staff(food, Role.APPROVER)


def handed_in(food: Programme, officer: Staff, people: int = 3) -> Payment:
    for _ in range(people):
        registration(food)
    payment = drafts.prepare(by=officer, programme=food)
    drafts.hand_in(by=officer, payment=payment)
    return payment


def approved(payment: Payment, by: Staff) -> None:
    approve(by=by, payment=payment, seen=payment.plan_hash, cents=payment.total_cents)


def available(food: Programme) -> int:
    food.refresh_from_db()
    return food.available_cents


def test_who_sends_back_what_changed_meanwhile_leaves_no_money_behind(
    food: Programme, officer: Staff, approver: Staff
) -> None:
    before = available(food)
    payment = handed_in(food, officer)
    seen = Payment.objects.get(pk=payment.pk)
    drafts.give_back(by=approver, payment=payment, reason="One is missing")
    registration(food)
    drafts.hand_in(by=officer, payment=payment)
    with pytest.raises(CannotPay):
        drafts.give_back(by=approver, payment=seen, reason="One is missing")
    drafts.give_back(by=approver, payment=payment, reason="Again")
    assert Payment.objects.get().reserved_cents == 0
    assert available(food) == before


# --- who gets what ---------------------------------------------------------------------------------------


def test_larger_households_get_more_up_to_the_limit_and_exceptions_are_told_apart(food: Programme) -> None:
    registration(food)
    registration(food, household=2)
    registration(food, household=5)
    registration(food, status=Status.PAUSED)
    registration(food, status=Status.VERIFIED)
    registration(food, number_changed_at=now() - timedelta(hours=23))
    registration(food, number_changed_at=now() - timedelta(hours=25))
    first, second = registration(food), registration(food)
    Pair.objects.create(centre=food.centre, first=first, second=second, score=90)
    found = totals(choose(food))
    assert [(group.why, group.each_cents, group.people) for group in found.groups] == [
        ("", 4000, 2),
        ("", 8000, 1),
        ("", 9000, 1),
        ("cooldown", 0, 1),
        ("double", 0, 2),
        ("paused", 0, 1),
    ]
    assert (found.people, found.cents, found.held) == (4, 25_000, 3)


def test_nobody_waits_for_a_decision_that_no_list_asks_for(food: Programme) -> None:
    """The list of doubles leaves out pairs of which one has left, and those with another programme."""
    stays, left = registration(food), registration(food, status=Status.DECLINED)
    elsewhere = registration(programme(food.centre))
    for other in (left, elsewhere):
        Pair.objects.create(centre=food.centre, first=stays, second=other, score=90)
    assert [(one.registration_id, one.why) for one in choose(food)] == [(stays.pk, "")]


def test_nobody_is_paid_more_often_than_planned(food: Programme, officer: Staff, approver: Staff) -> None:
    Programme.objects.filter(pk=food.pk).update(payments_planned=1)
    food.refresh_from_db()
    payment = handed_in(food, officer, 2)
    registration(food)
    found = totals(choose(food))
    assert {group.why: group.people for group in found.groups} == {"": 1, "enough": 2}
    drafts.give_back(by=approver, payment=payment, reason="")
    assert totals(choose(food)).people == 3


# --- four eyes -------------------------------------------------------------------------------------------


def test_what_is_handed_in_is_frozen_and_its_money_put_aside(food: Programme, officer: Staff) -> None:
    payment = handed_in(food, officer)
    registration(food)
    assert (payment.state, payment.people, payment.total_cents) == (P.AWAITING, 3, 12_000)
    assert payment.payouts.count() == 3
    assert available(food) == 1_000_000 - 12_000
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(total_cents=1)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        payment.payouts.update(cents=1)


def test_a_budget_that_is_too_small_leaves_a_draft(food: Programme, officer: Staff) -> None:
    Programme.objects.filter(pk=food.pk).update(available_cents=11_999)
    with pytest.raises(CannotPay, match="too small"):
        handed_in(food, officer)
    payment = Payment.objects.get()
    assert (payment.state, payment.payouts.count(), available(food)) == (P.DRAFT, 0, 11_999)


def test_nobody_approves_what_they_prepared_or_handed_in(food: Programme, officer: Staff) -> None:
    for _ in range(2):
        registration(food)
    payment = drafts.prepare(by=officer, programme=food)
    second = staff(food, Role.CENTRE_ADMIN)
    drafts.hand_in(by=second, payment=payment)
    for who in (officer, second):
        with pytest.raises(CannotPay, match="Somebody else"):
            approved(payment, who)
        row = Approval(
            payment=payment, plan_hash=payment.plan_hash, by=who, made_by=officer, submitted_by=second
        )
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_the_database_counts_approvals_itself(food: Programme, officer: Staff, approver: Staff) -> None:
    payment = handed_in(food, officer)
    this = Payment.objects.filter(pk=payment.pk)
    lies = ({"given": 1}, {"state": P.APPROVED, "given": 1}, {"state": P.RUNNING}, {"created_by": approver})
    for lie in lies:
        with pytest.raises(IntegrityError), transaction.atomic():
            this.update(**lie)
    with pytest.raises(IntegrityError, match="draft"), transaction.atomic():
        Payment.objects.create(programme=food, number=99, state=P.RUNNING, given=1, plan_hash="0")
    forged = Approval(
        payment=payment, plan_hash=payment.plan_hash, by=officer, made_by=approver, submitted_by=approver
    )
    with pytest.raises(IntegrityError, match="waits"), transaction.atomic():
        forged.save()


def test_a_typed_total_that_differs_approves_nothing(
    food: Programme, officer: Staff, approver: Staff
) -> None:
    payment = handed_in(food, officer)
    for seen, cents in (
        (payment.plan_hash, 11_999),
        ("0" * 32, 12_000),
        ("", 12_000),
        (payment.plan_hash, None),
    ):
        with pytest.raises(CannotPay):
            approve(by=approver, payment=payment, seen=seen, cents=cents)
    approved(payment, approver)
    assert (payment.state, payment.given) == (P.APPROVED, 1)


def test_a_large_total_needs_two_and_the_same_one_twice_is_one(
    food: Programme, officer: Staff, approver: Staff
) -> None:
    ApprovalBand.objects.create(programme=food, from_cents=0, approvals=1)
    ApprovalBand.objects.create(programme=food, from_cents=12_000, approvals=2)
    payment = handed_in(food, officer)
    approved(payment, approver)
    assert (payment.state, payment.given, payment.needed) == (P.AWAITING, 1, 2)
    with pytest.raises(CannotPay, match="already"):
        approved(payment, approver)
    with pytest.raises(CannotPay, match="not approved"):
        running.start(by=officer, payment=payment)
    approved(payment, staff(food, Role.APPROVER))
    assert payment.state == P.APPROVED


def test_what_is_given_back_needs_every_approval_again(
    food: Programme, officer: Staff, approver: Staff
) -> None:
    payment = handed_in(food, officer)
    approved(payment, approver)
    drafts.give_back(by=approver, payment=payment, reason="Nadia is on it twice")
    assert (payment.state, payment.given, payment.refusal) == (P.DRAFT, 0, "Nadia is on it twice")
    assert (available(food), payment.payouts.count()) == (1_000_000, 0)
    drafts.hand_in(by=officer, payment=payment)
    assert (payment.state, payment.given) == (P.AWAITING, 0)
    with pytest.raises(CannotPay):
        running.start(by=officer, payment=payment)


# --- paid ------------------------------------------------------------------------------------------------


def test_what_is_approved_is_paid_once_to_everyone_on_the_list(
    food: Programme, officer: Staff, approver: Staff
) -> None:
    payment = handed_in(food, officer)
    approved(payment, approver)
    running.start(by=officer, payment=payment)
    tend()
    tend()
    payment.refresh_from_db()
    assert (payment.state, payment.reserved_cents) == (P.FINISHED, 0)
    assert sorted(Voucher.objects.values_list("amount_cents", flat=True)) == [4000] * 3
    assert set(Registration.objects.values_list("payments_made", flat=True)) == {1}


def test_rows_that_are_not_what_was_approved_are_not_paid(
    food: Programme, officer: Staff, approver: Staff
) -> None:
    payment = handed_in(food, officer)
    approved(payment, approver)
    other = registration(food)
    Payout.objects.create(id=new_id(), payment=payment, registration=other, cents=4000)
    with pytest.raises(CannotPay, match="not what was approved"):
        running.start(by=officer, payment=payment)


def test_it_starts_by_itself_at_its_hour(food: Programme, officer: Staff, approver: Staff) -> None:
    payment = handed_in(food, officer)
    approved(payment, approver)
    Payment.objects.filter(pk=payment.pk).update(start_at=now())
    assert running.start_due() == 1
    payment.refresh_from_db()
    assert payment.state == P.DRAFT, "the hour is part of what is approved"


def test_who_changed_their_number_or_left_since_is_not_paid(
    food: Programme, officer: Staff, approver: Staff
) -> None:
    payment = handed_in(food, officer)
    approved(payment, approver)
    moved, left, _ = Registration.objects.order_by("pk")
    Registration.objects.filter(pk=moved.pk).update(number_changed_at=now())
    Registration.objects.filter(pk=left.pk).update(status=Status.PAUSED)
    running.start(by=officer, payment=payment)
    tend()
    states = {row.registration_id: (row.state, row.why) for row in Payout.objects.all()}
    assert states[moved.pk] == (PayoutState.PENDING, "cooldown")
    assert states[left.pk] == (PayoutState.LEFT_OUT, "status")
    payment.refresh_from_db()
    assert (payment.state, payment.reserved_cents) == (P.RUNNING, 4000)
    assert available(food) == 1_000_000 - 8000


def test_a_stopped_payment_pays_nobody_and_a_cancelled_one_gives_its_money_back(
    food: Programme, officer: Staff, approver: Staff
) -> None:
    payment = handed_in(food, officer)
    approved(payment, approver)
    running.start(by=officer, payment=payment)
    with pytest.raises(CannotPay, match="Stop it first"):
        running.cancel(by=officer, payment=payment, reason="")
    running.stop(by=officer, payment=payment)
    tend()
    assert not Voucher.objects.exists()
    assert running.cancel(by=officer, payment=payment, reason="The shop burnt down") == 3
    assert (payment.state, payment.reserved_cents, available(food)) == (P.CANCELLED, 0, 1_000_000)


def test_one_that_is_tried_again_while_it_ends_does_not_end(
    food: Programme, officer: Staff, approver: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its payouts would wait for ever, and their money with them."""
    payment = handed_in(food, officer, 1)
    approved(payment, approver)
    running.start(by=officer, payment=payment)
    Payout.objects.update(state=PayoutState.FAILED)
    move = running.move

    def late(*args: Any, **more: Any) -> bool:
        monkeypatch.setattr(running, "move", move)
        running.retry(by=officer, payment=Payment.objects.get())
        return move(*args, **more)

    monkeypatch.setattr(running, "move", late)
    assert not running.finish_if_done(payment)
    tend()
    assert Voucher.objects.count() == 1
    assert Payment.objects.get().state == P.FINISHED


# --- days ------------------------------------------------------------------------------------------------


def test_a_voucher_is_good_until_the_end_of_its_last_day_also_when_clocks_change(officer: Staff) -> None:
    home = make_centre("Utrecht", time_zone="Europe/Amsterdam")
    payment = drafts.prepare(by=officer, programme=programme(home, valid_days=7))
    registration(payment.programme)
    zone = ZoneInfo("Europe/Amsterdam")
    midnight = datetime(2027, 10, 28, tzinfo=zone)  # summer time ends on the 31st
    drafts.change(by=officer, payment=payment, valid_from=midnight, valid_until=None, start_at=None)
    drafts.hand_in(by=officer, payment=payment)
    assert payment.valid_until == datetime(2027, 11, 4, 23, 59, 59, tzinfo=zone)


def test_the_next_payment_is_due_on_a_day_of_the_centre(
    food: Programme, officer: Staff, approver: Staff
) -> None:
    """The first of the month in Beirut begins on the day before by our clock."""
    Programme.objects.update(rhythm=Rhythm.MONTHLY)
    food.refresh_from_db()
    payment = drafts.prepare(by=officer, programme=food)
    registration(food)
    first = datetime(2027, 3, 1, tzinfo=ZoneInfo("Asia/Beirut"))
    drafts.change(by=officer, payment=payment, valid_from=first, valid_until=None, start_at=None)
    drafts.hand_in(by=officer, payment=payment)
    approved(payment, approver)
    running.start(by=officer, payment=payment)
    assert due_on(food) == date(2027, 4, 1)
