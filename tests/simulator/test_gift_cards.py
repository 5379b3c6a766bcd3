"""The look-alike of a gift card issuer: its books are rows, its references count once, its shop spends."""

import pytest
from django.test import Client

from aidline.simulator.models import PracticeCard

pytestmark = pytest.mark.django_db

REFERENCE = "0192f6a0-0000-7000-8000-000000000001"
ORDER = {"reference": REFERENCE, "product": "food", "cents": 1500, "currency": "EUR"}


def ask(
    verb: str, content: dict[str, object], orders: str = "", key: str = "word"
) -> tuple[int, dict[str, object]]:
    path = f"/look-alike/gift-card/{orders}{'/' if orders else ''}{verb}"
    answer = Client().post(
        path, content, content_type="application/json", headers={"authorization": f"Bearer {key}"}
    )
    return answer.status_code, answer.json()


def test_a_reference_makes_one_card_however_often_it_is_asked_for() -> None:
    first, again = ask("cards", ORDER), ask("cards", ORDER)
    assert (first[0], again[0]) == (201, 200)
    assert first[1] == again[1]
    assert ask("cards/find", {"reference": REFERENCE})[1] == first[1]
    assert PracticeCard.objects.count() == 1
    assert ask("cards", {**ORDER, "cents": 1600})[1] == {"code": "other-amount"}


def test_a_shop_spends_and_a_used_card_is_not_taken_back() -> None:
    card = ask("cards", ORDER)[1]
    holder = {"number": card["number"], "pin": card["pin"]}
    assert ask("till", {"number": card["number"], "cents": 600})[0] == 200
    assert ask("till", {"number": card["number"], "cents": 901})[1] == {"code": "too-little"}
    assert ask("cards/balance", holder)[1] == {"cents": 900, "state": "open"}
    assert ask("cards/balance", {**holder, "pin": "0"})[0] == 404
    assert ask("cards/cancel", {"reference": REFERENCE})[1] == {"code": "used"}


def test_an_unused_card_is_taken_back_and_found_no_more() -> None:
    ask("cards", ORDER)
    for _ in range(2):
        assert ask("cards/cancel", {"reference": REFERENCE})[1] == {"state": "cancelled"}
    assert ask("cards/find", {"reference": REFERENCE})[0] == 404
    assert ask("cards", ORDER)[1] == {"code": "cancelled"}


def test_faults_are_asked_for_in_the_address() -> None:
    assert ask("cards", ORDER, "busy-100")[0] == 429
    assert ask("cards", ORDER, "broken-100")[0] == 500
    assert ask("cards", ORDER, "no-cover")[1] == {"code": "no-cover"}
    assert ask("cards", ORDER, "key-other")[1] == {"code": "wrong-key"}
    assert not PracticeCard.objects.exists()
    assert ask("cards", {**ORDER, "name": "Amira"})[1] == {"code": "unknown-name"}
