"""Gift cards: whatever the issuer answers, or does not, each person has one card, and both books agree."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Sum

from aidline import vault
from aidline.centres.states import Role
from aidline.gateway.vouchers import asking, balances, issuing, pace
from aidline.gateway.vouchers.duties import JOBS
from aidline.jobs.models import Job
from aidline.jobs.work import run_due
from aidline.kernel.clock import now
from aidline.simulator.lookalikes.card_books import CardBooks
from aidline.simulator.lookalikes.gift_card import new_card
from aidline.vouchers.books.checks import verify
from aidline.vouchers.issuers.balances import due_for_look
from aidline.vouchers.models import Issuer, Payment, Payout, Programme, Voucher
from aidline.vouchers.paying import claims, running
from aidline.vouchers.paying.drafts import hand_in, prepare
from aidline.vouchers.states import IssuerKind, PaymentState, PayoutState, VoucherState
from local_server import LocalServer
from vouchers.making import programme, registration, staff
from vouchers.paying.issuer import issuer
from vouchers.paying.test_paying import approved

pytestmark = pytest.mark.django_db(transaction=True)

P = PaymentState


@pytest.fixture
def world() -> Iterator[tuple[LocalServer, CardBooks]]:
    with issuer(patience=0.6) as made:
        yield made


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes minutes in earnest takes a moment here."""
    for name, value in (("SHORTEST", 0.3), ("LONGEST", 0.3)):
        monkeypatch.setattr(pace, name, value)
    monkeypatch.setattr(asking, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(asking, "LATE", 0.0)
    issuing._paces.clear()


def started(server: LocalServer, orders: str = "", people: int = 20) -> Payment:
    food = programme(kind=IssuerKind.GIFT_CARD)
    row = food.issuer
    assert row
    row.base_url, row.config = f"{server.url}/{orders}".rstrip("/"), {"key": "word", "product": "food"}
    row.save()
    for _ in range(people):
        registration(food)
    officer = staff(food, Role.VOUCHER_OFFICER)
    payment = prepare(by=officer, programme=food)
    hand_in(by=officer, payment=payment)
    approved(payment, staff(food, Role.APPROVER))
    running.start(by=officer, payment=payment)
    return payment


def tended(payment: Payment, rounds: int = 60) -> Payment:
    for _ in range(rounds):
        issuing.tend()
        payment.refresh_from_db()
        if payment.state != P.RUNNING:
            break
        Payout.objects.filter(next_at__gt=now()).update(next_at=now())  # nobody waits in a test
    return payment


def agree(payment: Payment, books: CardBooks) -> None:
    """One card each at the issuer, the same one here, and no cent too many."""
    ours = {str(row.pk): row for row in Voucher.objects.filter(payment=payment)}
    theirs = {reference: card for reference, card in books.cards.items() if not card.cancelled}
    assert set(ours) == set(theirs)
    assert all(row.card["number"] == theirs[key].number for key, row in ours.items())
    assert set(books.issued.values()) <= {1}
    payment.refresh_from_db()
    assert payment.total_cents == books.worth + payment.reserved_cents + _given_back(payment)


def _given_back(payment: Payment) -> int:
    rows = payment.postings.filter(kind="released")
    found: Any = rows.aggregate(cents=Sum("cents"))["cents"]
    return found or 0


@pytest.mark.parametrize(
    "orders", ["", "busy-30", "broken-30", "garbage-30", "late-10", "busy-20/broken-10/garbage-20/late-5"]
)
def test_each_person_has_one_card_whatever_the_issuer_answers(
    world: tuple[LocalServer, CardBooks], orders: str
) -> None:
    server, books = world
    payment = tended(started(server, orders))
    assert payment.state == P.FINISHED, dict(Payout.objects.values_list("pk", "why"))
    assert Voucher.objects.count() == 20
    agree(payment, books)


def test_asking_blindly_again_under_a_new_reference_would_be_seen(
    world: tuple[LocalServer, CardBooks],
) -> None:
    """What `agree` is for: a card at the issuer that nobody here knows."""
    server, books = world
    payment = tended(started(server, people=2))
    books.issue(issuing_double())
    with pytest.raises(AssertionError):
        agree(payment, books)


def issuing_double() -> Any:
    return new_card(str(UUID(int=1)), 1500)


def test_a_worker_that_dies_after_the_call_leaves_no_second_card(
    world: tuple[LocalServer, CardBooks], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, books = world
    payment = started(server, people=4)
    with monkeypatch.context() as dying:
        dying.setattr(issuing, "write_down", _die)
        issuing.tend()
    assert len(books.cards) == 4
    assert not Voucher.objects.exists()
    issuing.tend()
    assert not Voucher.objects.exists(), "the leases of the dead are kept until they end"
    Payout.objects.update(lease_until=now() - timedelta(seconds=1))
    tended(payment)
    assert payment.state == P.FINISHED
    agree(payment, books)


def _die(*_: object) -> None:
    raise RuntimeError


def test_without_cover_it_stops_and_says_why_and_goes_on_when_somebody_says_so(
    world: tuple[LocalServer, CardBooks],
) -> None:
    server, books = world
    payment = tended(started(server, "no-cover", people=3))
    assert (payment.state, payment.trouble) == (P.STOPPED, "no-cover")
    assert set(Payout.objects.values_list("state", flat=True)) == {PayoutState.PENDING}
    Issuer.objects.update(base_url=server.url)
    assert payment.started_by
    running.resume(by=payment.started_by, payment=payment)
    Payout.objects.update(next_at=now())
    tended(payment)
    assert payment.state == P.FINISHED
    agree(payment, books)


def test_a_refused_amount_fails_and_is_given_up_by_somebody(world: tuple[LocalServer, CardBooks]) -> None:
    server, books = world
    payment = started(server, people=2)
    first = Payout.objects.order_by("pk")[0]
    books.issue(issuing_other(first))
    tended(payment)
    assert payment.state == P.FINISHED
    first.refresh_from_db()
    assert (first.state, first.why) == (PayoutState.FAILED, "other-amount")
    assert payment.started_by
    assert running.retry(by=payment.started_by, payment=payment) == 1
    tended(payment)
    assert running.give_up(by=payment.started_by, payment=payment) == 1
    payment.refresh_from_db()
    assert payment.reserved_cents == 0


def issuing_other(payout: Payout) -> Any:
    return new_card(str(payout.pk), payout.cents + 1)


def test_what_a_cancelled_payment_had_asked_for_is_taken_back_at_the_issuer(
    world: tuple[LocalServer, CardBooks], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, books = world
    payment = started(server, people=4)
    with monkeypatch.context() as dying:
        dying.setattr(issuing, "write_down", _die)
        issuing.tend()
    assert payment.started_by
    running.stop(by=payment.started_by, payment=payment)
    running.cancel(by=payment.started_by, payment=payment, reason="")
    Payout.objects.update(lease_until=now() - timedelta(seconds=1))
    issuing.tend()
    assert [card.cancelled for card in books.cards.values()] == [True] * 4
    payment.refresh_from_db()
    food = Programme.objects.get()
    assert (payment.reserved_cents, food.available_cents) == (0, food.budget_cents)


def test_who_is_erased_while_the_issuer_is_asked_gets_no_card(
    world: tuple[LocalServer, CardBooks], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, books = world
    payment = started(server, people=3)
    gone = Payout.objects.order_by("pk")[0]
    real = issuing.claim

    def erasing(*arguments: Any) -> Any:
        claimed = real(*arguments)
        vault.destroy_person_key(gone.registration_id)
        return claimed

    monkeypatch.setattr(issuing, "claim", erasing)
    tended(payment)
    gone.refresh_from_db()
    assert (payment.state, gone.state) == (P.FINISHED, PayoutState.CANCELLED)
    assert books.cards[str(gone.pk)].cancelled
    agree(payment, books)


def test_a_claim_is_won_by_one(world: tuple[LocalServer, CardBooks]) -> None:
    payment = started(world[0], people=6)
    first, second = claims.claim(payment, 4), claims.claim(payment, 4)
    assert (len(first), len(second)) == (4, 2)
    assert not {one.id for one in first} & {one.id for one in second}


# --- afterwards ------------------------------------------------------------------------------------------


def test_what_was_spent_at_the_issuer_is_seen_and_posted(world: tuple[LocalServer, CardBooks]) -> None:
    server, books = world
    payment = tended(started(server, people=3))
    first, second, third = Voucher.objects.order_by("pk")
    assert books.spend(first.card["number"], 700)
    assert books.spend(second.card["number"], 1500)
    balances.wake()
    assert not Job.objects.exists(), "they were made a moment ago"
    Voucher.objects.update(polled_at=now() - timedelta(hours=25))
    balances.wake()
    run_due(JOBS)
    found = {row.pk: (row.balance_cents, row.uses, row.state) for row in Voucher.objects.all()}
    assert found[first.pk] == (800, 1, VoucherState.OPEN)
    assert found[second.pk] == (0, 1, VoucherState.EMPTY)
    assert found[third.pk] == (1500, 0, VoucherState.OPEN)
    assert verify(payment.programme) == []
    assert not due_for_look(payment.programme.issuer_id or UUID(int=0), 10)


def test_unused_vouchers_of_a_cancelled_payment_are_taken_back(world: tuple[LocalServer, CardBooks]) -> None:
    server, books = world
    payment = started(server, "no-cover", people=2)
    issuing.tend()
    payment.refresh_from_db()
    Issuer.objects.update(base_url=server.url)
    officer = payment.started_by
    assert officer
    running.resume(by=officer, payment=payment)
    first = Payout.objects.order_by("pk")[0]
    Payout.objects.filter(pk=first.pk).update(next_at=now())
    Payout.objects.exclude(pk=first.pk).update(next_at=now() + timedelta(hours=1))
    issuing.tend()
    running.stop(by=officer, payment=payment)
    assert running.cancel(by=officer, payment=payment, reason="") == 1
    running.take_back(by=officer, payment=payment)
    run_due(JOBS)
    assert [row.state for row in Voucher.objects.all()] == [VoucherState.CANCELLED]
    assert books.worth == 0
    food = Programme.objects.get()
    assert food.available_cents == food.budget_cents
    assert verify(food) == []


# --- how many at once ------------------------------------------------------------------------------------


def test_the_pace_grows_until_trouble_and_then_slowly() -> None:
    going = pace.Pace(32)
    for _ in range(40):
        going.good(0.01)
    assert going.at_once == 32
    going.ease()
    going.ease()
    assert going.at_once == 16, "one trouble of many calls at once is one"
    for _ in range(16):
        going.good(0.01)
    assert going.at_once in (16, 17)


def test_an_answer_that_fails_now_and_then_slows_nothing() -> None:
    going = pace.Pace(8)
    for turn in range(200):
        going.failed() if turn % 20 == 0 else going.good(0.01)
    assert going.at_once == 8
    for _ in range(30):
        going.failed()
    assert going.at_once < 8
