"""Paper handed over at a desk counts as delivered, and somebody stands for it."""

import pytest

from aidline.audit.models import Entry
from aidline.centres.states import Role
from aidline.vouchers.delivery.printing import print_vouchers
from aidline.vouchers.models import Voucher
from aidline.vouchers.states import DeliveryState, VoucherState
from vouchers import making

pytestmark = pytest.mark.django_db


def test_open_ones_are_printed_and_written_down():
    programme = making.programme()
    officer = making.staff(programme, Role.VOUCHER_OFFICER)
    good, gone = making.vouchers(programme, 2)
    Voucher.objects.filter(pk=gone.pk).update(state=VoucherState.BLOCKED)
    pdf = print_vouchers(by=officer, voucher_ids=[good.pk, gone.pk])
    assert pdf.startswith(b"%PDF")
    good.refresh_from_db()
    gone.refresh_from_db()
    assert (good.delivery, bool(good.claimed_at)) == (DeliveryState.PRINTED, True)
    assert gone.delivery == DeliveryState.WAITING
    entry = Entry.objects.get(action="voucher.print")
    assert (entry.object_id, entry.actor_id) == (good.pk, officer.pk)


def test_nothing_open_is_no_paper():
    programme = making.programme()
    officer = making.staff(programme, Role.VOUCHER_OFFICER)
    assert print_vouchers(by=officer, voucher_ids=[]) == b""
