"""The pages of a payment: from an empty list to its end, by two members and without a script."""

import pytest
from django.test import Client
from django.urls import reverse

from aidline.centres.models import Membership, Staff
from aidline.centres.states import Role
from aidline.desk.payments.totals import typed
from aidline.gateway.vouchers.issuing import tend
from aidline.vouchers.models import Approval, Payment, Programme, Voucher
from aidline.vouchers.states import PaymentState, Status
from vouchers.making import programme, registration, staff

pytestmark = pytest.mark.django_db

P = PaymentState


@pytest.fixture
def food() -> Programme:
    made = programme(
        amount_cents=400_000, funded=50_000_000, texts={"ready": {"en": "Your voucher is ready."}}
    )
    for _ in range(3):
        registration(made)
    registration(made, status=Status.PAUSED)
    return made


def client(who: Staff) -> Client:
    made = Client()
    made.force_login(who)
    return made


def url(food: Programme, name: str, *more: object) -> str:
    return reverse(f"payments:{name}", args=[food.centre.slug, *more])


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_two_members_bring_a_payment_to_its_end(food: Programme) -> None:
    officer, approver = client(staff(food, Role.VOUCHER_OFFICER)), client(staff(food, Role.APPROVER))
    assert "Prepare a payment" in page(officer, url(food, "index"))
    assert "Prepare a payment" not in page(approver, url(food, "index"))
    officer.post(url(food, "new", food.pk))
    payment = Payment.objects.get()
    one = url(food, "payment", payment.pk)
    shown = page(officer, one)
    assert "€12,000.00" in shown
    assert "Left out: paused" in shown
    assert "Your voucher is ready." in shown
    assert "Number" in page(officer, url(food, "people", payment.pk, "paused"))
    assert "Number" in page(officer, url(food, "people", payment.pk, "400000"))
    officer.post(url(food, "hand_in", payment.pk))
    assert "Tell a colleague" in page(officer, one)
    assert "Waits for you" in page(approver, url(food, "index"))
    payment.refresh_from_db()
    asked = {"seen": payment.plan_hash, "total": "12000.01", "comment": "Read"}
    wrong = approver.post(url(food, "approve", payment.pk), asked)
    assert wrong.status_code == 422
    assert "not the total" in wrong.content.decode()
    assert 'value="12000.01" aria-invalid="true"' in wrong.content.decode()  # nothing typed is lost
    approver.post(url(food, "approve", payment.pk), {**asked, "total": "€12,000.00"})
    assert "“<bdi>Read</bdi>”" in page(officer, one)
    officer.post(url(food, "start", payment.pk))
    assert "hx-get" in page(officer, one)
    assert page(officer, url(food, "progress", payment.pk))
    tend()
    assert "Finished" in page(officer, one)
    assert Voucher.objects.count() == 3
    rows = officer.get(url(food, "list_csv", payment.pk)).content.decode().splitlines()
    assert (len(rows), rows[0]) == (5, "registration,cents,currency,state,why")
    officer.post(url(food, "new", food.pk))
    second = Payment.objects.order_by("number")[1]
    assert "Compared with payment 1" in page(officer, url(food, "payment", second.pk))


def test_it_is_sent_back_with_a_comment_changed_and_thrown_away(food: Programme) -> None:
    officer, approver = client(staff(food, Role.VOUCHER_OFFICER)), client(staff(food, Role.APPROVER))
    officer.post(url(food, "new", food.pk))
    payment = Payment.objects.get()
    officer.post(url(food, "hand_in", payment.pk))
    approver.post(url(food, "return", payment.pk), {"comment": "Number 4 moved away"})
    assert "Number 4 moved away" in page(officer, url(food, "payment", payment.pk))
    dates = {"valid_from": "2027-01-01", "valid_until": "2026-12-31", "start_at": ""}
    assert officer.post(url(food, "change", payment.pk), dates).status_code == 422
    officer.post(url(food, "change", payment.pk), {**dates, "valid_until": "2027-02-01"})
    payment.refresh_from_db()
    assert payment.valid_until
    officer.post(url(food, "remove", payment.pk))
    payment.refresh_from_db()
    assert payment.state == P.CANCELLED


def test_it_is_cancelled_and_who_may_only_look_does_nothing(food: Programme) -> None:
    officer, approver = client(staff(food, Role.VOUCHER_OFFICER)), client(staff(food, Role.APPROVER))
    officer.post(url(food, "new", food.pk))
    payment = Payment.objects.get()
    for name in ("hand_in", "start", "stop", "resume", "retry", "give_up", "cancel", "remove"):
        assert approver.post(url(food, name, payment.pk)).status_code == 404
    assert officer.post(url(food, "approve", payment.pk)).status_code == 404
    officer.post(url(food, "hand_in", payment.pk))
    officer.post(url(food, "cancel", payment.pk), {"reason": "Flood"})
    payment.refresh_from_db()
    assert payment.state == P.CANCELLED
    elsewhere = programme()
    assert officer.get(url(elsewhere, "index")).status_code == 404
    assert (
        client(staff(elsewhere, Role.VOUCHER_OFFICER)).get(url(elsewhere, "payment", payment.pk)).status_code
        == 404
    )


def test_a_second_role_does_not_let_the_author_approve(food: Programme) -> None:
    officer = staff(food, Role.VOUCHER_OFFICER)
    by = client(officer)
    by.post(url(food, "new", food.pk))
    payment = Payment.objects.get()
    by.post(url(food, "hand_in", payment.pk))
    payment.refresh_from_db()
    for role in (Role.APPROVER, Role.CENTRE_ADMIN):
        Membership.objects.filter(staff=officer).update(role=role)
        answer = by.post(url(food, "approve", payment.pk), {"seen": payment.plan_hash, "total": "12000"})
        assert answer.status_code == 422
    assert not Approval.objects.exists()


@pytest.mark.parametrize(
    ("written", "cents"),
    [
        ("264840", 26_484_000),
        ("264 840.00", 26_484_000),
        ("€264,840.00", 26_484_000),
        ("264.840,00 €", 26_484_000),
        ("264\u202f840,5", 26_484_050),
        ("٢٦٤٬٨٤٠٫٠٠", 26_484_000),
        ("0.05", 5),
        ("1,23,456", None),
        ("12.345.6789", None),
        ("-3", None),
        ("", None),
    ],
)
def test_a_total_is_read_as_people_write_it(written: str, cents: int | None) -> None:
    assert typed(written) == cents
