"""Nobody spends twice what is there once, whoever races and whatever is killed; nor without a network."""

import pytest

from vouchers.chaos import PLANTED, chaos

from .setting import database_of_tests
from .tills import Race, races

pytestmark = pytest.mark.faults

SHORT = Race(clients=12, in_process=6, vouchers=60, each=30, kills=2)
TINY = Race(clients=12, in_process=6, vouchers=12, each=20, kills=0)

only_once = pytest.mark.skipif(database_of_tests() != "sqlite", reason="shown once is enough")


def test_clients_that_race_and_are_killed_spend_each_cent_once_and_a_wrong_way_is_found_out() -> None:
    good, planted = races(database_of_tests(), [(SHORT, ""), (TINY, "read_check_save")])
    assert good.faults == [], good.told()
    assert good.facts["kills"] > 0
    assert {"books", "history"} <= {fault.partition(":")[0] for fault in planted.faults}, planted.told()


@pytest.mark.django_db
def test_books_equal_the_model_when_devices_come_back_in_disorder() -> None:
    found = chaos(devices=10, records=24, seed=7)
    assert found.faults == [], found.facts
    assert {"held", "taken", "overdrawn", "over_limit", "revoked", "forged"} <= found.facts.keys(), (
        found.facts
    )


@only_once
@pytest.mark.django_db
@pytest.mark.parametrize("plant", PLANTED)
def test_a_planted_fault_offline_is_found(plant: str) -> None:
    try:
        found = chaos(devices=4, records=24, seed=7, plant=plant)
    except Exception:  # it may also break what holds the books together
        return
    assert found.faults, found.facts
