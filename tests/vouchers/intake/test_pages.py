"""Lists on screen: an officer's and a partner's."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from aidline.centres.models import Membership, Staff
from aidline.centres.states import Role
from aidline.kernel import languages
from aidline.vouchers.intake import running
from aidline.vouchers.intake.blank import blank
from aidline.vouchers.intake.mapping import guess
from aidline.vouchers.intake.reading import head_and_rows, shape_of
from aidline.vouchers.models import Partner, PartnerMember, PartnerPlace, Programme, Registration, Upload
from aidline.vouchers.states import Status, UploadState
from factories import make_centre, make_staff
from vouchers import making
from vouchers.intake.lists import AMIRA, HEAD, OLENA, as_csv, as_xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme() -> Programme:
    return making.programme(make_centre(region="GB"), funded=0)


def signed_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def a_partner(programme: Programme, name: str = "Harbour Kitchen", quota: int = 0) -> tuple[Partner, Client]:
    partner = Partner.objects.create(centre=programme.centre, name=name)
    PartnerPlace.objects.create(partner=partner, programme=programme, quota=quota)
    staff, membership = make_staff(programme.centre, Role.PARTNER, name=f"Pia {name}")
    PartnerMember.objects.create(membership=membership, partner=partner)
    return partner, signed_in(staff)


def pages(programme: Programme, at: str = "people/lists/") -> str:
    return f"/c/{programme.centre.slug}/{at}"


def given_in(client: Client, address: str, programme: Programme, data: bytes, **more: Any) -> Upload:
    file = SimpleUploadedFile("people.csv", data)
    answer = client.post(address, {"programme": programme.pk, "file": file, **more})
    assert answer.status_code == 302, answer.content.decode()
    return Upload.objects.latest("created_at")


def added(client: Client, address: str, upload: Upload) -> str:
    columns = {f"column_{number}": code for number, code in upload.mapping.items()}
    client.post(f"{address}{upload.pk}/columns/", {**columns, "act": "add"})
    running.run({"upload": str(upload.pk)})
    return client.get(f"{address}{upload.pk}/").content.decode()


def test_an_officer_takes_a_list_from_file_to_report(programme: Programme) -> None:
    client, address = signed_in(making.staff(programme, Role.VOUCHER_OFFICER)), pages(programme)
    upload = given_in(client, address, programme, as_csv(HEAD, AMIRA, OLENA, ("Broken", "12")))
    seen = client.get(f"{address}{upload.pk}/").content.decode()
    assert "Amira Haddad" in seen
    assert "+447700900001" in seen
    assert "This is not a phone number. Left out." in seen
    report = added(client, address, upload)
    assert "This is not a phone number. Left out." in report
    assert "Amira" not in report
    assert Registration.objects.count() == 2
    table = client.get(f"{address}{upload.pk}/report.csv").content.decode()
    assert table.splitlines()[1] == "4,Phone,This is not a phone number. Left out."


def test_columns_can_be_said_otherwise(programme: Programme) -> None:
    client, address = signed_in(making.staff(programme, Role.VOUCHER_OFFICER)), pages(programme)
    upload = given_in(client, address, programme, as_csv(("a", "b"), ("Amira", "07700 900001")))
    client.post(f"{address}{upload.pk}/columns/", {"column_0": "name", "column_1": "phone", "act": "look"})
    upload.refresh_from_db()
    assert (upload.mapping, upload.state) == ({"0": "name", "1": "phone"}, UploadState.MAPPING)
    answer = client.post(f"{address}{upload.pk}/columns/", {"act": "add"}, follow=True)
    assert "Say which column holds the phone number" in answer.content.decode()
    client.post(f"{address}{upload.pk}/removal/")
    assert not Upload.objects.exists()


def test_another_sheet_or_other_letters_can_be_chosen(programme: Programme) -> None:
    client, address = signed_in(making.staff(programme, Role.VOUCHER_OFFICER)), pages(programme)
    upload = given_in(client, address, programme, as_xlsx(HEAD, AMIRA, sheet="Week 1"))
    assert "Week 1" in client.get(f"{address}{upload.pk}/").content.decode()
    upload = given_in(client, address, programme, as_csv(HEAD, ("Émile",), encoding="cp1252"))
    client.post(f"{address}{upload.pk}/columns/", {"act": "read", "encoding": "cp1251"})
    upload.refresh_from_db()
    assert upload.shape["encoding"] == "cp1251"


@pytest.mark.parametrize("data", [b"%PDF-1.7 x", b"PK\x03\x04broken", b" "])
def test_what_cannot_be_read_is_said_beside_the_file(programme: Programme, data: bytes) -> None:
    client = signed_in(making.staff(programme, Role.VOUCHER_OFFICER))
    answer = client.post(
        pages(programme), {"programme": programme.pk, "file": SimpleUploadedFile("x.csv", data)}
    )
    assert answer.status_code == 422
    assert 'id="id_file_error"' in answer.content.decode()


# --- partners --------------------------------------------------------------------------------------------


def test_a_partner_sees_its_own_counts_and_lists_alone(programme: Programme) -> None:
    kitchen, client = a_partner(programme, quota=10)
    bakery, other = a_partner(programme, "Bakery")
    address = pages(programme, "lists/")
    upload = given_in(client, address, programme, as_csv(HEAD, AMIRA, OLENA))
    report = added(client, address, upload)
    assert "Every row could be read." in report
    added(other, address, given_in(other, address, programme, as_csv(HEAD, AMIRA)))
    Registration.objects.filter(partner=kitchen, number=1).update(status=Status.INCLUDED)
    context = client.get(address).context
    [row] = context["progress"]
    assert (row.added, row.on_the_way, row.registered, row.included, row.left) == (2, 1, 1, 1, 8)
    assert [one.partner for one in context["uploads"]] == [kitchen]
    for page in ("", "progress/", "report.csv"):
        assert other.get(f"{address}{upload.pk}/{page}").status_code == 404
    assert other.post(f"{address}{upload.pk}/columns/", {"act": "add"}).status_code == 404
    assert bakery.uploads.get().added == 1


def test_a_partner_adds_only_where_it_takes_part(programme: Programme) -> None:
    _kitchen, client = a_partner(programme)
    elsewhere = making.programme(programme.centre, funded=0)
    file = SimpleUploadedFile("people.csv", as_csv(HEAD, AMIRA))
    answer = client.post(pages(programme, "lists/"), {"programme": elsewhere.pk, "file": file})
    assert answer.status_code == 422
    assert client.get(pages(programme)).status_code == 404


def test_a_partner_adds_one_person(programme: Programme) -> None:
    kitchen, client = a_partner(programme, quota=1)
    address = pages(programme, "lists/person/")
    person = {"programme": programme.pk, "name": "Amira Haddad", "phone": "07700 900001", "household": 3}
    assert client.get(address).status_code == 200
    assert client.post(address, {**person, "phone": "12"}).status_code == 422
    assert client.post(address, {"programme": programme.pk}).status_code == 422
    assert client.post(address, person).status_code == 302
    assert "You added this person before." in client.post(address, person).content.decode()
    more = client.post(address, {**person, "name": "Olena"}).content.decode()
    assert "All the places agreed with you are taken." in more
    row = Registration.objects.get()
    assert (row.phone, row.household, row.partner) == ("+447700900001", 3, kitchen)


def test_a_member_without_a_partner_is_told_so(programme: Programme) -> None:
    staff, _membership = make_staff(programme.centre, Role.PARTNER, name="Nobody Yet")
    answer = signed_in(staff).get(pages(programme, "lists/"))
    assert "You belong to no partner organisation yet." in answer.content.decode()
    assert Membership.objects.filter(staff=staff).exists()


def test_an_empty_list_is_understood_as_it_comes_back(programme: Programme) -> None:
    """In every language of the screens."""
    _kitchen, client = a_partner(programme)
    elsewhere = making.programme(programme.centre, funded=0)
    address = pages(programme, "lists/empty/")
    assert client.get(f"{address}{elsewhere.pk}/").status_code == 404
    data = client.get(f"{address}{programme.pk}/").content
    headings, rows = head_and_rows(data, shape_of(data))
    assert headings == ["Name", "Phone", "Language", "People in the household"]
    assert list(rows) == []
    for language in languages.INTERFACE:
        with translation.override(language):
            headings, _rows = head_and_rows(data := blank(programme, language), shape_of(data))
            assert list(guess(headings, programme).values()) == ["name", "phone", "language", "household"]
    assert signed_in(making.staff(programme, Role.VOUCHER_OFFICER)).get(
        pages(programme, f"people/lists/empty/{programme.pk}/")
    )
