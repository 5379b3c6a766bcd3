"""What a shop is owed, and paid."""

from uuid import uuid4

import pytest

from aidline.vouchers.books.balance import of_kind, trial_balance
from aidline.vouchers.books.checks import verify
from aidline.vouchers.books.settling import NothingOwed, owed, settle
from aidline.vouchers.models import Settlement
from aidline.vouchers.redeeming.refusals import Refused
from aidline.vouchers.redeeming.use import redeem, reverse
from aidline.vouchers.states import AccountKind
from vouchers import making

pytestmark = pytest.mark.django_db


def test_each_use_is_paid_once() -> None:
    programme = making.programme()
    shop = making.shop(programme)
    till = making.till(shop)
    voucher = making.voucher(programme)
    first, second, third = (
        redeem(till=till, cashier=None, key=uuid4(), cents=cents, code=voucher.code)
        for cents in (100, 200, 300)
    )
    reverse(till=till, cashier=None, key=uuid4(), redemption_id=second.redemption_id)
    assert owed(shop, programme).cents == 400
    row = settle(by=None, shop=shop, programme=programme)
    assert (row.number, row.uses, row.cents) == (1, 2, 400)
    with pytest.raises(NothingOwed):
        settle(by=None, shop=shop, programme=programme)
    with pytest.raises(Refused, match="too_late"):
        reverse(till=till, cashier=None, key=uuid4(), redemption_id=first.redemption_id)
    redeem(till=till, cashier=None, key=uuid4(), cents=50, code=voucher.code)
    assert settle(by=None, shop=shop, programme=programme).number == 2
    assert Settlement.objects.count() == 2
    standings = trial_balance(programme)
    assert (of_kind(standings, AccountKind.PAID), of_kind(standings, AccountKind.SHOP)) == (450, 0)
    assert sum(one.cents for one in standings) == 0
    assert verify(programme) == []
    assert third.receipt == 3
