"""Making, moving and erasing registrations."""

from typing import Any

import pytest
from django.db import IntegrityError
from tests.factories import make_centre, make_staff

from aidline import vault
from aidline.audit.models import Entry
from aidline.centres.models import Staff
from aidline.centres.states import Role
from aidline.kernel.ids import new_id
from aidline.vouchers import indexes, registrations
from aidline.vouchers.models import Partner, PartnerPlace, Programme, Registration, StatusChange
from aidline.vouchers.receipt_codes import grouped_receipt, new_receipt, normalise_receipt
from aidline.vouchers.registrations import Closed, NewPerson, NotAllowed, erase, make, move, move_one
from aidline.vouchers.states import Status

pytestmark = pytest.mark.django_db


def a_programme(**more: Any) -> Programme:
    centre = make_centre()
    return Programme.objects.create(centre=centre, slug="food", name="Food", languages=["en", "ar"], **more)


def an_officer(programme: Programme) -> Staff:
    return make_staff(programme.centre, Role.VOUCHER_OFFICER, name="Odile Officer")[0]


def row(name: str, phone: str = "", **more: Any) -> NewPerson:
    return NewPerson(name=name, phone=phone, key=indexes.row_key(phone, name), **more)


def some(count: int) -> list[NewPerson]:
    return [row(f"Person {number}", f"+44770090{number:04}") for number in range(count)]


def test_what_is_made_is_sealed_numbered_found_and_told_of() -> None:
    programme = a_programme()
    officer = an_officer(programme)
    made = make(by=officer, programme=programme, partner=None, rows=some(3), why="upload")
    first = Registration.objects.get(pk=made.ids[0])
    assert (first.name, first.phone, first.status, first.number) == (
        "Person 0",
        "+447700900000",
        Status.IMPORTED,
        1,
    )
    assert b"Person" not in bytes(first.name_sealed)
    assert [one.number for one in Registration.objects.order_by("number")] == [1, 2, 3]
    found = Registration.objects.get(phone_index=indexes.phone_index(programme.centre_id, "+447700900001"))
    assert found.number == 2
    assert Registration.objects.get(
        receipt_index=indexes.receipt_index(programme.centre.organisation_id, first.receipt)
    )
    change = StatusChange.objects.get(registration=first)
    assert (change.before, change.after, change.why, change.by) == ("", Status.IMPORTED, "upload", officer)
    assert Entry.objects.filter(action="registration.add").count() == 1


def test_the_same_rows_again_are_known_and_make_nobody() -> None:
    programme = a_programme()
    first = make(by=None, programme=programme, partner=None, rows=some(3), why="upload")
    again = make(by=None, programme=programme, partner=None, rows=[*some(5), some(5)[4]], why="upload")
    assert again.ids[:3] == first.ids
    assert (len(again.added), again.known, again.beyond) == (2, 4, 0)
    assert again.ids[4] == again.ids[5]
    assert Registration.objects.count() == 5
    assert sorted(Registration.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]


def test_rows_without_a_key_are_always_new() -> None:
    programme = a_programme()
    rows = [NewPerson(name="Amal"), NewPerson(name="Amal")]
    assert len(make(by=None, programme=programme, partner=None, rows=rows, why="desk").added) == 2


def test_a_partner_adds_no_more_than_agreed() -> None:
    programme = a_programme()
    partner = Partner.objects.create(centre=programme.centre, name="Harbour Kitchen")
    assert make(by=None, programme=programme, partner=partner, rows=some(1), why="upload").beyond == 1
    place = PartnerPlace.objects.create(partner=partner, programme=programme, quota=2)
    made = make(by=None, programme=programme, partner=partner, rows=some(3), why="upload")
    assert (len(made.added), made.beyond, made.ids[2]) == (2, 1, None)
    PartnerPlace.objects.filter(pk=place.pk).update(quota=0)
    assert len(make(by=None, programme=programme, partner=partner, rows=some(3), why="upload").added) == 1


def test_a_closed_programme_takes_nobody() -> None:
    programme = a_programme(state="cl")
    with pytest.raises(Closed):
        make(by=None, programme=programme, partner=None, rows=some(1), why="upload")


def test_a_row_that_another_worker_made_meanwhile_is_refused_by_the_database(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    programme = a_programme()
    make(by=None, programme=programme, partner=None, rows=some(1), why="upload")
    monkeypatch.setattr(registrations, "_known", lambda *_: {})  # what it saw before the other was done
    with pytest.raises(IntegrityError):
        make(by=None, programme=programme, partner=None, rows=some(1), why="upload")


def test_statuses_follow_each_other_with_who_and_why() -> None:
    programme = a_programme()
    officer = an_officer(programme)
    made = make(by=None, programme=programme, partner=None, rows=some(3), why="upload")
    bulk = new_id()
    moved = move(
        by=officer,
        registrations=made.added,
        to=Status.REGISTERED,
        why="bulk",
        reason="all came by",
        bulk_id=bulk,
    )
    assert set(moved.ids) == set(made.added)
    change = StatusChange.objects.filter(bulk_id=bulk)[0]
    assert (change.before, change.after, change.reason, change.by) == ("im", "re", "all came by", officer)
    again = move(by=officer, registrations=made.added, to=Status.INVITED, why="bulk")
    assert again.ids == ()
    assert set(again.not_allowed) == set(made.added)
    entry = Entry.objects.filter(action="registration.move").get()
    assert entry.fields == "status:re:3"


def test_one_that_may_not_be_moved_says_so() -> None:
    programme = a_programme()
    made = make(by=None, programme=programme, partner=None, rows=some(1), why="upload")
    one = Registration.objects.get(pk=made.id)
    with pytest.raises(NotAllowed):
        move_one(by=None, registration=one, to=Status.INCLUDED, why="desk")
    assert move_one(by=None, registration=one, to=Status.STARTED, why="form").status == Status.STARTED


def test_the_erased_cannot_be_read_or_found() -> None:
    programme = a_programme()
    made = make(by=None, programme=programme, partner=None, rows=some(2), why="upload")
    before = Registration.objects.get(pk=made.ids[0])
    assert len(erase(by=None, registrations=[before], why="asked").ids) == 1
    with pytest.raises(vault.KeyGone):
        _ = before.name
    after = Registration.objects.get(pk=before.pk)
    assert (after.status, after.name, after.phone_index, after.row_index) == (Status.ERASED, "", None, None)
    assert Registration.objects.get(pk=made.ids[1]).name == "Person 1"
    assert erase(by=None, registrations=[before], why="asked").ids == ()


def test_forms_of_one_number_and_of_one_name_meet() -> None:
    programme = a_programme()
    centre, organisation = programme.centre_id, programme.centre.organisation_id
    assert indexes.phone_index(centre, "+5511961234567") == indexes.phone_index(centre, "+551161234567")
    for name, other in (
        ("Ali  EL-Amín", "el amin, ali"),
        ("مُحَمَّد علـي", "محمد علي"),
        ("Żaneta", "ZANETA"),
        ("Straße", "STRASSE"),
    ):
        assert indexes.name_index(centre, name) == indexes.name_index(centre, other), name
    assert indexes.name_index(centre, "कुमार") != indexes.name_index(centre, "कमर")
    assert indexes.name_index(centre, " - ") is None
    by_phone = indexes.elsewhere_index(organisation, phone="+447700900001", name="A")
    assert by_phone == indexes.elsewhere_index(organisation, phone="+447700900001", name="B")
    assert indexes.elsewhere_index(organisation, phone="", name="") is None


def test_a_receipt_can_be_typed_on_any_phone_and_checks_itself() -> None:
    receipt = new_receipt()
    assert normalise_receipt(grouped_receipt(receipt)) == receipt
    arabic = receipt.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert normalise_receipt(arabic) == receipt
    for at in range(len(receipt)):
        wrong = receipt[:at] + str((int(receipt[at]) + 1) % 10) + receipt[at + 1 :]
        assert normalise_receipt(wrong) is None
    for at in range(len(receipt) - 1):
        swapped = receipt[:at] + receipt[at + 1] + receipt[at] + receipt[at + 2 :]
        assert swapped == receipt or normalise_receipt(swapped) is None
    assert normalise_receipt("123") is None
