"""The log of a centre as those read it who set it up."""

from uuid import uuid4

import pytest

from aidline.audit.models import Entry
from aidline.audit.services import record
from staffed import House, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return build()


def page(house: House, query: str = "", who: str = "centre_admin") -> str:
    return house.client(who).get(f"/c/{house.centre.slug}/setup/log/{query}").content.decode()


def told(house: House, who: str, action: str, reason: str = "") -> None:
    record(
        by=house.staff[who],
        action=action,
        object_type="person",
        object_id=uuid4(),
        centre=house.centre.pk,
        fields="phone",
        reason=reason,
    )


def test_who_did_what_and_why_is_shown_and_the_look_is_written_down(house: House) -> None:
    told(house, "agent", "address.show", reason="A colleague asked")
    shown = page(house)
    assert "Mira Agent" in shown
    assert "address.show" in shown
    assert "A colleague asked" in shown
    assert Entry.objects.latest("id").action == "audit.read"
    assert Entry.objects.latest("id").actor_id == house.staff["centre_admin"].pk


def test_it_can_be_narrowed_to_somebody_and_to_looks(house: House) -> None:
    told(house, "agent", "address.show")
    told(house, "supervisor", "person.block")
    by_agent = page(house, f"?who={house.staff['agent'].pk}")
    assert "address.show" in by_agent
    assert "person.block" not in by_agent
    looks = page(house, "?looks=on")
    assert "address.show" in looks
    assert "person.block" not in looks


def test_older_pages_follow_without_gaps(house: House) -> None:
    for number in range(120):
        told(house, "agent", f"act.{number:03}")
    shown, query = "", "?who=" + str(house.staff["agent"].pk)
    for _ in range(3):
        answer = house.client("centre_admin").get(f"/c/{house.centre.slug}/setup/log/{query}")
        shown += answer.content.decode()
        query = f"?{answer.context['older']}"
    assert [number for number in range(120) if f"act.{number:03}" not in shown] == []


@pytest.mark.parametrize("query", ["?before=nonsense", "?who=nobody", f"?who={uuid4()}"])
def test_nonsense_asks_for_nothing(house: House, query: str) -> None:
    told(house, "agent", "address.show")
    assert "address.show" in page(house, query)


def test_other_centres_are_not_in_it(house: House) -> None:
    record(by=None, action="centre.change", object_type="centre", object_id=None, centre=house.other.pk)
    assert "centre.change" not in page(house)
