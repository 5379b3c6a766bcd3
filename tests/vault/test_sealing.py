"""A sealed value opens where it was sealed, and nowhere else."""

import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from aidline import vault
from aidline.kernel.ids import new_id
from aidline.vault import sealing
from aidline.vault.keyring import Keyring, ring
from aidline.vault.models import PersonKey

RELAXED = hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TEXT = "رقمي +44 7700 900123, ne le dites à personne"


def place(**changes: object) -> dict[str, object]:
    return {"table": "conversations_message", "column": "text_sealed", **changes}


@pytest.fixture
def row() -> UUID:
    return new_id()


def test_what_was_sealed_opens_again(centre: UUID, person: UUID, row: UUID) -> None:
    blob = vault.seal(TEXT, key=person, scope=centre, row=row, **place())

    assert vault.open(blob, scope=centre, row=row, **place()).decode() == TEXT
    assert len(blob) == len(TEXT.encode()) + sealing.OVERHEAD
    assert TEXT.encode() not in blob


def test_it_opens_in_another_process_too(centre: UUID, person: UUID, row: UUID) -> None:
    blob = vault.seal(TEXT, key=person, scope=centre, row=row, **place())
    vault.clear()

    assert vault.open(blob, scope=centre, row=row, **place()).decode() == TEXT


def test_a_centre_key_seals_too(centre: UUID, row: UUID) -> None:
    blob = vault.seal(b"raw delivery", key=centre, scope=centre, row=row, **place())
    vault.clear()

    assert vault.open(blob, scope=centre, row=row, **place()) == b"raw delivery"


def moves(centre: UUID, row: UUID, other: UUID) -> dict[str, dict[str, object]]:
    here = {"scope": centre, "row": row, **place()}
    return {
        "another row": {**here, "row": new_id()},
        "another column": {**here, "column": "extra_sealed"},
        "another table": {**here, "table": "conversations_note"},
        "another centre": {**here, "scope": other},
        "table and column shifted": {**here, "table": "conversations_message\0text", "column": "sealed"},
    }


def moved_and_accepted(centre: UUID, person: UUID, row: UUID) -> list[str]:
    other = new_id()
    vault.new_scope_key(other)
    blob = vault.seal(TEXT, key=person, scope=centre, row=row, **place())
    return [name for name, there in moves(centre, row, other).items() if opens(blob, there)]


def opens(blob: bytes, there: dict[str, object]) -> bool:
    try:
        vault.open(blob, **there)
    except vault.Tampered:
        return False
    return True


def test_a_moved_ciphertext_is_refused(centre: UUID, person: UUID, row: UUID) -> None:
    assert moved_and_accepted(centre, person, row) == []


FAULTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "another row": lambda patch: patch.setattr(sealing, "_bound", _without(row=UUID(int=0))),
    "another column": lambda patch: patch.setattr(sealing, "_bound", _without(column="")),
    "another table": lambda patch: patch.setattr(sealing, "_bound", _without(table="")),
    "another centre": lambda patch: patch.setattr(sealing, "_bound", _without(scope=UUID(int=0))),
}
_honest = sealing._bound


def _without(**fixed: object) -> Callable[..., bytes]:
    names = ("head", "scope", "row", "table", "column")
    return lambda *given: _honest(**{**dict(zip(names, given, strict=True)), **fixed})


@pytest.mark.parametrize("forgotten", FAULTS)
def test_the_check_above_catches_a_place_that_is_not_bound_in(
    forgotten: str, centre: UUID, person: UUID, row: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    FAULTS[forgotten](monkeypatch)

    assert forgotten in moved_and_accepted(centre, person, row)


def flips_accepted(blob: bytes, there: dict[str, object]) -> list[int]:
    return [bit for bit in range(len(blob) * 8) if opens(flipped(blob, bit), there)]


def flipped(blob: bytes, bit: int) -> bytes:
    changed = bytearray(blob)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_any_flipped_bit_is_refused(centre: UUID, person: UUID, row: UUID) -> None:
    blob = vault.seal(TEXT, key=person, scope=centre, row=row, **place())

    assert flips_accepted(blob, {"scope": centre, "row": row, **place()}) == []


def test_the_check_above_catches_a_cipher_without_a_tag(
    centre: UUID, person: UUID, row: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Careless:
        def decrypt(self, nonce: bytes, data: bytes, bound: bytes) -> bytes:
            return data

    blob = vault.seal(TEXT, key=person, scope=centre, row=row, **place())
    monkeypatch.setattr(ring, "cipher", lambda key: Careless())

    assert len(flips_accepted(blob, {"scope": centre, "row": row, **place()})) > 300


@pytest.mark.parametrize("length", [0, 1, 16, 17, 28, 44])
def test_a_shortened_blob_is_refused(length: int, centre: UUID, person: UUID, row: UUID) -> None:
    blob = vault.seal("", key=person, scope=centre, row=row, **place())

    with pytest.raises(vault.Tampered):
        vault.open(blob[:length], scope=centre, row=row, **place())


@RELAXED
@given(
    plain=st.binary(max_size=2000), table=st.text(max_size=30), column=st.text(max_size=30), number=st.uuids()
)
def test_any_value_in_any_place_comes_back(
    centre: UUID, person: UUID, plain: bytes, table: str, column: str, number: UUID
) -> None:
    where = {"scope": centre, "table": table.replace("\0", ""), "column": column, "row": number}
    if any("\ud800" <= sign <= "\udfff" for sign in table + column):
        return
    blob = vault.seal(plain, key=person, **where)

    assert vault.open(blob, **where) == plain


@RELAXED
@given(text=st.text(st.characters(exclude_categories=()), max_size=200))
def test_no_text_is_too_broken_to_keep(centre: UUID, person: UUID, text: str) -> None:
    row = new_id()
    blob = vault.seal(text, key=person, scope=centre, row=row, **place())

    kept = vault.open(blob, scope=centre, row=row, **place()).decode()
    assert kept == text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def test_equal_texts_look_different_sealed(centre: UUID, person: UUID, row: UUID) -> None:
    blobs = {vault.seal(TEXT, key=person, scope=centre, row=row, **place()) for _ in range(50)}

    assert len(blobs) == 50


def test_sealing_for_somebody_without_a_key_fails(centre: UUID, row: UUID) -> None:
    with pytest.raises(vault.NoKey):
        vault.seal(TEXT, key=new_id(), scope=centre, row=row, **place())


def test_an_erased_person_is_unreadable_and_said_to_be_erased(centre: UUID, person: UUID, row: UUID) -> None:
    blob = vault.seal(TEXT, key=person, scope=centre, row=row, **place())

    assert vault.destroy_person_key(person) is True

    with pytest.raises(vault.KeyGone):
        vault.open(blob, scope=centre, row=row, **place())
    assert bytes(PersonKey.objects.get(id=person).wrapped) == b""
    assert vault.destroy_person_key(person) is False


def test_an_erased_person_is_forgotten_by_other_processes_within_a_minute(
    centre: UUID, person: UUID, row: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob = vault.seal(TEXT, key=person, scope=centre, row=row, **place())
    PersonKey.objects.filter(id=person).update(wrapped=b"", destroyed_at="2026-11-01T00:00Z")
    assert vault.open(blob, scope=centre, row=row, **place()).decode() == TEXT

    later = ring._people[person.bytes][1] + 1
    monkeypatch.setattr("aidline.vault.keyring.monotonic", lambda: later)

    with pytest.raises(vault.KeyGone):
        vault.open(blob, scope=centre, row=row, **place())


def test_a_person_key_moved_to_another_centre_is_refused(centre: UUID, person: UUID, row: UUID) -> None:
    blob = vault.seal(TEXT, key=person, scope=centre, row=row, **place())
    other = new_id()
    vault.new_scope_key(other)
    PersonKey.objects.filter(id=person).update(scope_id=other)
    vault.clear()

    with pytest.raises(vault.Tampered):
        vault.open(blob, scope=centre, row=row, **place())


def test_one_persons_key_in_anothers_row_is_refused(centre: UUID, person: UUID, row: UUID) -> None:
    blob = vault.seal(TEXT, key=person, scope=centre, row=row, **place())
    other = new_id()
    vault.new_person_key(other, centre)
    foreign = PersonKey.objects.get(id=other).wrapped
    PersonKey.objects.filter(id=person).update(wrapped=foreign)
    vault.clear()

    with pytest.raises(vault.Tampered):
        vault.open(blob, scope=centre, row=row, **place())


def test_many_keys_are_loaded_with_one_query(
    centre: UUID, django_assert_num_queries: Callable[[int], object]
) -> None:
    people = [new_id() for _ in range(200)]
    vault.new_person_keys([(person, centre) for person in people])
    row = new_id()
    blobs = [vault.seal(TEXT, key=person, scope=centre, row=row, **place()) for person in people]
    vault.clear()
    vault.warm()

    with django_assert_num_queries(1):
        vault.prefetch_person_keys(people)
    with django_assert_num_queries(0):
        vault.prefetch_person_keys(people)
        assert all(vault.open(blob, scope=centre, row=row, **place()).decode() == TEXT for blob in blobs)


def test_memory_holds_a_bounded_number_of_keys(centre: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aidline.vault.keyring.PERSON_KEYS_HELD", 10)
    people = [new_id() for _ in range(25)]
    vault.new_person_keys([(person, centre) for person in people])

    assert list(ring._people) == [person.bytes for person in people[-10:]]


def test_nothing_that_is_printed_carries_a_key_or_a_text(centre: UUID, person: UUID, row: UUID) -> None:
    blob = vault.seal(TEXT, key=person, scope=centre, row=row, **place())
    with pytest.raises(vault.Tampered) as caught:
        vault.open(flipped(blob, 500), scope=centre, row=row, **place())
    secret = ring._people[person.bytes][0]

    said = repr([ring, ring.scope(centre), ring.root(), PersonKey.objects.get(id=person), caught.value])
    assert repr(secret) not in said
    assert secret.hex() not in said
    assert caught.value.__cause__ is None
    assert "7700" not in said


def test_an_index_finds_equal_values_and_only_within_its_centre_and_purpose(centre: UUID) -> None:
    other = new_id()
    vault.new_scope_key(other)
    index = vault.blind_index("+447700900123", scope=centre, purpose="address")
    vault.clear()

    assert index == vault.blind_index("+447700900123", scope=centre, purpose="address")
    assert len(index) == 16
    assert index not in {
        vault.blind_index("+447700900124", scope=centre, purpose="address"),
        vault.blind_index("+447700900123", scope=centre, purpose="delivery"),
        vault.blind_index("+447700900123", scope=other, purpose="address"),
    }


@pytest.fixture
def restless_threads() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def held_anew_with_a_gap(self: Keyring, secrets: Mapping[bytes, bytes]) -> None:
    for person in secrets:
        self._people.pop(person, None)
    honest_hold(self, secrets)


honest_hold = Keyring._hold


def test_threads_do_not_disturb_each_other(centre: UUID, restless_threads: None) -> None:
    assert disturbed(centre) == 0


def test_the_check_above_catches_a_key_that_is_absent_for_a_moment(
    centre: UUID, restless_threads: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Keyring, "_hold", held_anew_with_a_gap)

    assert any(disturbed(centre) for _ in range(10))  # on a busy machine the moment may be missed


def disturbed(centre: UUID) -> int:
    """How often a thread missed a key that another one was holding anew."""
    people = [new_id() for _ in range(60)]
    vault.new_person_keys([(person, centre) for person in people])
    held = {person.bytes: ring._people[person.bytes][0] for person in people}
    missed: list[bytes] = []

    def fetch(key: bytes) -> AESGCM:
        missed.append(key)
        return AESGCM(held[key])

    def work(number: int) -> None:
        for turn in range(200):
            person, row = people[(number * 7 + turn) % 60], new_id()
            blob = vault.seal(row.bytes, key=person, scope=centre, row=row, **place())
            assert vault.open(blob, scope=centre, row=row, **place()) == row.bytes
            ring._hold(held)

    with patch.object(ring, "_fetch_cipher", fetch), ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    return len(missed)
