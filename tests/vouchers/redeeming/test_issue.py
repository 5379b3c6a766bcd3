"""From a payout to a voucher."""

import pytest

from aidline.vouchers.models import Payout, Posting, Programme, Voucher
from aidline.vouchers.redeeming.issue import issue
from vouchers import making

pytestmark = pytest.mark.django_db


def test_a_voucher_is_made_once_however_often_its_payout_is_issued() -> None:
    programme = making.programme(funded=5000)
    first, second = making.vouchers(programme, 2, 1500)
    assert issue(payout_ids=[first.pk, second.pk]) == []
    assert Voucher.objects.count() == 2
    assert Posting.objects.filter(kind="issued").count() == 2
    assert Programme.objects.get().available_cents == 2000
    assert set(Payout.objects.values_list("state", flat=True)) == {"ok"}


def test_a_code_is_found_again_and_readable_by_us_alone() -> None:
    voucher = making.voucher(making.programme())
    assert len(voucher.code) == 14
    assert voucher.code.encode() not in bytes(voucher.code_sealed) + bytes(voucher.code_index)
