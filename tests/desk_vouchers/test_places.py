"""Cashiers work in one shop, partners' members for one partner; whoever sets up the centre says where."""

import pytest
from django.test import Client

from aidline.centres.queries import seat_in
from aidline.vouchers.models import Cashier, Partner, PartnerMember
from aidline.vouchers.queries import own_partner, own_shop
from staffed import House, build
from vouchers.making import programme, shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return build()


def save(house: House, who: str, **changes: str) -> None:
    member = house.staff[who].memberships.get()
    admin: Client = house.client("centre_admin")
    given = {"role": who, "languages": ["en"], "capacity": "6", "is_active": "on", "skills": ""}
    url = f"/c/{house.centre.slug}/setup/staff/{member.pk}/"
    assert admin.post(url, {**given, **changes}).status_code == 302


def test_a_cashier_is_put_into_a_shop_and_moves(house: House) -> None:
    food = programme(house.centre)
    first, second = shop(food, "First"), shop(food, "Second")
    seat = seat_in(house.staff["cashier"], house.centre)
    assert own_shop(seat) is None
    save(house, "cashier", shop=str(first.pk))
    assert own_shop(seat) == first
    save(house, "cashier", shop=str(second.pk))
    assert own_shop(seat) == second


def test_another_role_takes_the_place_away(house: House) -> None:
    save(house, "cashier", shop=str(shop(programme(house.centre)).pk))
    save(house, "cashier", role="agent", shop=str(Cashier.objects.get().shop_id))
    assert not Cashier.objects.exists()


def test_a_partner_of_another_centre_is_no_choice(house: House) -> None:
    elsewhere = Partner.objects.create(centre=house.other, name="Elsewhere")
    here = Partner.objects.create(centre=house.centre, name="Here")
    member = house.staff["partner"].memberships.get()
    url = f"/c/{house.centre.slug}/setup/staff/{member.pk}/"
    given = {"role": "partner", "languages": ["en"], "capacity": "6", "is_active": "on"}
    admin = house.client("centre_admin")
    assert admin.post(url, {**given, "partner": str(elsewhere.pk)}).status_code == 422
    assert admin.post(url, {**given, "partner": str(here.pk)}).status_code == 302
    assert own_partner(seat_in(house.staff["partner"], house.centre)) == here


def test_members_without_a_place_are_not_touched(house: House) -> None:
    save(house, "agent")
    assert not PartnerMember.objects.exists()
    assert not Cashier.objects.exists()
