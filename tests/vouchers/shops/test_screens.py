"""The office opens shops and tills, sets browsers up, settles, and looks at what is strange."""

import re

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aidline.audit.models import Entry
from aidline.centres.models import Membership, Staff
from aidline.centres.states import Role
from aidline.vouchers.models import (
    ApiKey,
    Cashier,
    Device,
    Programme,
    Settlement,
    Shop,
    Till,
    Trouble,
)
from aidline.vouchers.redeeming.pairing import pair, pair_code
from vouchers import making
from vouchers.till.counter import Counter, build

pytestmark = pytest.mark.django_db
DETAILS = {"name": "Lantern Market", "guarantee_cents": "500", "opens": "08:00", "closes": "20:00"}


@pytest.fixture
def counter(db: None) -> Counter:
    return build()


@pytest.fixture
def officer(counter: Counter) -> Staff:
    return making.staff(counter.programme, Role.VOUCHER_OFFICER)


@pytest.fixture
def office(officer: Staff) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def home(programme: Programme) -> str:
    return f"/c/{programme.centre.slug}/shops/"


def words(answer: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def test_a_shop_is_opened_with_its_programmes_and_cashiers(counter: Counter, office: Client) -> None:
    cashier = making.staff(counter.programme, Role.CASHIER)
    member = Membership.objects.get(staff=cashier)
    facts = {
        **DETAILS,
        "is_active": "on",
        "programmes": str(counter.programme.pk),
        "cashiers": str(member.pk),
    }
    answer = office.post(home(counter.programme) + "new/", facts)
    shop = Shop.objects.get(name="Lantern Market")
    assert answer.headers["Location"] == f"{home(counter.programme)}{shop.pk}/"
    assert list(shop.programmes.all()) == [counter.programme]
    assert Cashier.objects.get(membership=member).shop == shop
    assert shop.guarantee_cents == 50_000
    assert Entry.objects.filter(action="shop.create", object_id=shop.pk).exists()


def test_a_cashier_leaves_a_shop(counter: Counter, office: Client) -> None:
    facts = {**DETAILS, "is_active": "on"}
    office.post(f"{home(counter.programme)}{counter.shop.pk}/settings/", facts)
    assert not Cashier.objects.exists()
    page = counter.client().get(counter.home)
    assert "You do not belong to a shop yet" in page.content.decode()


def test_a_till_is_added_and_closed_with_all_that_belongs_to_it(
    counter: Counter, office: Client, officer: Staff
) -> None:
    shop = f"{home(counter.programme)}{counter.shop.pk}/"
    office.post(shop + "tills/new/", {"name": "Till 2"})
    till = Till.objects.get(name="Till 2")
    code = pair_code(by=officer, till=till)
    device = pair(by=None, shop=counter.shop, code=code, algorithm="ed25519", public=bytes(32))
    office.post(f"{shop}tills/{till.pk}/", {"name": "Till 2"})
    till.refresh_from_db()
    device.refresh_from_db()
    assert not till.is_active
    assert device.revoked_at is not None


def test_a_browser_is_set_up_with_a_code_that_is_shown_once_and_taken_out_of_use(
    counter: Counter, office: Client
) -> None:
    shop = f"{home(counter.programme)}{counter.shop.pk}/"
    page = office.post(f"{shop}tills/{counter.till.pk}/pairing/").content.decode()
    code = page.split('id="once" readonly value="')[1].split('"')[0]
    device = pair(by=None, shop=counter.shop, code=code, algorithm="ed25519", public=bytes(32))
    listed = office.get(shop)
    assert code not in listed.content.decode()
    assert "A browser that works without a network" in words(listed)
    office.post(f"{shop}devices/{device.pk}/revocation/", {"reason": "Stolen"})
    assert Device.objects.get(pk=device.pk).revoked_at is not None


def test_a_key_for_a_retailers_till_is_shown_once_and_taken_back(counter: Counter, office: Client) -> None:
    shop = f"{home(counter.programme)}{counter.shop.pk}/"
    page = office.post(f"{shop}tills/{counter.till.pk}/keys/new/").content.decode()
    token = page.split('id="once" readonly value="')[1].split('"')[0]
    assert token not in office.get(shop).content.decode()
    key = ApiKey.objects.get()
    office.post(f"{shop}keys/{key.pk}/revocation/")
    answer = Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/days/2026-11-24")
    assert answer.status_code == 401


def test_what_is_open_is_settled_once_and_can_be_read_and_taken_along(
    counter: Counter, office: Client
) -> None:
    counter.took(counter.voucher(), "15.10")
    counter.took(counter.voucher(), "2.40")
    money = f"{home(counter.programme)}{counter.shop.pk}/settlements/"
    assert "€17.50" in words(office.get(money))
    made = office.post(f"{money}new/{counter.programme.pk}/")
    report = words(office.get(made.headers["Location"]))
    assert "€17.50" in report
    assert Settlement.objects.get().cents == 1750
    lines = b"".join(office.get(made.headers["Location"].rstrip("/") + ".csv"))  # type: ignore[call-overload]
    assert (b"15.10" in lines, b"2.40" in lines) == (True, True)
    again = office.post(f"{money}new/{counter.programme.pk}/", follow=True)
    assert "Nothing is open" in words(again)
    assert Settlement.objects.count() == 1


def test_what_is_strange_is_looked_at_and_closed_with_a_note(counter: Counter, office: Client) -> None:
    facts = {"count": 21, "minutes": 5}
    row = Trouble.objects.create(centre=counter.shop.centre, kind="burst", shop=counter.shop, facts=facts)
    list_ = home(counter.programme) + "to-look-at/"
    assert "Very many uses within minutes." in words(office.get(list_))
    assert office.post(f"{list_}{row.pk}/closing/", {"note": ""}).status_code == 422
    office.post(f"{list_}{row.pk}/closing/", {"note": "Market day"})
    row.refresh_from_db()
    assert row.note == "Market day"
    assert "Nothing to look at" in words(office.get(list_))


def test_the_list_of_shops_asks_the_database_as_often_for_three_as_for_one(
    counter: Counter, office: Client
) -> None:
    office.get(home(counter.programme))  # the first visit also notes that the member was seen
    with CaptureQueriesContext(connection) as one:
        office.get(home(counter.programme))
    for _ in range(2):
        making.till(making.shop(counter.programme))
    with CaptureQueriesContext(connection) as three:
        office.get(home(counter.programme))
    assert len(three) == len(one)


@pytest.mark.parametrize("role", [Role.CASHIER, Role.PARTNER, Role.AGENT, Role.APPROVER])
def test_shops_are_for_who_runs_programmes(counter: Counter, role: Role) -> None:
    client = Client()
    client.force_login(making.staff(counter.programme, role))
    assert client.get(home(counter.programme)).status_code == 404
    assert client.get(f"{home(counter.programme)}{counter.shop.pk}/").status_code == 404


def test_a_shop_of_another_centre_is_not_found(counter: Counter, office: Client) -> None:
    other = making.shop(making.programme())
    assert office.get(f"{home(counter.programme)}{other.pk}/").status_code == 404
