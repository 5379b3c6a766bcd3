"""Keys that sign tokens: made once, renewed without making old tokens worthless."""

import pytest

from aidline.vouchers import signing
from aidline.vouchers.models import SigningKey
from staffed import build

pytestmark = pytest.mark.django_db


def test_the_first_use_makes_a_key_and_the_next_finds_it() -> None:
    centre = build().centre
    row = signing.current_key(centre.pk)
    assert signing.current_key(centre.pk).pk == row.pk
    assert row.number == 1
    assert SigningKey.objects.filter(centre=centre).count() == 1


def test_what_the_private_half_signs_the_public_half_knows() -> None:
    centre = build().centre
    signature = signing.private_key(signing.current_key(centre.pk)).sign(b"a token")
    signing.public_keys(centre.pk)[1].verify(signature, b"a token")


def test_a_renewed_key_signs_and_the_old_one_is_still_known() -> None:
    house = build()
    old = signing.current_key(house.centre.pk)
    new = signing.renew(by=house.staff["voucher_officer"], centre=house.centre)
    assert signing.current_key(house.centre.pk).pk == new.pk
    assert sorted(signing.public_keys(house.centre.pk)) == [old.number, new.number] == [1, 2]


def test_centres_have_keys_of_their_own() -> None:
    house = build()
    signing.current_key(house.centre.pk)
    assert signing.public_keys(house.other.pk) == {}


def test_the_private_half_is_sealed() -> None:
    row = signing.current_key(build().centre.pk)
    secret = signing.private_key(row).private_bytes_raw()
    assert secret.hex().encode() not in bytes(row.private_sealed)
    assert secret not in bytes(row.private_sealed)
