"""A whole programme compared at once, in memory: after a large list, or when somebody asks for it.

Fifty times quicker than one after another, as each name is opened once and no key is looked up in the database.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any
from uuid import UUID

import numpy
from django.db import transaction
from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist

from aidline.kernel.clock import now
from aidline.vouchers.models import Pair, Programme, Registration
from aidline.vouchers.verification import comparing, names
from aidline.vouchers.verification.comparing import BLOCK, FAMILY, bites
from aidline.vouchers.verification.judging import Known, Verdict, judge

_FETCHED = 4_000
_ROUGH = 0.65  # words whose bones are less alike than this cannot come out alike

Meeting = tuple[int, int]


def run(payload: dict[str, Any]) -> None:
    """The job; a second run says the same."""
    programme = Programme.objects.filter(pk=payload["programme"]).first()
    if programme:
        compare_all(programme)


def compare_all(programme: Programme) -> int:
    """How many pairs it told of."""
    everyone = list(_everyone(programme))
    found = judged(everyone)
    with transaction.atomic():
        _write_missing_keys(programme, everyone)
        both = Pair.objects.filter(first__programme=programme, second__programme=programme, decided="")
        both.delete()
        comparing.write_pairs(found)
    return len(found)


def _everyone(programme: Programme) -> Iterator[Known]:
    rows = Registration.objects.filter(programme=programme, erased_at=None)
    slim = rows.only(
        "pk", "centre_id", "programme_id", "language", "name_sealed", "phone_index", "name_index"
    )
    for some in bites(slim.order_by("pk").iterator(_FETCHED), _FETCHED):
        yield from comparing.read_all(some)


def _write_missing_keys(programme: Programme, everyone: Sequence[Known]) -> None:
    waiting = _marked(programme)
    fresh = [one for one in everyone if waiting.get(one.pk) == (one.phone_index, one.name_index)]
    comparing.write_keys(fresh, {one.pk: comparing.hashes(one) for one in fresh})
    for some in bites(waiting.keys() - {one.pk for one in fresh}):
        Registration.objects.filter(pk__in=some).update(compared_at=None)


def _marked(programme: Programme) -> dict[UUID, tuple[bytes | None, bytes | None]]:
    """Who waited, with what they have now: whoever changed or came while the others were compared waits on."""
    rows = Registration.objects.filter(programme=programme, compared_at=None, erased_at=None)
    ids = list(rows.values_list("pk", flat=True))
    found: dict[UUID, tuple[bytes | None, bytes | None]] = {}
    for some in bites(ids):
        mine = Registration.objects.filter(pk__in=some)
        mine.update(compared_at=now())
        for pk, phone, name in mine.values_list("pk", "phone_index", "name_index"):
            found[pk] = (bytes(phone) if phone else None, bytes(name) if name else None)
    return found


# --- pure -------------------------------------------------------------------------------------------------


def judged(everyone: Sequence[Known]) -> list[Verdict]:
    """Both in one order, so that a second run says the same."""
    meetings = sorted(_by_name(everyone) | _by_phone(everyone))
    return [verdict for one, other in meetings if (verdict := judge(everyone[one], everyone[other]))]


def _by_phone(everyone: Sequence[Known]) -> set[Meeting]:
    holders: dict[bytes, list[int]] = defaultdict(list)
    for at, one in enumerate(everyone):
        if one.phone_index:
            holders[one.phone_index].append(at)
    return {pair for some in holders.values() if 1 < len(some) <= FAMILY for pair in combinations(some, 2)}


def _by_name(everyone: Sequence[Known]) -> set[Meeting]:
    """Whoever shares a word and the first sound of another: is that other word alike, too?"""
    blocks: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for at, one in enumerate(everyone):
        for key, word in names.keys_with_words(one.name):
            blocks[key].append((at, word))
    met: set[Meeting] = set()
    for block in blocks.values():
        if 1 < len(block) <= BLOCK:
            met.update(_likely(block, everyone))
    return met


def _likely(block: Sequence[tuple[int, str]], everyone: Sequence[Known]) -> Iterator[Meeting]:
    bones = [names.bones(word) for _, word in block]
    alike = cdist(bones, bones, scorer=Indel.normalized_similarity, score_cutoff=_ROUGH, dtype=numpy.float32)
    ones, others = (found.tolist() for found in numpy.nonzero(numpy.triu(alike, 1)))
    if not ones:
        return
    near = names.near([block[at][1] for at in ones], [block[at][1] for at in others])
    for one, other, how in zip(ones, others, near, strict=True):
        first, second = block[one][0], block[other][0]
        likely = how or bones[one] == bones[other]
        if first != second and (likely or everyone[first].name.bare != everyone[second].name.bare):
            yield min(first, second), max(first, second)
