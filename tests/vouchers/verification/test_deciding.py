"""One person or two: said once, remembered, taken back without a trace of harm."""

import pytest

from aidline.centres.models import Staff
from aidline.centres.states import Role
from aidline.vouchers.models import Pair, Programme, Registration
from aidline.vouchers.states import Status
from aidline.vouchers.verification import comparing, deciding, numbers, queries, whole
from vouchers import making
from vouchers.verification.people import compared

pytestmark = pytest.mark.django_db

TWO = (("Amira Haddad", "+447700900101"), ("Amira Hadad", "+447700900101"))


@pytest.fixture
def programme() -> Programme:
    return making.programme()


@pytest.fixture
def officer(programme: Programme) -> Staff:
    return making.staff(programme, Role.VOUCHER_OFFICER)


def test_two_people_are_not_asked_about_again(programme: Programme, officer: Staff) -> None:
    compared(programme, *TWO)

    deciding.tell_apart(by=officer, pair=Pair.objects.get())
    Registration.objects.update(compared_at=None)
    comparing.compare_waiting()
    whole.compare_all(programme)

    assert Pair.objects.get().decided == "n"


def test_one_person_goes_on_and_the_other_ends(programme: Programme, officer: Staff) -> None:
    keep, gone = compared(programme, ("Amira Haddad", ""), ("Amira Haddad", "+447700900101"))
    Registration.objects.filter(pk=gone.pk).update(payments_made=2)
    pair = Pair.objects.get()

    deciding.merge(by=officer, pair=pair, keep=pair.first if pair.first_id == keep.pk else pair.second)

    keep.refresh_from_db()
    gone.refresh_from_db()
    assert (keep.status, keep.phone, keep.payments_made) == (Status.REGISTERED, "+447700900101", 2)
    assert keep.number_changed_at is not None  # a number that was not theirs before waits as any new one does
    assert (gone.status, gone.merged_into) == (Status.ENDED, keep)
    with pytest.raises(deciding.AlreadyDecided):
        deciding.tell_apart(by=officer, pair=pair)


def test_a_merge_is_taken_back_whole(programme: Programme, officer: Staff) -> None:
    before = {
        row.pk: (row.status, row.phone, row.payments_made)
        for row in compared(programme, ("Amira Haddad", ""), ("Amira Haddad", "+447700900101"))
    }
    pair = Pair.objects.get()
    deciding.merge(by=officer, pair=pair, keep=pair.first)

    deciding.undo(by=officer, pair=pair)

    after = {row.pk: (row.status, row.phone, row.payments_made) for row in Registration.objects.all()}
    assert after == before
    assert not Registration.objects.exclude(merged_into=None).exists()
    assert Pair.objects.get().decided == ""


def test_people_of_two_programmes_are_not_made_one(programme: Programme, officer: Staff) -> None:
    other = making.programme(programme.centre)
    compared(programme, TWO[0])
    compared(other, TWO[0])
    pair = Pair.objects.get()

    with pytest.raises(deciding.CannotMerge):
        deciding.merge(by=officer, pair=pair, keep=pair.first)

    assert Pair.objects.get().decided == ""


def test_families_with_one_phone_are_left_at_once_and_doubles_are_not(
    programme: Programme, officer: Staff
) -> None:
    compared(programme, *TWO, ("Karim Mansour", "+447700900101"))
    assert Pair.objects.count() == 3

    assert deciding.leave_families(by=officer, programme=programme) == 2

    assert Pair.objects.get(decided="").reasons == ["phone", "similar"]
    assert set(queries.doubles_in(programme)) == {
        row for pair in Pair.objects.filter(decided="") for row in (pair.first_id, pair.second_id)
    }


def test_a_number_given_after_the_merge_stays_when_it_is_taken_back(
    programme: Programme, officer: Staff
) -> None:
    keep, _ = compared(programme, ("Amira Haddad", ""), ("Amira Haddad", "+447700900101"))
    pair = Pair.objects.get()
    deciding.merge(by=officer, pair=pair, keep=pair.first if pair.first_id == keep.pk else pair.second)
    keep = Registration.objects.get(pk=keep.pk)
    numbers.change_number(by=officer, registration=keep, phone="+447700900177")

    deciding.undo(by=officer, pair=pair)

    assert Registration.objects.get(pk=keep.pk).phone == "+447700900177"
