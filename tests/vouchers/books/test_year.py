"""A year of 52 weeks comes out to the cent; here with few people, with a thousand in the bench."""

import pytest

from vouchers.year import replay


@pytest.mark.django_db
def test_a_year_balances_to_the_cent() -> None:
    found = replay(people=6, weeks=52, seed=1)
    assert (found["differences"], found["unaccounted cents"]) == (0, 0), found
    assert min(found[name] for name in ("uses", "expired", "settlements", "left", "lost phone")) > 0, found
