"""Finding or making the person behind an address, for a whole batch at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import SystemRandom
from uuid import UUID

from aidline import vault
from aidline.kernel import phones
from aidline.kernel.ids import new_id
from aidline.kernel.rows import insert
from aidline.people.aliases import ALIAS_SPACE
from aidline.people.models import Address, Likeness, Person

_random = SystemRandom()
_TABLE = Address._meta.db_table
PHONE = "phone"
_PERSON = ("id", "centre_id", "alias_word", "alias_number", "language", "name_sealed", "created_at")
_ADDRESS = ("id", "person_id", "centre_id", "scheme", "index", "value_sealed", "created_at")


@dataclass(frozen=True, slots=True)
class Known:
    """An address and whose it is; enough to find the conversation."""

    id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody wrote: their addresses as (scheme, value), the best one first."""

    centre_id: UUID
    senders: tuple[tuple[str, str], ...]
    language: str = ""
    name: str = ""


@dataclass(slots=True)
class _Book:
    """What is known while a batch is read, and what is to be written at its end."""

    known: dict[tuple[UUID, str, bytes], Known] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    addresses: list[tuple[Address, str]] = field(default_factory=list)  # with the value to seal
    likenesses: dict[tuple[UUID, UUID], Likeness] = field(default_factory=dict)
    named: dict[UUID, tuple[UUID, str]] = field(default_factory=dict)
    indexes: dict[tuple[UUID, str, str], bytes] = field(default_factory=dict)

    def index(self, centre_id: UUID, scheme: str, value: str) -> bytes:
        """Each value is hashed once a batch."""
        place = (centre_id, scheme, value)
        found = self.indexes.get(place)
        if found is None:
            found = self.indexes[place] = address_index(centre_id, scheme, value)
        return found


def address_index(centre_id: UUID, scheme: str, value: str) -> bytes:
    return vault.blind_index(value, scope=centre_id, purpose="address:" + scheme)


def resolve(arrivals: Sequence[Arrival]) -> list[Known]:
    """The address of each arrival, in order. Runs inside the caller's transaction."""
    book = _Book()
    book.known = _load(book, arrivals)
    found = [_place(book, arrival) for arrival in arrivals]
    _write(book)
    return found


def find(arrival: Arrival) -> list[Known]:
    """The addresses that are known already, else other forms of the number. Nobody is made."""
    book = _Book()
    book.known = _load(book, [arrival])
    hits = [hit for sender in arrival.senders if (hit := _look_up(book, arrival, sender))]
    return hits or list(_variant_matches(book, arrival))


def fresh_person(*, centre_id: UUID, language: str = "") -> Person:
    """Someone without an address yet, such as a person at a walk-in desk."""
    person = _fresh(centre_id, language)
    vault.new_person_keys([(person.id, centre_id)])
    person.save(force_insert=True)
    return person


def _load(book: _Book, arrivals: Sequence[Arrival]) -> dict[tuple[UUID, str, bytes], Known]:
    indexes = {
        book.index(arrival.centre_id, scheme, value)
        for arrival in arrivals
        for scheme, sent in arrival.senders
        for value in _forms(scheme, sent)
    }
    centres = {arrival.centre_id for arrival in arrivals}
    schemes = {scheme for arrival in arrivals for scheme, _ in arrival.senders}
    rows = Address.objects.filter(centre_id__in=centres, scheme__in=schemes, index__in=indexes).values_list(
        "centre_id", "scheme", "index", "id", "person_id"
    )
    return {(centre, scheme, bytes(index)): Known(id, person) for centre, scheme, index, id, person in rows}


def _forms(scheme: str, value: str) -> tuple[str, ...]:
    return phones.variants(value) if scheme == PHONE else (value,)


def _place(book: _Book, arrival: Arrival) -> Known:
    hits = [_look_up(book, arrival, sender) for sender in arrival.senders]
    first = next((hit for hit in hits if hit), None)
    if first is None:
        first = _by_variant(book, arrival)
    person = first.person_id if first else _new_person(book, arrival)
    for sender, hit in zip(arrival.senders, hits, strict=True):
        if hit is None:
            added = _add_address(book, arrival.centre_id, person, sender)
            first = first if first and first.id else added
        elif hit.person_id != person:
            _ask(book, arrival.centre_id, person, hit.person_id, "two_addresses")
    return _look_up(book, arrival, arrival.senders[0]) or first  # type: ignore[return-value]


def _look_up(book: _Book, arrival: Arrival, sender: tuple[str, str]) -> Known | None:
    scheme, value = sender
    return book.known.get((arrival.centre_id, scheme, book.index(arrival.centre_id, scheme, value)))


def _by_variant(book: _Book, arrival: Arrival) -> Known | None:
    """One person under another form of the number is found; two are asked about and not guessed."""
    matches = list(_variant_matches(book, arrival))
    people = {match.person_id for match in matches}
    if len(people) == 1:
        return matches[0]
    if len(people) > 1:
        person = _new_person(book, arrival)
        for other in people:
            _ask(book, arrival.centre_id, person, other, "variant")
        return Known(_NOWHERE, person)
    return None


_NOWHERE = UUID(int=0)


def _variant_matches(book: _Book, arrival: Arrival) -> Iterable[Known]:
    for scheme, sent in arrival.senders:
        for value in _forms(scheme, sent)[1:]:
            hit = _look_up(book, arrival, (scheme, value))
            if hit:
                yield hit


def _new_person(book: _Book, arrival: Arrival) -> UUID:
    person = _fresh(arrival.centre_id, arrival.language)
    book.people.append(person)
    if arrival.name:
        book.named[person.id] = (arrival.centre_id, arrival.name)
    return person.id


def _fresh(centre_id: UUID, language: str) -> Person:
    word, number = divmod(_random.randrange(ALIAS_SPACE), 1000)
    return Person(id=new_id(), centre_id=centre_id, alias_word=word, alias_number=number, language=language)


def _add_address(book: _Book, centre_id: UUID, person: UUID, sender: tuple[str, str]) -> Known:
    scheme, value = sender
    index = book.index(centre_id, scheme, value)
    address = Address(id=new_id(), person_id=person, centre_id=centre_id, scheme=scheme, index=index)
    book.addresses.append((address, value))
    known = Known(address.id, person)
    book.known[(centre_id, scheme, index)] = known
    return known


def _ask(book: _Book, centre_id: UUID, person: UUID, other: UUID, reason: str) -> None:
    pair = (person, other) if person.int < other.int else (other, person)
    book.likenesses.setdefault(
        pair, Likeness(centre_id=centre_id, person_id=pair[0], other_id=pair[1], reason=reason)
    )


def _write(book: _Book) -> None:
    if book.people:
        vault.new_person_keys([(person.id, person.centre_id) for person in book.people])
        for person in book.people:
            if person.id in book.named:
                person.name = book.named[person.id][1]
        insert(Person, _PERSON, [[getattr(person, name) for name in _PERSON] for person in book.people])
    insert(Address, _ADDRESS, [_address_row(address, value) for address, value in book.addresses])
    if book.likenesses:
        Likeness.objects.bulk_create(book.likenesses.values(), ignore_conflicts=True)


def _address_row(address: Address, value: str) -> tuple[object, ...]:
    """Sealed here, when the person's key exists."""
    sealed = vault.seal(
        value,
        key=address.person_id,
        scope=address.centre_id,
        table=_TABLE,
        column="value_sealed",
        row=address.id,
    )
    return (
        address.id,
        address.person_id,
        address.centre_id,
        address.scheme,
        address.index,
        sealed,
        address.created_at,
    )
