"""The link: whoever was sent it sees the voucher, nobody else, and not for ever."""

from datetime import timedelta

import pytest

from aidline.kernel.clock import now
from aidline.vouchers.delivery.links import holder, link, token
from aidline.vouchers.models import Voucher
from aidline.vouchers.states import Status, VoucherState
from vouchers import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def voucher() -> Voucher:
    return making.voucher(making.programme())


def test_it_leads_to_the_voucher_and_names_nothing(voucher: Voucher) -> None:
    assert holder(token(voucher)) == voucher
    assert link(voucher).endswith(f"/mine/v/{token(voucher)}/")
    assert len(token(voucher)) == 36
    assert voucher.code not in link(voucher)


def test_it_is_written_in_one_way(voucher: Voucher) -> None:
    """Else every other sign in it would be somebody new to what counts how often a picture is drawn."""
    good = token(voucher)
    assert holder(good) == voucher
    assert [holder(other) for other in (f"{good[:5]}!{good[5:]}", f"{good}=", f".{good}")] == [None] * 3


def test_it_is_not_guessed(voucher: Voucher) -> None:
    good = token(voucher)
    other = token(making.voucher(voucher.programme))
    mixed = good[:22] + other[22:]
    for bad in ("", "x", good[:-1], good + "A", mixed, good.swapcase(), "ü" * 36, "A" * 36):
        assert holder(bad) is None, bad


@pytest.mark.parametrize("state", [VoucherState.REPLACED, VoucherState.CANCELLED])
def test_the_old_one_is_dead_at_once(voucher: Voucher, state: VoucherState) -> None:
    good = token(voucher)
    Voucher.objects.update(state=state)
    assert holder(good) is None


@pytest.mark.parametrize("state", [VoucherState.EMPTY, VoucherState.BLOCKED, VoucherState.EXPIRED])
def test_what_became_of_it_can_still_be_read(voucher: Voucher, state: VoucherState) -> None:
    Voucher.objects.update(state=state)
    assert holder(token(voucher)) == voucher


def test_it_dies_with_a_change_of_number_with_erasure_and_in_time(voucher: Voucher) -> None:
    good, registration = token(voucher), voucher.registration
    registration.number_changed_at = now()
    registration.save()
    assert holder(good) is None
    new = token(Voucher.objects.get())
    assert holder(new) == voucher
    Voucher.objects.update(valid_until=now() - timedelta(days=31))
    assert holder(new) is None
    Voucher.objects.update(valid_until=now() + timedelta(days=1))
    registration.status = Status.ERASED
    registration.save()
    assert holder(new) is None
