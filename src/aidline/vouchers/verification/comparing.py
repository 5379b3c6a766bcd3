"""Who on the lists may be one person: found through keyed hashes, judged by the names themselves.

A registration is compared once it is made, and again once it has another name or number. What was decided of a pair
stays decided.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from aidline import vault
from aidline.jobs.services import enqueue
from aidline.kernel.clock import now
from aidline.kernel.rows import insert
from aidline.vouchers.models import NameKey, Pair, Programme, Registration
from aidline.vouchers.states import Status
from aidline.vouchers.verification import names
from aidline.vouchers.verification.judging import PHONE, Known, Verdict, judge

BITE = 200
CROWD = 3_000  # so many new ones are a list
BLOCK = 300  # a key that more share tells nothing; the rarer word of their name finds them
FAMILY = 10  # a number that more share is a community's: only like names are shown then
AT_ONCE = 400  # values in one statement

OUT = (Status.ERASED, Status.DECLINED, Status.ENDED)

Keys = Mapping[UUID, frozenset[bytes]]
Meeting = tuple[UUID, UUID]
Item = TypeVar("Item")


def compare_waiting(*, most: int = AT_ONCE) -> int:
    """The worker's duty every few seconds: those who are new or have changed. After a long list it is quicker to
    compare all of its programme at once, which is a job of its own."""
    crowded = _crowded()
    for programme in Programme.objects.filter(pk__in=crowded):
        ask_whole(programme)
    done = 0
    while done < most and (ids := list(_waiting().exclude(programme__in=crowded)[:BITE])):
        compare(ids)
        done += len(ids)
    return done


def _crowded() -> list[UUID]:
    counted = _waiting().order_by().values("programme").annotate(many=Count("pk")).filter(many__gt=CROWD)
    return list(counted.values_list("programme", flat=True))


def _waiting() -> QuerySet[Registration, UUID]:
    rows = Registration.objects.filter(compared_at=None, erased_at=None)
    return rows.order_by("programme_id", "id").values_list("pk", flat=True)


WHOLE = "voucher-compare-all"


def ask_whole(programme: Programme) -> None:
    """Done by the worker: see `whole`."""
    enqueue(WHOLE, {"programme": str(programme.pk)}, unique_key=f"{WHOLE}:{programme.pk}")


@transaction.atomic
def compare(ids: Sequence[UUID]) -> int:
    """How many pairs it told of. Doing it twice changes nothing. Marked before they are read: whoever gets another
    number meanwhile is compared again."""
    Registration.objects.filter(pk__in=ids).update(compared_at=now())
    fresh = read_all(Registration.objects.filter(pk__in=ids, erased_at=None))
    keys = {one.pk: hashes(one) for one in fresh}
    write_keys(fresh, keys)
    meetings = _by_name(fresh, keys) | _by_phone(fresh)
    known = {one.pk: one for one in fresh} | _others(meetings, keys)
    found = [verdict for one, other in meetings if (verdict := judge(known[one], known[other]))]
    forget_open(ids)
    write_pairs(_without_communities(found))
    return len(found)


def read_all(rows: Iterable[Registration]) -> list[Known]:
    listed = list(rows)
    vault.prefetch_person_keys(row.pk for row in listed)
    return [Known.of(row, row.name) for row in listed]


def bites(values: Iterable[Item], size: int = AT_ONCE) -> Iterator[list[Item]]:
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some


# --- keys ------------------------------------------------------------------------------------------------

_COLUMNS = ("registration_id", "programme_id", "key")


def hashes(known: Known) -> frozenset[bytes]:
    """Of the keys under which it meets others."""
    return frozenset(hashed(known.centre_id, key) for key in names.keys(known.name))


def word_hashes(known: Known) -> frozenset[bytes]:
    """Of single words: a search finds by them; they are too common to tell of a duplicate."""
    return frozenset(hashed(known.centre_id, names.word_key(word)) for word in known.name.words)


def hashed(centre_id: UUID, key: str) -> bytes:
    return vault.blind_index(key, scope=centre_id, purpose="voucher:name key")[:8]


def write_keys(fresh: Sequence[Known], keys: Keys) -> None:
    for some in bites(fresh):
        NameKey.objects.filter(registration__in=[one.pk for one in some]).delete()
    rows = [(one.pk, one.programme_id, key) for one in fresh for key in keys[one.pk] | word_hashes(one)]
    insert(NameKey, _COLUMNS, rows)


# --- meetings --------------------------------------------------------------------------------------------


def _by_name(fresh: Sequence[Known], keys: Keys) -> set[Meeting]:
    """Within a programme; names alone are too common to look for them everywhere."""
    by_programme: dict[UUID, dict[bytes, list[UUID]]] = defaultdict(lambda: defaultdict(list))
    for one in fresh:
        for key in keys[one.pk]:
            by_programme[one.programme_id][key].append(one.pk)
    return {
        _ordered(mine, other)
        for programme_id, wanted in by_programme.items()
        for key, other in _sharing(programme_id, list(wanted))
        for mine in wanted[key]
        if mine != other
    }


def _sharing(programme_id: UUID, keys: Sequence[bytes]) -> Iterable[tuple[bytes, UUID]]:
    for some in bites(keys):
        rows = NameKey.objects.filter(programme_id=programme_id, key__in=some)
        few = rows.values("key").annotate(many=Count("id")).filter(many__gt=1, many__lte=BLOCK)
        told = [bytes(key) for key in few.values_list("key", flat=True)]
        for key, pk in rows.filter(key__in=told).values_list("key", "registration_id"):
            yield bytes(key), pk


def _by_phone(fresh: Sequence[Known]) -> set[Meeting]:
    """In all programmes of the centre."""
    found: set[Meeting] = set()
    with_phone = [one for one in fresh if one.phone_index]
    for some in bites(with_phone):
        holders: dict[bytes, list[UUID]] = defaultdict(list)
        rows = Registration.objects.filter(
            centre_id__in={one.centre_id for one in some}, phone_index__in=[one.phone_index for one in some]
        )
        for index, pk in rows.values_list("phone_index", "pk"):
            holders[bytes(index or b"")].append(pk)
        found |= {
            _ordered(one.pk, pk) for one in some for pk in holders[one.phone_index or b""] if pk != one.pk
        }
    return found


def _ordered(one: UUID, other: UUID) -> Meeting:
    return (one, other) if one < other else (other, one)


def _others(meetings: Collection[Meeting], known: Keys) -> dict[UUID, Known]:
    wanted = {pk for meeting in meetings for pk in meeting if pk not in known}
    found: dict[UUID, Known] = {}
    for some in bites(wanted):
        found |= {one.pk: one for one in read_all(Registration.objects.filter(pk__in=some))}
    return found


# --- what is kept ----------------------------------------------------------------------------------------


def _without_communities(found: Sequence[Verdict]) -> list[Verdict]:
    """Twenty families with one phone would be two hundred pairs that mean nothing."""
    by_phone: dict[UUID, int] = defaultdict(int)
    for verdict in found:
        if verdict.reasons == (PHONE,):
            by_phone[verdict.first] += 1
            by_phone[verdict.second] += 1
    return [
        verdict
        for verdict in found
        if verdict.reasons != (PHONE,) or max(by_phone[verdict.first], by_phone[verdict.second]) < FAMILY
    ]


def forget_open(ids: Sequence[UUID]) -> None:
    """Of those who are looked at anew, what is open is told anew."""
    for some in bites(ids):
        Pair.objects.filter(Q(first__in=some) | Q(second__in=some), decided="").delete()


def write_pairs(found: Sequence[Verdict]) -> None:
    rows = [
        Pair(
            centre_id=one.centre_id,
            first_id=one.first,
            second_id=one.second,
            score=one.score,
            reasons=list(one.reasons),
        )
        for one in found
    ]
    Pair.objects.bulk_create(rows, batch_size=1_000, ignore_conflicts=True)
