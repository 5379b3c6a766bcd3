"""A retailer's till talks to us in JSON, with a key, and repeats itself without harm."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from aidline.centres.states import Role
from aidline.vouchers.api_keys import make_key, revoke_key
from aidline.vouchers.codes.code import grouped, new_code
from aidline.vouchers.models import ApiKey, Redemption, Till, Voucher
from vouchers import making
from vouchers.till.counter import NAME, Counter, token_of


class Retailer:
    """A program that holds a key for one till."""

    def __init__(self, counter: Counter, till: Any = None) -> None:
        by = making.staff(counter.programme, Role.VOUCHER_OFFICER)
        self.by = by
        self.key, self.token = make_key(by=by, name="Checkout 3", till=till or counter.till)

    def post(self, path: str, body: Any, key: str = "") -> HttpResponse:
        headers = {"Authorization": f"Bearer {self.token}", **({"Idempotency-Key": key} if key else {})}
        client = Client(enforce_csrf_checks=True, headers=headers)
        return client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")

    def get(self, path: str) -> HttpResponse:
        return Client(headers={"Authorization": f"Bearer {self.token}"}).get(f"/api/v1/{path}")

    def take(self, voucher: Voucher, cents: int, key: str = "") -> HttpResponse:
        return self.post("redemptions", {"code": voucher.code, "cents": cents}, key or str(uuid4()))


@pytest.fixture
def retailer(counter: Counter) -> Retailer:
    return Retailer(counter)


def balance(voucher: Voucher) -> int:
    return Voucher.objects.get(pk=voucher.pk).balance_cents


def test_a_voucher_is_looked_at_and_nothing_of_its_holder_is_said(
    counter: Counter, retailer: Retailer
) -> None:
    voucher = counter.voucher()
    seen = retailer.post("vouchers/look-up", {"code": grouped(voucher.code)})
    facts = seen.json()
    assert facts.pop("valid_until").endswith("Z")
    assert facts == {
        "programme": "Food for families",
        "currency": "EUR",
        "balance_cents": 3350,
        "usable": True,
        "reason": None,
    }
    assert not any(word in seen.content.decode() for word in NAME.split())


def test_it_is_used_and_the_same_key_again_gives_the_same_answer(
    counter: Counter, retailer: Retailer
) -> None:
    voucher = counter.voucher()
    first = retailer.take(voucher, 1510, "basket 77 of 24 November")
    again = retailer.take(voucher, 1510, "basket 77 of 24 November")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {**first.json(), "again": True}
    assert (first.json()["receipt"], first.json()["balance_cents"]) == (1, 1840)
    assert balance(voucher) == 1840


def test_the_same_key_for_another_amount_is_a_conflict(counter: Counter, retailer: Retailer) -> None:
    voucher = counter.voucher()
    retailer.take(voucher, 1510, "one")
    answer = retailer.take(voucher, 1511, "one")
    assert (answer.status_code, answer.json()) == (409, {"error": "key_reused"})


def test_a_square_code_is_understood(counter: Counter, retailer: Retailer) -> None:
    voucher = counter.voucher()
    answer = retailer.post("redemptions", {"code": token_of(voucher), "cents": 100}, "one")
    assert (answer.status_code, balance(voucher)) == (201, 3250)


def test_too_much_is_refused_with_what_there_is(counter: Counter, retailer: Retailer) -> None:
    answer = retailer.take(counter.voucher(), 3351)
    assert (answer.status_code, answer.json()) == (422, {"error": "too_little", "balance_cents": 3350})


def test_a_use_is_taken_back_once(counter: Counter, retailer: Retailer) -> None:
    voucher = counter.voucher()
    use = retailer.take(voucher, 1510).json()["id"]
    first = retailer.post(f"redemptions/{use}/reversal", {}, "back")
    again = retailer.post(f"redemptions/{use}/reversal", {}, "back")
    other = retailer.post(f"redemptions/{use}/reversal", {}, "back again")
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert balance(voucher) == 3350


def test_a_use_in_another_shop_is_not_found(counter: Counter, retailer: Retailer) -> None:
    use = retailer.take(counter.voucher(), 1510).json()["id"]
    stranger = Retailer(counter, making.till(making.shop(counter.programme)))
    answer = stranger.post(f"redemptions/{use}/reversal", {}, "back")
    assert (answer.status_code, answer.json()) == (404, {"error": "not_ours"})


def test_the_day_of_a_till_is_reported(counter: Counter, retailer: Retailer) -> None:
    retailer.take(counter.voucher(), 1510)
    retailer.take(counter.voucher(), 40)
    with timezone.override("Asia/Beirut"):
        today = timezone.localdate().isoformat()
    report = retailer.get(f"days/{today}").json()
    assert report["totals"] == [{"currency": "EUR", "uses": 2, "cents": 1550}]
    assert sorted(one["cents"] for one in report["uses"]) == [40, 1510]
    for end in ("0001-01-01", "9999-12-31"):
        assert retailer.get(f"days/{end}").json()["uses"] == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"code": "X"}, "field"),
        ({"code": "X", "cents": "100"}, "field"),
        ({"code": "X", "cents": True}, "field"),
        ({"code": "X", "cents": 1.5}, "field"),
        ({"code": "X", "cents": 100, "basket": ["rice"]}, "field"),
        ([1, 2], "body"),
    ],
)
def test_what_is_not_in_the_book_is_refused(retailer: Retailer, body: Any, told: str) -> None:
    """What was bought, above all: there is no place for it."""
    answer = retailer.post("redemptions", body, "one")
    assert (answer.status_code, answer.json()) == (400, {"error": told})


@pytest.mark.parametrize("cents", [0, -100])
def test_nothing_and_less_than_nothing_cannot_be_taken(
    counter: Counter, retailer: Retailer, cents: int
) -> None:
    voucher = counter.voucher()
    answer = retailer.take(voucher, cents)
    assert (answer.status_code, answer.json()) == (422, {"error": "bad_amount"})
    assert balance(voucher) == 3350


def test_without_a_key_for_once_nothing_is_taken(counter: Counter, retailer: Retailer) -> None:
    voucher = counter.voucher()
    answer = retailer.post("redemptions", {"code": voucher.code, "cents": 100})
    assert (answer.status_code, answer.json()) == (400, {"error": "key_missing"})
    assert Redemption.objects.count() == 0


def test_only_a_key_that_is_good_opens(counter: Counter, retailer: Retailer) -> None:
    voucher = counter.voucher()
    assert retailer.take(voucher, 100).status_code == 201
    assert ApiKey.objects.get(pk=retailer.key.pk).used_at is not None
    revoke_key(by=retailer.by, key=retailer.key)
    assert retailer.take(voucher, 100).status_code == 401
    _, token = make_key(by=retailer.by, name="Kobo", programme=counter.programme)
    retailer.token = token
    assert retailer.take(voucher, 100).status_code == 401
    assert balance(voucher) == 3250


def test_a_till_that_is_closed_takes_nothing_from_that_moment(counter: Counter, retailer: Retailer) -> None:
    voucher = counter.voucher()
    assert retailer.take(voucher, 100).status_code == 201
    Till.objects.filter(pk=counter.till.pk).update(is_active=False)
    answer = retailer.take(voucher, 100)
    assert (answer.status_code, answer.json()["error"]) == (422, "till_off")


def test_a_program_that_guesses_is_locked_out(counter: Counter, retailer: Retailer) -> None:
    for _ in range(12):
        answer = retailer.post("vouchers/look-up", {"code": new_code()})
    assert (answer.status_code, answer.json()) == (429, {"error": "locked_out"})
    assert int(answer.headers["Retry-After"]) > 0
