"""The database itself refuses to rewrite the books."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from aidline.kernel.clock import now
from aidline.vouchers.models import Posting, Redemption
from aidline.vouchers.redeeming.use import redeem
from vouchers import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def used() -> Redemption:
    programme = making.programme()
    shop = making.shop(programme)
    code = making.voucher(programme).code
    redeem(till=making.till(shop), cashier=None, key=uuid4(), cents=500, code=code)
    return Redemption.objects.get()


@pytest.mark.parametrize("column", ["cents", "source", "target", "voucher", "at", "key"])
def test_a_posting_cannot_be_changed(used: Redemption, column: str) -> None:
    change = {"cents": F("cents") + 1, "at": now(), "key": uuid4()}.get(column)
    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        Posting.objects.update(**{column: change})


def test_a_posting_cannot_be_deleted(used: Redemption) -> None:
    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        Posting.objects.filter(kind="redeemed").delete()


def test_of_a_use_only_its_end_can_be_written(used: Redemption) -> None:
    for change in ({"cents": 1}, {"shop": making.shop(used.programme)}, {"at": now()}):
        with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
            Redemption.objects.update(**change)
    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        used.delete()
    assert Redemption.objects.update(reversed_at=now()) == 1


def test_an_act_posts_once(used: Redemption) -> None:
    posting = Posting.objects.get(kind="redeemed")
    posting.pk = uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        posting.save(force_insert=True)
