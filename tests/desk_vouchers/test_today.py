"""What each role finds when it signs in, and what waits for whom."""

import pytest

from aidline.centres.queries import seat_in
from aidline.vouchers.models import ApprovalBand, Pair, Payment, Trouble
from aidline.vouchers.paying import drafts
from aidline.vouchers.paying.approving import approve
from aidline.vouchers.states import ProgrammeState, Status
from aidline.vouchers.today import tasks_for, to_approve
from staffed import House, build
from vouchers.making import programme, registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return build()


def kinds(house: House, who: str) -> list[tuple[str, int]]:
    return [(task.kind, task.count) for task in tasks_for(seat_in(house.staff[who], house.centre))]


def awaiting(house: House, by: str) -> Payment:
    """Two approvals are needed, so that one of them is not the end of waiting."""
    made, food = house.staff[by], programme(house.centre)
    ApprovalBand.objects.create(programme=food, from_cents=1, approvals=2)
    for _ in range(3):
        registration(food)
    payment = drafts.prepare(by=made, programme=food)
    drafts.hand_in(by=made, payment=payment)
    payment.refresh_from_db()
    return payment


def say_yes(house: House, payment: Payment) -> None:
    approve(
        by=house.staff["approver"],
        payment=payment,
        seen=payment.plan_hash,
        cents=payment.total_cents,
    )


@pytest.mark.parametrize(
    ("who", "page"),
    [
        ("agent", "desk"),
        ("centre_admin", "desk"),
        ("translator", "translating"),
        ("voucher_officer", "vouchers"),
        ("approver", "vouchers"),
        ("cashier", "till"),
        ("partner", "lists"),
        ("analyst", "books"),
    ],
)
def test_each_role_lands_where_its_work_is(house: House, who: str, page: str) -> None:
    answer = house.client(who).get("/")
    assert answer.headers["Location"] == f"/c/{house.centre.slug}/{page}/"


def test_a_payment_waits_for_others_and_not_for_who_made_it(house: House) -> None:
    payment = awaiting(house, "centre_admin")
    assert kinds(house, "approver") == [("approve", 3)]
    assert ("approve", 3) not in kinds(house, "centre_admin")
    say_yes(house, payment)
    assert kinds(house, "approver") == []


def test_a_yes_to_an_older_list_is_asked_again(house: House) -> None:
    payment = awaiting(house, "centre_admin")
    say_yes(house, payment)
    payment.refresh_from_db()
    drafts.give_back(by=None, payment=payment, reason="Somebody is missing.")
    assert kinds(house, "centre_admin")[0] == ("sent_back", 0)
    registration(payment.programme)
    payment.refresh_from_db()
    drafts.hand_in(by=house.staff["centre_admin"], payment=payment)
    assert list(to_approve(seat_in(house.staff["approver"], house.centre))) == [payment]


def test_what_an_officer_has_to_do(house: House) -> None:
    food = programme(house.centre, funded=1000)
    people = [registration(food, status=Status.REGISTERED) for _ in range(3)]
    registration(food, status=Status.INCLUDED)
    Pair.objects.create(centre=house.centre, first=people[0], second=people[1], score=90)
    Trouble.objects.create(centre=house.centre, kind="overdrawn")
    programme(house.centre, state=ProgrammeState.DRAFT)
    assert kinds(house, "voucher_officer") == [
        *(("verify", 3), ("pairs", 1), ("troubles", 1)),
        *(("draft", 1), ("budget", 1)),
    ]
    assert kinds(house, "approver") == []
    page = house.client("voucher_officer").get(f"/c/{house.centre.slug}/vouchers/").content.decode()
    assert "3 registrations to verify" in page
    assert "1 possible double" in page


def test_with_four_eyes_the_second_look_is_not_asked_of_the_first(house: House) -> None:
    food = programme(house.centre, four_eyes=True)
    first = house.staff["voucher_officer"]
    registration(food, status=Status.REGISTERED, first_verified_by=first)
    assert ("verify", 1) not in kinds(house, "voucher_officer")
    assert ("verify", 1) in kinds(house, "centre_admin")


def test_other_centres_do_not_show(house: House) -> None:
    elsewhere = programme(house.other)
    registration(elsewhere, status=Status.REGISTERED)
    assert kinds(house, "voucher_officer") == []


def test_an_empty_day_is_said_plainly(house: House) -> None:
    page = house.client("approver").get(f"/c/{house.centre.slug}/vouchers/").content.decode()
    assert "Nothing waits for you." in page


@pytest.mark.parametrize("who", ["cashier", "partner", "agent", "analyst", "translator"])
def test_today_is_not_for_who_sees_no_registrations(house: House, who: str) -> None:
    assert house.client(who).get(f"/c/{house.centre.slug}/vouchers/").status_code == 404
