"""The chain over the audit log: it grows beside all writers, and no tampering of one row stays unseen."""

import random
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from aidline import vault
from aidline.audit import chain
from aidline.audit.models import Entry, Link
from aidline.audit.services import record
from aidline.kernel.clock import now
from staffed import build

pytestmark = pytest.mark.django_db

MANY = 60


def entries(count: int = MANY) -> list[Entry]:
    centre = build().centre
    for number in range(count):
        act = "registration.pause" if number % 3 else "registration.read"
        record(
            by=None,
            action=act,
            object_type="registration",
            object_id=uuid4(),
            centre=centre.pk,
            reason="asked on the phone" if number % 4 == 0 else "",
        )
    chain.extend()
    return list(Entry.objects.order_by("id"))


def overtaken() -> int:
    """An entry whose transaction took longer than that of a later one, which has its place already."""
    early = entries(3)[-1].pk + 50
    Entry.objects.create(id=early + 50, action="person.read", object_type="person")
    chain.extend()
    Entry.objects.create(id=early, action="person.read", object_type="person")
    return early


@contextmanager
def unguarded() -> Any:
    """What somebody with the password of the database can do: take the triggers away."""
    for table in ("audit_entry", "audit_link"):
        for name in ("unchanged", "undeleted"):
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            with connection.cursor() as cursor:
                cursor.execute(f"DROP TRIGGER {table}_{name}{on}")
    yield


def faults() -> list[str]:
    return [fault.kind for fault in chain.verify()]


# --- growing ----------------------------------------------------------------------------------------------


def test_every_entry_gets_a_place_and_the_whole_is_sound() -> None:
    made = entries()
    places = Link.objects.order_by("position").values_list("position", "entry_id")
    assert list(places) == [(number, row.pk) for number, row in enumerate(made, 1)]
    assert faults() == []
    assert chain.extend() == 0


def test_it_grows_over_several_bites(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "BITE", 7)
    made = entries()
    assert Link.objects.count() == len(made)
    assert faults() == []


def test_an_entry_that_was_committed_after_later_ones_is_linked_behind_them() -> None:
    early = overtaken()
    assert chain.extend() == 1
    assert Link.objects.order_by("-position").values_list("entry_id", flat=True)[0] == early
    assert faults() == []


def test_one_that_took_very_long_is_found_by_the_walk_over_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "IN_FLIGHT", 1)
    overtaken()
    assert chain.extend() == 0
    assert chain.extend_all() == 1


def test_of_two_that_take_the_same_place_one_gives_way() -> None:
    entries(3)
    Entry.objects.create(action="person.read", object_type="person")
    taken = Link(position=chain.head().position + 1, entry_id=0, digest=b"x" * 16)  # type: ignore[union-attr]
    original = chain._links

    def beaten(*given: Any) -> Any:
        taken.save(force_insert=True)
        return original(*given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chain, "_links", beaten)
        assert chain.extend() == 0
    assert chain.extend() == 1


def test_an_erased_person_leaves_the_chain_whole() -> None:
    made = entries()
    vault.new_person_key(made[0].object_id, made[0].centre_id)
    vault.destroy_person_key(made[0].object_id)
    assert faults() == []


# --- what the databases refuse ----------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Entry, Link])
def test_rows_are_only_ever_added(model: Any) -> None:
    entries(2)
    column = "action" if model is Entry else "digest"
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**{column: b"other" if model is Link else "other"})
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.all().delete()
    assert chain.is_guarded()


def test_missing_triggers_are_seen() -> None:
    with unguarded():
        assert not chain.is_guarded()


# --- tampering --------------------------------------------------------------------------------------------

OTHERS: dict[str, Callable[[Any], Any]] = {
    "at": lambda at: at + timedelta(seconds=1),
    "centre_id": lambda _: uuid4(),
    "actor_id": lambda _: uuid4(),
    "action": lambda action: action + "d",
    "object_type": lambda _: "person",
    "object_id": lambda _: None,
    "fields": lambda _: "phone",
    "reason_sealed": lambda reason: (reason or b"") + b"\0",
}


def change(row: Entry, column: str) -> None:
    Entry.objects.filter(pk=row.pk).update(**{column: OTHERS[column](getattr(row, column))})


def delete(row: Entry) -> None:
    Entry.objects.filter(pk=row.pk).delete()


def cut(row: Entry) -> None:
    """With its link, so that no join misses it."""
    Link.objects.filter(entry=row.pk).delete()
    delete(row)


def close_up(row: Entry) -> None:
    """Cut, and those behind move up."""
    place = Link.objects.get(entry=row.pk).position
    cut(row)
    for link in Link.objects.filter(position__gt=place).order_by("position"):
        Link.objects.filter(pk=link.pk).update(position=link.position - 1)


def swap(row: Entry, other: Entry) -> None:
    first, second = Link.objects.get(entry=row.pk), Link.objects.get(entry=other.pk)
    for position, entry in ((first.position, None), (second.position, row.pk), (first.position, other.pk)):
        Link.objects.filter(position=position).update(entry_id=entry)


def slip_in(row: Entry) -> None:
    Entry.objects.create(action="person.read", object_type="person", at=row.at - timedelta(days=1))
    chain.extend()


def unseen(dice: random.Random) -> list[str]:
    """Every way to tamper, each on some row, each undone; the names of those that nobody noticed."""
    made = entries()
    ways: dict[str, Callable[[Entry], None]] = {
        **{f"change {name}": lambda row, name=name: change(row, name) for name in OTHERS},
        "delete": delete,
        "cut": cut,
        "close up": close_up,
        "slip in": slip_in,
        "swap": lambda row: swap(row, made[made.index(row) - 1]),
    }
    return [name for name, way in ways.items() if not _noticed(way, dice.choice(made[:-1]))]


def _noticed(way: Callable[[Entry], None], row: Entry) -> bool:
    mark = transaction.savepoint()
    way(row)
    found = bool(faults())
    transaction.savepoint_rollback(mark)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_no_tampering_stays_unseen(seed: int) -> None:
    with unguarded():
        assert unseen(random.Random(seed)) == []


def test_a_chain_that_forgets_a_column_is_caught_by_that(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: the digest leaves the object out."""
    whole = chain._told
    monkeypatch.setattr(chain, "_told", lambda row: whole((*row[:6], *row[7:])))
    with unguarded():
        assert unseen(random.Random(1)) == ["change object_id"]


def test_a_chain_without_the_one_before_is_caught_by_that(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = chain._digest
    monkeypatch.setattr(chain, "_digest", lambda _before, at, row: whole(b"", at, row))
    with unguarded():
        assert "close up" in unseen(random.Random(1))


def test_one_changed_row_is_one_fault_and_not_all_behind_it() -> None:
    made = entries()
    with unguarded():
        change(made[5], "action")
    assert [(fault.kind, fault.entry) for fault in chain.verify()] == [("changed", made[5].pk)]


def test_what_is_cut_off_the_end_is_missed_by_who_wrote_the_end_down() -> None:
    made = entries()
    known = chain.head()
    with unguarded():
        for row in made[-3:]:
            cut(row)
    assert faults() == []
    assert [fault.kind for fault in chain.verify(known)] == ["gap"]


def test_what_waited_for_a_worker_is_not_late() -> None:
    """In any order of times: a demonstration is made of the past."""
    entries(3)
    with_worker_away = [now() + timedelta(minutes=minutes) for minutes in (40, 10, 25)]
    for at in with_worker_away:
        Entry.objects.create(action="person.read", object_type="person", at=at)
    chain.extend()
    assert faults() == []


def test_the_time_of_a_link_cannot_be_changed_either() -> None:
    entries(3)
    with unguarded():
        Link.objects.filter(position=2).update(at=now() - timedelta(days=3))
    assert faults() == ["changed"]


def test_an_entry_that_nobody_links_is_told_of_after_a_while() -> None:
    entries(2)
    Entry.objects.create(action="person.read", object_type="person")
    assert faults() == []
    Entry.objects.create(action="person.read", object_type="person", at=now() - timedelta(hours=1))
    assert faults() == ["unlinked"]
