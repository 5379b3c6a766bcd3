"""The holder of a voucher's link sees what is left and where it was used; nobody else sees anything."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aidline.kernel.clock import now
from aidline.portal.wallet import voucher as pages
from aidline.vouchers.codes.code import grouped
from aidline.vouchers.delivery.links import token
from aidline.vouchers.models import Registration, Voucher
from aidline.vouchers.redeeming.use import redeem
from aidline.vouchers.states import VoucherState
from vouchers import making

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_counts() -> None:
    pages.WRONG_LINKS.clear()
    pages.PICTURES.clear()


@pytest.fixture
def voucher() -> Voucher:
    return making.voucher(making.programme(titles={"en": "Food for families"}), 4000)


def look(voucher: Voucher, page: str = "") -> tuple[int, str]:
    answer = Client().get(f"/mine/v/{token(voucher)}/{page}")
    return answer.status_code, answer.content.decode(errors="replace")


def use(voucher: Voucher, cents: int, shop: str) -> None:
    place = making.shop(voucher.programme, shop)
    redeem(
        till=making.till(place), cashier=making.cashier(place), key=uuid4(), code=voucher.code, cents=cents
    )
    voucher.refresh_from_db()


def test_the_holder_sees_what_is_left_and_where_it_was_used(voucher: Voucher) -> None:
    use(voucher, 1510, "Lighthouse shop")
    use(voucher, 650, "Corner bakery")
    status, content = look(voucher)
    assert status == 200
    assert "€18.40" in content
    assert "of €40.00" in content
    assert content.index("Corner bakery") < content.index("Lighthouse shop")
    assert "€15.10" in content
    assert voucher.registration.name not in content
    assert voucher.registration.phone not in content
    assert voucher.code not in content


def test_the_code_is_a_picture_and_text(voucher: Voucher) -> None:
    status, content = look(voucher, "code/")
    assert status == 200
    assert grouped(voucher.code) in content
    answer = Client().get(f"/mine/v/{token(voucher)}/picture.png")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("state", "words"),
    [(VoucherState.BLOCKED, "blocked"), (VoucherState.EMPTY, "used up"), (VoucherState.EXPIRED, "over")],
)
def test_what_cannot_be_spent_is_told_and_shows_no_code(
    voucher: Voucher, state: VoucherState, words: str
) -> None:
    Voucher.objects.filter(pk=voucher.pk).update(state=state)
    status, content = look(voucher)
    assert status == 200
    assert words in content
    assert grouped(voucher.code) not in look(voucher, "code/")[1]
    assert look(voucher, "picture.png")[0] == 404


def test_where_it_is_taken_and_what_to_do_without_a_phone(voucher: Voucher) -> None:
    making.shop(voucher.programme, "Lighthouse shop", place="Lantern Street 4")
    assert "Lantern Street 4" in look(voucher, "shops/")[1]
    assert "We block the voucher" in look(voucher, "lost/")[1]


@pytest.mark.parametrize("page", ["", "code/", "picture.png", "shops/", "lost/"])
def test_a_link_that_is_not_theirs_opens_nothing(voucher: Voucher, page: str) -> None:
    other = token(voucher)[:-4] + ("AAAA" if not token(voucher).endswith("AAAA") else "BBBB")
    for forged in (other, token(voucher)[:-2], "nothing", str(voucher.pk)):
        answer = Client().get(f"/mine/v/{forged}/{page}")
        assert answer.status_code == 404
        assert "look for the last message" in answer.content.decode()


def test_a_changed_number_and_a_replaced_voucher_kill_the_link(voucher: Voucher) -> None:
    old = f"/mine/v/{token(voucher)}/"
    Registration.objects.filter(pk=voucher.registration_id).update(number_changed_at=now())
    assert Client().get(old).status_code == 404
    voucher = Voucher.objects.get(pk=voucher.pk)
    assert look(voucher)[0] == 200
    Voucher.objects.filter(pk=voucher.pk).update(state=VoucherState.REPLACED)
    assert look(voucher)[0] == 404


def test_trying_links_is_slowed_down(voucher: Voucher) -> None:
    answers = [Client().get(f"/mine/v/{'A' * 36}/").status_code for _ in range(61)]
    assert (answers[0], answers[-1]) == (404, 429)
    assert look(voucher)[0] == 200


def test_the_address_is_sent_nowhere_and_found_by_no_search_engine(voucher: Voucher) -> None:
    answer = Client().get(f"/mine/v/{token(voucher)}/")
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "noindex" in answer.content.decode()
    assert "<script" not in answer.content.decode()


def test_as_many_looks_for_three_uses_as_for_one(voucher: Voucher) -> None:
    use(voucher, 100, "One")
    with CaptureQueriesContext(connection) as one:
        look(voucher)
    use(voucher, 100, "Two")
    use(voucher, 100, "Three")
    with CaptureQueriesContext(connection) as three:
        look(voucher)
    assert len(one) == len(three)
