"""Uses without a network: what is certain, what is a risk, and how large it can become."""

from datetime import timedelta
from uuid import uuid4

import pytest

from aidline.kernel.clock import now, starting_at
from aidline.vouchers.books.balance import of_kind, trial_balance
from aidline.vouchers.books.checks import verify
from aidline.vouchers.models import DeviceRecord, Hold, Programme, Redemption, Trouble, Voucher
from aidline.vouchers.redeeming import changing, holds, pairing
from aidline.vouchers.redeeming.lists import fetch_lists
from aidline.vouchers.redeeming.records import Signed
from aidline.vouchers.redeeming.refusals import Refused
from aidline.vouchers.redeeming.replay import find_gaps, take_in
from aidline.vouchers.redeeming.reversing import reverse
from aidline.vouchers.redeeming.use import look_up, redeem
from aidline.vouchers.registrations import erase
from aidline.vouchers.signing import public_keys
from aidline.vouchers.states import AccountKind
from vouchers import making
from vouchers.redeeming.playing import Ed25519Key, P256Key, phone

pytestmark = pytest.mark.django_db


class Market:
    def __init__(self, **limits) -> None:
        self.programme = making.programme(**limits)
        self.shop = making.shop(self.programme, guarantee_cents=1000)
        self.till = making.till(self.shop)
        self.phone = phone(self.till)
        self.voucher = making.voucher(self.programme)

    def sync(self, *records, phone=None):
        of = phone or self.phone
        of.row.refresh_from_db()
        taken = take_in(device=of.row, records=list(records) or of.queue, device_time=of.time)
        return [outcome.code for outcome in taken]

    def loss(self):
        return -of_kind(trial_balance(self.programme), AccountKind.LOSS)

    def balance(self):
        return Voucher.objects.get(pk=self.voucher.pk).balance_cents

    def troubles(self):
        return list(Trouble.objects.order_by("found_at").values_list("kind", flat=True))


@pytest.fixture
def market():
    return Market()


# --- pairing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Ed25519Key, P256Key])
def test_a_device_signs_with_its_own_key(market, kind) -> None:
    other = phone(market.till, kind)
    other.take(market.voucher, 500)
    assert market.sync(phone=other) == ["taken"]
    assert market.balance() == 1000


def test_a_pairing_code_is_good_once_for_minutes_and_for_its_shop(market) -> None:
    key = Ed25519Key()
    asked = {"by": None, "algorithm": "ed25519", "public": key.public}
    code = pairing.pair_code(by=None, till=market.till)
    with pytest.raises(Refused):
        pairing.pair(shop=making.shop(market.programme), code=code, **asked)
    with starting_at(now() + timedelta(minutes=16)), pytest.raises(Refused):
        pairing.pair(shop=market.shop, code=code, **asked)
    pairing.pair(shop=market.shop, code=code, **asked)
    with pytest.raises(Refused):
        pairing.pair(shop=market.shop, code=code, **asked)


# --- replay -----------------------------------------------------------------------------------------------


def test_a_record_is_settled_once_in_whatever_order_they_come(market) -> None:
    for cents in (100, 200, 300):
        market.phone.take(market.voucher, cents)
    first, second, third = market.phone.queue
    assert market.sync(third) == ["taken"]
    assert market.sync(second, first, third, second) == ["taken", "taken", "taken", "taken"]
    assert (market.balance(), DeviceRecord.objects.count(), Redemption.objects.count()) == (900, 3, 3)
    assert market.troubles() == []
    assert verify(market.programme) == []


def test_what_came_online_before_is_known_by_its_key(market) -> None:
    key = uuid4()
    redeem(till=market.till, cashier=None, key=key, cents=700, code=market.voucher.code)
    market.phone.take(market.voucher, 700, key=str(key))
    assert market.sync() == ["known"]
    assert market.balance() == 800


def test_what_is_not_there_any_more_is_paid_to_the_shop_and_shown(market) -> None:
    market.phone.take(market.voucher, 900)
    redeem(till=market.till, cashier=None, key=uuid4(), cents=1000, code=market.voucher.code)
    assert market.sync() == ["overdrawn"]
    use = Redemption.objects.get(offline=True)
    assert (use.cents, use.overdrawn_cents, use.unpaid_cents) == (900, 400, 0)
    assert (market.balance(), market.loss(), market.troubles()) == (0, 400, ["overdrawn"])
    assert verify(market.programme) == []


def test_beyond_its_guarantee_a_shop_is_not_paid_but_nothing_is_dropped(market) -> None:
    vouchers = [market.voucher, making.voucher(market.programme)]
    for voucher in vouchers:
        changing.cancel(by=None, voucher=voucher, reason="test")
        market.phone.take(voucher, 800)
    assert market.sync() == ["overdrawn", "unpaid"]
    assert (market.loss(), Redemption.objects.count()) == (1000, 2)
    assert Redemption.objects.order_by("pk").last().unpaid_cents == 600
    assert verify(market.programme) == []


@pytest.mark.parametrize(
    "limits", [{"offline_use_cents": 400}, {"offline_voucher_cents": 400}, {"offline_device_cents": 400}]
)
def test_beyond_a_limit_nothing_moves_and_a_human_looks(limits) -> None:
    market = Market(**limits)
    market.phone.take(market.voucher, 401)
    assert market.sync() == ["over_limit"]
    assert (market.balance(), market.troubles()) == (1500, ["over_limit"])


def test_a_device_that_was_away_too_long_is_not_believed(market) -> None:
    with starting_at(now() + timedelta(hours=26)):
        market.phone.take(market.voucher, 100)
        assert market.sync() == ["over_limit"]


def test_a_wrong_clock_is_corrected(market) -> None:
    market.phone.ahead = timedelta(days=-400)
    market.phone.take(market.voucher, 100)
    assert market.sync() == ["taken"]
    assert abs(Redemption.objects.get().at - now()) < timedelta(minutes=1)


# --- thieves ----------------------------------------------------------------------------------------------


def test_a_forged_record_moves_nothing(market) -> None:
    good = market.phone.take(market.voucher, 100)
    assert market.sync(Signed(good.body, bytes(64))) == ["forged"]
    assert (market.balance(), market.troubles()) == (1500, ["forged"])


def test_nonsense_is_kept_and_moves_nothing(market) -> None:
    assert market.sync(Signed(b"{}", b""), Signed(b"[" * 5000, b"")) == ["bad", "bad"]
    assert DeviceRecord.objects.count() == 2


def test_a_stolen_device_that_was_revoked_is_paid_nothing(market) -> None:
    market.phone.take(market.voucher, 500)
    pairing.revoke(by=None, device=market.phone.row, reason="stolen")
    assert market.sync() == ["revoked"]
    assert (market.balance(), market.troubles()) == (1500, ["revoked"])


def test_two_records_with_one_number_tell_of_a_copied_device(market) -> None:
    market.phone.take(market.voucher, 100)
    market.phone.counter = 0
    market.phone.take(market.voucher, 200)
    assert market.sync() == ["taken", "taken"]
    assert market.troubles() == ["chain"]


def test_a_record_that_never_comes_is_missed(market) -> None:
    for _ in range(3):
        market.phone.take(market.voucher, 100)
    market.sync(market.phone.queue[0], market.phone.queue[2])
    assert find_gaps() == 0
    with starting_at(now() + timedelta(hours=2)):
        assert (find_gaps(), find_gaps()) == (1, 0)
    assert Trouble.objects.get().facts == {"missing": 1, "until": 3}


# --- holds ------------------------------------------------------------------------------------------------


def known_here(market):
    redeem(till=market.till, cashier=None, key=uuid4(), cents=100, code=market.voucher.code)


def test_nothing_is_lent_of_somebody_who_was_erased(market) -> None:
    """Emptied, erased, and then the use is taken back: its code can be read by nobody, and all other lists go on."""
    key = uuid4()
    used = redeem(till=market.till, cashier=None, key=key, cents=1500, code=market.voucher.code)
    erase(by=None, registrations=[market.voucher.registration_id], why="desk")
    reverse(till=market.till, cashier=None, key=uuid4(), redemption_id=used.redemption_id)
    assert fetch_lists(device=market.phone.row).holds == []
    assert market.balance() == 1500


def test_a_hold_is_spent_by_its_device_alone(market) -> None:
    known_here(market)
    (hold,) = holds.fetch(device=market.phone.row)
    assert (hold.left_cents, market.balance()) == (700, 700)
    market.phone.take(market.voucher, 700, hold=hold.pk)
    other = making.till(market.shop)
    with pytest.raises(Refused, match="too_little"):
        redeem(till=other, cashier=None, key=uuid4(), cents=701, code=market.voucher.code)
    assert market.sync() == ["held"]
    assert verify(market.programme) == []
    assert market.loss() == 0


def test_the_till_that_holds_it_may_use_it_with_a_network_too(market) -> None:
    known_here(market)
    holds.fetch(device=market.phone.row)
    other = making.till(making.shop(market.programme))
    with pytest.raises(Refused, match="too_little"):
        redeem(till=other, cashier=None, key=uuid4(), cents=1400, code=market.voucher.code)
    assert look_up(till=other, cashier=None, code=market.voucher.code).balance_cents == 700
    taken = redeem(till=market.till, cashier=None, key=uuid4(), cents=1400, code=market.voucher.code)
    assert taken.balance_cents == 0
    assert Voucher.objects.get().state == "em"
    assert verify(market.programme) == []


def test_what_is_held_comes_back(market) -> None:
    known_here(market)
    holds.fetch(device=market.phone.row)
    with starting_at(now() + timedelta(hours=80)):
        assert (holds.end_overdue(), holds.end_overdue()) == (1, 0)
    assert market.balance() == 1400
    assert verify(market.programme) == []


@pytest.mark.parametrize("then", ["reissue", "cancel", "block"])
def test_what_is_held_follows_the_value_when_its_voucher_ends(market, then) -> None:
    known_here(market)
    holds.fetch(device=market.phone.row)
    getattr(changing, then)(by=None, voucher=Voucher.objects.get(), reason="lost phone")
    pairing.revoke(by=None, device=market.phone.row, reason="test")
    assert verify(market.programme) == []
    left = Programme.objects.get().available_cents
    rest = {
        "reissue": (1400, 10_000_00 - 1500),
        "cancel": (0, 10_000_00 - 100),
        "block": (1400, 10_000_00 - 1500),
    }
    assert (sum(Voucher.objects.values_list("balance_cents", flat=True)), left) == rest[then]


def test_the_lists_are_signed_and_name_what_not_to_believe(market) -> None:
    known_here(market)
    dead = making.voucher(market.programme)
    changing.block(by=None, voucher=dead, reason="lost")
    lists = fetch_lists(device=market.phone.row)
    public_keys(market.programme.centre_id)[lists.number].verify(lists.signature, lists.body)
    assert lists.limits["revoked"] == [bytes(dead.serial).hex()]
    assert [hold["serial"] for hold in lists.holds] == [bytes(market.voucher.serial).hex()]
    assert market.voucher.code.encode() not in lists.body


def test_the_room_of_a_device_gets_smaller_with_what_it_took(market) -> None:
    market.phone.take(market.voucher, 600)
    market.sync()
    assert fetch_lists(device=market.phone.row).limits["programmes"][0]["device_cents"] == 50_000 - 600


def test_a_voucher_is_lent_to_one_device_and_half_of_it_stays_with_the_person(market) -> None:
    known_here(market)
    for _ in range(6):
        holds.fetch(device=phone(market.till).row)
    voucher = Voucher.objects.get()
    assert (voucher.balance_cents, voucher.held_cents) == (700, 700)
    assert Hold.objects.filter(ended_at=None).count() == 1


def test_a_device_gives_back_what_it_holds_of_a_voucher_that_is_here_with_a_network(market) -> None:
    known_here(market)
    mine, other = phone(market.till).row, phone(market.till).row
    (hold,) = holds.fetch(device=mine)
    holds.let_go(device=other, hold_id=hold.pk)
    assert market.balance() == 700
    for _ in range(2):
        holds.let_go(device=mine, hold_id=hold.pk)
    assert market.balance() == 1400
