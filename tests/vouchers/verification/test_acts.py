"""Acts on many: seen before they are done, done by two where two are asked for, and taken back."""

import pytest

from aidline.audit.models import Entry
from aidline.centres.models import Staff
from aidline.centres.states import Role
from aidline.vouchers.models import Invite, Pair, Programme, Registration
from aidline.vouchers.states import Status
from aidline.vouchers.verification import acts, deciding, numbers, undoing
from aidline.vouchers.verification.acts import Act
from vouchers import making
from vouchers.verification.people import compared, listed

pytestmark = pytest.mark.django_db

TWO = (("Amira Haddad", "+447700900101"), ("Amira Hadad", "+447700900101"))


@pytest.fixture
def programme() -> Programme:
    return making.programme()


@pytest.fixture
def officer(programme: Programme) -> Staff:
    return making.staff(programme, Role.VOUCHER_OFFICER)


def do(officer: Staff, programme: Programme, act: Act, **more: str) -> acts.Done:
    return acts.do(by=officer, act=act, programme=programme, rows=Registration.objects.all(), **more)


def test_whoever_may_be_listed_twice_waits_until_somebody_decides(
    programme: Programme, officer: Staff
) -> None:
    compared(programme, *TWO, ("Karim Mansour", "+447700900103"))

    done = do(officer, programme, Act.VERIFY)

    assert (done.moved, dict(done.left_out)) == (1, {acts.OPEN_PAIR: 2})
    deciding.tell_apart(by=officer, pair=Pair.objects.get())
    assert do(officer, programme, Act.VERIFY).moved == 2


def test_nobody_is_verified_before_they_are_compared(programme: Programme, officer: Staff) -> None:
    listed(programme, TWO[0])

    assert dict(do(officer, programme, Act.VERIFY).left_out) == {acts.UNCOMPARED: 1}


def test_four_eyes_are_four_eyes(officer: Staff) -> None:
    programme = making.programme(officer.memberships.get().centre, four_eyes=True)
    compared(programme, TWO[0])
    colleague = making.staff(programme, Role.VOUCHER_OFFICER)

    assert do(officer, programme, Act.VERIFY).first == 1
    assert dict(do(officer, programme, Act.VERIFY).left_out) == {acts.OWN_CHECK: 1}
    assert do(colleague, programme, Act.VERIFY).moved == 1

    row = Registration.objects.get()
    assert (row.first_verified_by, row.verified_by, row.status) == (officer, colleague, Status.VERIFIED)


@pytest.mark.parametrize("act", [Act.END, Act.DECLINE])
def test_leaving_and_coming_back_is_no_way_around_the_check(officer: Staff, act: Act) -> None:
    food = making.programme(officer.memberships.get().centre, four_eyes=True)
    compared(food, TWO[0])
    assert do(officer, food, act, reason="moved").moved == 1
    assert do(officer, food, Act.INCLUDE).moved == 0
    Registration.objects.update(verified_by=making.staff(food, Role.VOUCHER_OFFICER))
    assert do(officer, food, Act.INCLUDE).moved == 1


def test_who_was_merged_into_another_is_not_included_again(programme: Programme, officer: Staff) -> None:
    """It would be one person paid as two."""
    keep, gone = compared(programme, *TWO)
    Registration.objects.update(verified_by=officer, status=Status.VERIFIED)
    for row in (keep, gone):
        row.refresh_from_db()
    pair = Pair.objects.select_related("first", "second").get()
    deciding.merge(by=officer, pair=pair, keep=keep)
    assert do(officer, programme, Act.INCLUDE).moved == 1
    gone.refresh_from_db()
    assert gone.status == Status.ENDED


def test_an_act_on_many_is_taken_back_but_for_those_who_moved_on(
    programme: Programme, officer: Staff
) -> None:
    one, *others = compared(
        programme,
        ("Amira Haddad", "+447700900101"),
        ("Karim Mansour", "+447700900102"),
        status=Status.VERIFIED,
    )
    done = do(officer, programme, Act.INCLUDE)
    do_one = acts.do_one(by=officer, act=Act.PAUSE, registration=one, reason="away")
    assert (done.moved, do_one.moved) == (2, 1)

    assert undoing.undo_bulk(by=officer, bulk_id=done.bulk_id, centre_id=programme.centre_id) == 1

    assert [Registration.objects.get(pk=row.pk).status for row in (one, *others)] == ["pa", "ve"]


def test_another_centre_cannot_take_it_back(programme: Programme, officer: Staff) -> None:
    compared(programme, ("Amira Haddad", "+447700900101"), status=Status.VERIFIED)
    done = do(officer, programme, Act.INCLUDE)

    other = making.programme()
    assert undoing.undo_bulk(by=officer, bulk_id=done.bulk_id, centre_id=other.centre_id) == 0


def test_erased_is_erased(programme: Programme, officer: Staff) -> None:
    (row,) = compared(programme, TWO[0])

    assert do(officer, programme, Act.ERASE).moved == 1

    row = Registration.objects.get(pk=row.pk)
    assert (row.status, row.name, row.phone) == (Status.ERASED, "", "")


def test_a_changed_number_waits_and_kills_open_links(programme: Programme, officer: Staff) -> None:
    (row,) = compared(programme, TWO[0])
    invite = Invite.objects.create(registration=row, token_hash=b"0" * 32, expires_at=row.created_at)

    numbers.change_number(by=officer, registration=row, phone="07700 900199", region="GB")

    invite.refresh_from_db()
    assert invite.revoked_at is not None
    assert Registration.objects.get(pk=row.pk).phone == "+447700900199"
    assert numbers.held_until(row) is not None
    assert Registration.objects.filter(numbers.cooling_down(programme)).get() == row
    with pytest.raises(numbers.SameNumber):
        numbers.change_number(by=officer, registration=row, phone="+447700900199")
    with pytest.raises(numbers.NotANumber):
        numbers.change_number(by=officer, registration=row, phone="twelve")
    entry = Entry.objects.get(action="registration.number")
    assert (entry.actor_id, entry.fields) == (officer.pk, "registration.phone")


def test_nobody_is_erased_while_money_is_theirs(programme: Programme, officer: Staff) -> None:
    (row,) = compared(programme, TWO[0], status=Status.INCLUDED)
    making.voucher(programme, holder=row)

    done = acts.do_one(by=officer, act=Act.ERASE, registration=row)

    assert (done.moved, dict(done.left_out)) == (0, {acts.MONEY: 1})
