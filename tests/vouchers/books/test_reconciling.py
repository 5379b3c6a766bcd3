"""Our books beside somebody else's file."""

from datetime import timedelta
from uuid import uuid4

import pytest

from aidline.kernel.clock import now
from aidline.vouchers.books.reconciling import WrongColumns, with_issuer, with_shop
from aidline.vouchers.models import Redemption
from aidline.vouchers.redeeming.use import redeem
from vouchers import making

pytestmark = pytest.mark.django_db


def test_a_shop_s_file_is_laid_beside_our_books() -> None:
    programme = making.programme()
    shop = making.shop(programme)
    till = making.till(shop)
    voucher = making.voucher(programme)
    for cents in (100, 200, 300, 250):
        redeem(till=till, cashier=None, key=uuid4(), cents=cents, code=voucher.code)
    lines = ["Receipt no.;Amount", "1;1,00", "2;2.50", "3;€ 3.00", "3;3.00", "77;5", "x;"]
    day = timedelta(days=1)
    found = with_shop(
        shop=shop,
        programme=programme,
        data="\n".join(lines).encode(),
        since=now() - day,
        until=now() + day,
    )
    assert (found.rows, found.agreed, found.our_cents, found.their_cents) == (6, 2, 850, 1450)
    kinds = [(one.kind, one.row, one.ours, one.theirs) for one in found.differences]
    assert kinds == [
        ("amount", 3, 200, 250),
        ("twice", 5, None, 300),
        ("only_theirs", 6, None, 500),
        ("unreadable", 7, None, None),
        ("only_ours", 0, 250, None),
    ]
    assert Redemption.objects.count() == 4


def test_an_issuer_s_file_is_known_by_our_reference() -> None:
    programme = making.programme()
    first, second = making.vouchers(programme, 2, 1500)
    lines = ["Reference,Value,Balance", f"{first.pk},15.00,15.00", f"{second.pk.hex},15,12.5"]
    found = with_issuer(programme=programme, data="\n".join(lines).encode())
    assert (found.agreed, [one.kind for one in found.differences]) == (1, ["balance"])


def test_a_file_without_the_columns_says_which() -> None:
    programme = making.programme()
    with pytest.raises(WrongColumns) as wrong:
        with_issuer(programme=programme, data=b"colour,size\nred,9\n")
    assert wrong.value.missing == ["reference", "amount"]
