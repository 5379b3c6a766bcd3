"""What the list tells of those who may be on it twice, on a page and as a filter."""

import pytest

from aidline.centres.states import Role
from aidline.vouchers.models import Pair, Programme, Registration
from aidline.vouchers.states import Status
from aidline.vouchers.verification import deciding, listing
from aidline.vouchers.verification.listing import Wanted
from vouchers import making
from vouchers.verification.people import compared

pytestmark = pytest.mark.django_db

TWO = (("Amira Haddad", "+447700900101"), ("Amira Hadad", "+447700900101"))


@pytest.fixture
def three() -> Programme:
    programme = making.programme()
    compared(programme, *TWO, ("Karim Mansour", "+447700900103"))
    return programme


def numbers(programme: Programme, **asked: str) -> list[int]:
    return [row.number for row in listing.page(programme, Wanted(**asked)).rows]


def test_a_page_tells_who_may_be_listed_twice(three: Programme) -> None:
    page = listing.page(three, Wanted())
    pair = Pair.objects.get()
    assert len(page.rows) == 3
    assert page.twice == {pair.first_id, pair.second_id}
    deciding.tell_apart(by=making.staff(three, Role.VOUCHER_OFFICER), pair=pair)
    assert not listing.page(three, Wanted()).twice


def test_the_filter_finds_both_and_counts_them(three: Programme) -> None:
    wanted = Wanted(needs="pair")
    assert len(numbers(three, needs="pair")) == listing.count(three, wanted) == 2


@pytest.mark.parametrize("gone", ["first", "second"])
def test_who_is_gone_is_listed_twice_with_nobody(three: Programme, gone: str) -> None:
    one = getattr(Pair.objects.get(), gone)
    Registration.objects.filter(pk=one.pk).update(status=Status.ENDED)
    assert numbers(three, needs="pair") == []


def test_another_programme_is_no_list_of_ours(three: Programme) -> None:
    other = making.programme(three.centre)
    Registration.objects.filter(pk=Pair.objects.get().second_id).update(programme=other, number=9)
    assert numbers(three, needs="pair") == numbers(other, needs="pair") == []
    assert not listing.page(three, Wanted()).twice
