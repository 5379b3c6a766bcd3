"""A voucher at a till."""

from datetime import timedelta
from uuid import uuid4

import pytest

from aidline.kernel.clock import now, starting_at
from aidline.vouchers.books.checks import verify
from aidline.vouchers.codes.code import new_code
from aidline.vouchers.models import Miss, Posting, Programme, Redemption, Trouble, Voucher
from aidline.vouchers.redeeming import changing, reversing
from aidline.vouchers.redeeming.refusals import KeyReused, Refused
from aidline.vouchers.redeeming.reversing import reverse
from aidline.vouchers.redeeming.use import look_up, redeem
from aidline.vouchers.states import ProgrammeState
from vouchers import making

pytestmark = pytest.mark.django_db


class Counter:
    """A programme, a shop in it, its till and cashier, and one voucher of 15.00."""

    def __init__(self) -> None:
        self.programme = making.programme()
        self.shop = making.shop(self.programme)
        self.till = making.till(self.shop)
        self.cashier = making.cashier(self.shop)
        self.voucher = making.voucher(self.programme)

    def take(self, cents, key=None, **more):
        of = more or {"code": self.voucher.code}
        return redeem(till=self.till, cashier=self.cashier, key=key or uuid4(), cents=cents, **of)

    def refusal(self, cents=100, **more):
        with pytest.raises(Refused) as refused:
            self.take(cents, **more)
        return refused.value.code

    def balance(self):
        return Voucher.objects.get(pk=self.voucher.pk).balance_cents


@pytest.fixture
def counter():
    return Counter()


def test_a_voucher_is_used_in_parts_until_it_is_empty(counter) -> None:
    assert [counter.take(cents).balance_cents for cents in (500, 600, 400)] == [1000, 400, 0]
    assert Voucher.objects.get(pk=counter.voucher.pk).state == "em"
    assert counter.refusal() == "empty"
    assert list(Redemption.objects.order_by("receipt").values_list("receipt", flat=True)) == [1, 2, 3]
    assert verify(counter.programme) == []


def test_more_than_is_left_is_refused_and_the_rest_told(counter) -> None:
    with pytest.raises(Refused) as refused:
        counter.take(1501)
    assert (refused.value.code, refused.value.balance_cents) == ("too_little", 1500)
    assert not Redemption.objects.exists()


def test_the_same_key_takes_once_and_answers_the_same(counter) -> None:
    key = uuid4()
    first, second = counter.take(1500, key), counter.take(1500, key)
    assert (first.again, second.again) == (False, True)
    assert (second.redemption_id, second.balance_cents) == (first.redemption_id, 0)
    assert Posting.objects.filter(kind="redeemed").count() == 1


def test_the_same_key_with_another_amount_is_refused(counter) -> None:
    key = uuid4()
    counter.take(100, key)
    with pytest.raises(KeyReused):
        counter.take(200, key)
    assert counter.balance() == 1400


def test_a_token_is_as_good_as_the_code(counter) -> None:
    assert counter.take(100, serial=bytes(counter.voucher.serial)).balance_cents == 1400


def test_a_shop_outside_the_programme_takes_nothing(counter) -> None:
    counter.shop.programmes.clear()
    assert counter.refusal() == "not_here"


def test_a_voucher_of_another_centre_is_unknown(counter) -> None:
    stranger = making.voucher(making.programme())
    assert counter.refusal(code=stranger.code) == "unknown"


@pytest.mark.parametrize("amount", [0, -5, 2**31, 2**80])
def test_amounts_that_are_none_are_refused(counter, amount) -> None:
    assert counter.refusal(amount) == "bad_amount"


def test_where_a_loaf_costs_thousands_a_voucher_is_spent_at_once() -> None:
    counter = Counter()
    counter.programme = making.programme(counter.programme.centre, currency="UGX", funded=500_000_00)
    counter.shop.programmes.add(counter.programme)
    counter.voucher = making.voucher(counter.programme, 150_000_00)
    assert counter.take(150_000_00).balance_cents == 0
    assert verify(counter.programme) == []


def test_a_blocked_voucher_is_refused_until_it_is_unblocked(counter) -> None:
    changing.block(by=None, voucher=counter.voucher, reason="lost")
    assert counter.refusal() == "blocked"
    changing.unblock(by=None, voucher=counter.voucher, reason="found")
    assert counter.take(100).balance_cents == 1400


@pytest.mark.parametrize("state", [ProgrammeState.PAUSED, ProgrammeState.CLOSED])
def test_what_people_hold_stays_good_when_its_programme_pauses_or_ends(counter, state) -> None:
    """As the pages say on which a programme is paused or closed."""
    Programme.objects.update(state=state)
    assert look_up(till=counter.till, cashier=counter.cashier, code=counter.voucher.code).state == ""
    assert counter.take(1500).balance_cents == 0


def test_after_its_time_a_voucher_is_refused_and_its_rest_goes_back(counter) -> None:
    counter.take(400)
    available = Programme.objects.get().available_cents
    with starting_at(now() + timedelta(days=61)):
        assert counter.refusal() == "expired"
        assert (changing.expire_due(), changing.expire_due()) == (1, 0)
    assert Programme.objects.get().available_cents == available + 1100
    assert verify(counter.programme) == []


def test_a_lost_phone_gets_a_new_code_with_the_rest(counter) -> None:
    counter.take(400)
    fresh = changing.reissue(by=None, voucher=counter.voucher, reason="lost phone")
    assert counter.refusal() == "replaced"
    assert counter.take(1100, code=fresh.code).balance_cents == 0
    assert fresh.code != counter.voucher.code
    assert verify(counter.programme) == []


def test_a_cancelled_voucher_gives_its_rest_back(counter) -> None:
    counter.take(400)
    assert changing.cancel(by=None, voucher=counter.voucher, reason="paid in error") == 1100
    assert counter.refusal() == "cancelled"
    with pytest.raises(Refused):
        changing.cancel(by=None, voucher=counter.voucher, reason="again")
    assert verify(counter.programme) == []


# --- taking back ------------------------------------------------------------------------------------------


def test_a_use_is_taken_back_once(counter) -> None:
    used, key = counter.take(1500), uuid4()
    back = [
        reverse(till=counter.till, cashier=counter.cashier, key=key, redemption_id=used.redemption_id)
        for _ in range(2)
    ]
    assert [(one.balance_cents, one.again) for one in back] == [(1500, False), (1500, True)]
    with pytest.raises(Refused, match="reversed"):
        reverse(till=counter.till, cashier=None, key=uuid4(), redemption_id=used.redemption_id)
    assert counter.take(1500).balance_cents == 0
    assert verify(counter.programme) == []


def test_another_shop_cannot_take_it_back(counter) -> None:
    used = counter.take(100)
    other = making.till(making.shop(counter.programme))
    with pytest.raises(Refused, match="not_ours"):
        reverse(till=other, cashier=None, key=uuid4(), redemption_id=used.redemption_id)


def test_after_the_minutes_it_is_too_late(counter) -> None:
    used = counter.take(100)
    with starting_at(now() + timedelta(minutes=11)), pytest.raises(Refused, match="too_late"):
        reverse(till=counter.till, cashier=None, key=uuid4(), redemption_id=used.redemption_id)


@pytest.mark.parametrize("then", ["reissue", "cancel"])
def test_what_is_taken_back_follows_the_value(counter, then) -> None:
    used = counter.take(500)
    heir = getattr(changing, then)(by=None, voucher=counter.voucher, reason="lost phone")
    reverse(till=counter.till, cashier=None, key=uuid4(), redemption_id=used.redemption_id)
    if then == "reissue":
        assert Voucher.objects.get(pk=heir.pk).balance_cents == 1500
    else:
        assert Programme.objects.get().available_cents == 10_000_00
    assert verify(counter.programme) == []


# --- guessing ---------------------------------------------------------------------------------------------


def test_a_till_that_repeats_itself_before_it_is_answered_hears_the_same(counter, monkeypatch) -> None:
    used, key, check = counter.take(500), uuid4(), reversing._check_time
    asked = {
        "till": counter.till,
        "cashier": counter.cashier,
        "key": key,
        "redemption_id": used.redemption_id,
    }

    def beside(row):
        monkeypatch.setattr(reversing, "_check_time", check)
        assert not reverse(**asked).again

    monkeypatch.setattr(reversing, "_check_time", beside)
    assert reverse(**asked).again
    assert counter.balance() == 1500


def test_what_is_taken_back_follows_a_voucher_that_is_replaced_in_this_moment(counter, monkeypatch) -> None:
    used, receive = counter.take(1500), reversing._receive
    fresh = []

    def too_late(voucher, cents):
        if not fresh:
            fresh.append(changing.reissue(by=None, voucher=counter.voucher, reason="lost"))
        return receive(voucher, cents)

    monkeypatch.setattr(reversing, "_receive", too_late)
    reverse(till=counter.till, cashier=counter.cashier, key=uuid4(), redemption_id=used.redemption_id)
    heir = Voucher.objects.get(pk=fresh[0].pk)
    assert (heir.balance_cents, heir.state) == (1500, "op")
    assert verify(counter.programme) == []


def test_guessing_locks_the_cashier_out_even_of_good_codes(counter) -> None:
    assert [counter.refusal(code=new_code()) for _ in range(6)] == ["unknown"] * 5 + ["locked_out"]
    assert counter.refusal() == "locked_out"
    assert Trouble.objects.get().kind == "guessing"
    with pytest.raises(Refused, match="locked_out"):
        look_up(till=counter.till, cashier=counter.cashier, code=counter.voucher.code)
    with starting_at(now() + timedelta(minutes=16)):
        assert counter.take(100).balance_cents == 1400


def test_typing_errors_are_not_guesses(counter) -> None:
    code = counter.voucher.code
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert {counter.refusal(code=wrong) for _ in range(20)} == {"unknown"}
    assert not Miss.objects.exists()


def test_another_till_goes_on_while_one_is_locked(counter) -> None:
    for _ in range(5):
        counter.refusal(code=new_code())
    other = making.shop(counter.programme)
    seen = look_up(till=making.till(other), cashier=making.cashier(other), code=counter.voucher.code)
    assert (seen.balance_cents, seen.state, seen.programme) == (1500, "", "Food for families")


def test_what_was_replaced_can_be_replaced_again() -> None:
    """Who loses a second phone is helped as well."""
    first = making.voucher(making.programme(), 1500)
    second = changing.reissue(by=None, voucher=first, reason="lost")
    third = changing.reissue(by=None, voucher=second, reason="lost again")
    assert (third.balance_cents, third.state) == (1500, "op")
    assert verify(third.programme) == []
