"""The books on screen: who sees what of them."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

import staffed
from aidline.audit.models import Entry
from aidline.vouchers.models import Posting
from aidline.vouchers.redeeming.use import redeem
from vouchers import making

pytestmark = pytest.mark.django_db


class Office:
    def __init__(self) -> None:
        self.house = staffed.build()
        self.programme = making.programme(self.house.centre)
        self.shop = making.shop(self.programme, "Corner shop")
        self.voucher = making.voucher(self.programme)
        redeem(till=making.till(self.shop), cashier=None, key=uuid4(), cents=250, code=self.voucher.code)

    def url(self, name, *more):
        return reverse(f"books:{name}", args=[self.house.centre.slug, self.programme.pk, *more])

    def page(self, name="programme", *more, who="voucher_officer"):
        return self.house.client(who).get(self.url(name, *more))


@pytest.fixture
def office():
    return Office()


def test_the_books_show_each_account_and_that_they_balance(office) -> None:
    page = office.page().content.decode()
    assert "Corner shop" in page
    assert "Books balance" in page
    assert "€2.50" in page
    assert "Amira" not in page
    assert "Not shown: fewer than five people" in page


def test_books_that_do_not_agree_say_so(office) -> None:
    type(office.programme).objects.update(available_cents=1)
    assert "do not agree" in office.page().content.decode()


def test_one_programme_is_opened_at_once_and_several_are_listed(office) -> None:
    index = reverse("books:index", args=[office.house.centre.slug])
    client = office.house.client("analyst")
    assert client.get(index).headers["Location"] == office.url("programme")
    making.programme(office.house.centre, name="Winter")
    assert "Winter" in client.get(index).content.decode()


@pytest.mark.parametrize(
    ("name", "analyst", "officer"),
    [("weeks", 200, 200), ("balance", 200, 200), ("uses", 404, 200), ("no", 404, 404)],
)
def test_single_uses_are_for_those_who_also_see_people(office, name, analyst, officer) -> None:
    asked = [
        office.page("export", name, "csv", who=who).status_code for who in ("analyst", "voucher_officer")
    ]
    assert asked == [analyst, officer]


def test_a_download_is_written_down(office) -> None:
    answer = office.page("export", "uses", "xlsx")
    assert answer.headers["Content-Disposition"].endswith('-uses.xlsx"')
    assert Entry.objects.filter(action="books.export", fields="uses").count() == 1


def test_a_shop_s_file_is_compared_and_not_kept(office) -> None:
    client = office.house.client("voucher_officer")
    file = SimpleUploadedFile("june.csv", b"receipt,amount\n1,2.50\n9,4.00\n")
    before = Posting.objects.count()
    page = client.post(office.url("reconcile"), {"shop": office.shop.pk, "file": file}).content.decode()
    assert "Only in their file" in page
    assert "€4.00" in page
    assert Posting.objects.count() == before


def test_a_file_that_is_none_is_said_so(office) -> None:
    client = office.house.client("voucher_officer")
    answer = client.post(office.url("reconcile"), {"file": SimpleUploadedFile("a.csv", b"x\n1\n")})
    assert answer.status_code == 422
    assert "No column" in answer.content.decode()


def test_who_may_not_see_the_books_does_not_know_of_them(office) -> None:
    for who in ("agent", "cashier", "partner", "supervisor"):
        assert office.page(who=who).status_code == 404
