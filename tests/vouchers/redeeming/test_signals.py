"""What looks unusual is shown, and everyday life is not."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from aidline.kernel.clock import now, starting_at
from aidline.vouchers.models import Trouble
from aidline.vouchers.redeeming.signals import look, note
from aidline.vouchers.redeeming.use import redeem
from vouchers import making

pytestmark = pytest.mark.django_db


class Street:
    def __init__(self) -> None:
        self.programme = making.programme()
        self.centre = self.programme.centre
        places = {"latitude": 52.37, "longitude": 4.9}
        self.till = making.till(making.shop(self.programme, "Near", **places))
        self.far = making.till(making.shop(self.programme, "Far", latitude=51.92, longitude=4.48))
        self.noon = datetime.now(ZoneInfo(self.centre.time_zone)).replace(hour=12, minute=0) - timedelta(
            days=2
        )

    def use(self, voucher, cents, minutes, till=None):
        with starting_at(self.noon + timedelta(minutes=minutes)):
            redeem(till=till or self.till, cashier=None, key=uuid4(), cents=cents, code=voucher.code)

    def kinds(self):
        return [(signal.kind, signal.shop.name) for signal in look(self.centre)]

    def vouchers(self, count):
        with starting_at(self.noon - timedelta(days=5)):
            return making.vouchers(self.programme, count, 1500)


def test_an_ordinary_day_shows_nothing() -> None:
    street = Street()
    for place, voucher in enumerate(street.vouchers(24)):
        street.use(voucher, 100 + place, place * 10 - 120)
    assert street.kinds() == []


def test_many_at_once_are_a_burst() -> None:
    street = Street()
    for voucher in street.vouchers(15):
        street.use(voucher, 700, 0)
    assert street.kinds() == [("burst", "Near")]


def test_whole_balances_and_nightly_hours_are_shown() -> None:
    street = Street()
    for place, voucher in enumerate(street.vouchers(20)):
        street.use(voucher, 1500, 12 * 60 + place * 6)
    assert {kind for kind, _ in street.kinds()} == {"whole_balance", "odd_hours"}


def test_one_voucher_in_two_towns_within_minutes_is_shown_once_a_week() -> None:
    street = Street()
    (voucher,) = street.vouchers(1)
    street.use(voucher, 100, 0)
    street.use(voucher, 100, 20, street.far)
    assert street.kinds() == [("far_apart", "Far")]
    assert (note(street.centre), note(street.centre)) == (1, 0)
    assert Trouble.objects.get().facts["km"] > 50
    assert look(street.centre, until=now() - timedelta(days=30)) == []
