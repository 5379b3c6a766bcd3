"""The list of a programme's people: filtered, searched, a page at a time, quick among a hundred thousand."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from aidline.kernel import phones
from aidline.vouchers import indexes
from aidline.vouchers.models import NameKey, Partner, Programme, Registration
from aidline.vouchers.receipt_codes import normalise_receipt
from aidline.vouchers.states import Status
from aidline.vouchers.verification import names
from aidline.vouchers.verification.comparing import hashed
from aidline.vouchers.verification.numbers import cooling_down
from aidline.vouchers.verification.queries import in_open_pairs, listed_twice

PAGE = 50
_NUMBER = re.compile(r"#?\s*(\d{1,7})")
MOST_COUNTED = 20_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for. `before`: the number after which the page goes on."""

    status: str = ""
    partner: str = ""
    language: str = ""
    needs: str = ""  # pair, held, phone, second
    search: str = ""
    before: int | None = None

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Wanted":
        """Whatever is not understood is not asked for."""
        status, needs, before = given.get("status", ""), given.get("needs", ""), given.get("before", "")
        return cls(
            status=status if status in Status.values else "",
            partner=given.get("partner", "") if _is_id(given.get("partner", "")) else "",
            language=given.get("language", "")[:8],
            needs=needs if needs in NEEDS else "",
            search=given.get("search", "").strip()[:120],
            before=int(before) if before.isdecimal() and len(before) < 10 else None,
        )

    def query(self) -> dict[str, str]:
        """For a link to the same list."""
        found = {name: getattr(self, name) for name in ("status", "partner", "language", "needs", "search")}
        return {name: value for name, value in found.items() if value}


NEEDS = ("pair", "held", "phone", "second")


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[Registration]
    twice: frozenset[UUID]  # those of them who may be listed twice
    more: int | None  # the number after which the next page goes on


def page(programme: Programme, wanted: Wanted) -> Page:
    rows = found(programme, wanted)
    if wanted.before is not None:
        rows = rows.filter(number__lt=wanted.before)
    some = list(rows.select_related("partner")[: PAGE + 1])
    shown = some[:PAGE]
    return Page(shown, in_open_pairs(shown), some[PAGE - 1].number if len(some) > PAGE else None)


def found(programme: Programme, wanted: Wanted) -> QuerySet[Registration]:
    """All pages of it, the latest first."""
    rows = Registration.objects.filter(programme=programme)
    if wanted.status:
        rows = rows.filter(status=wanted.status)
    if wanted.partner:
        rows = rows.filter(partner=UUID(wanted.partner))
    if wanted.language:
        rows = rows.filter(language=wanted.language)
    if wanted.needs:
        rows = _needing(rows, programme, wanted.needs)
    if wanted.search:
        rows = rows.filter(_searched(programme, wanted.search))
    return rows.order_by("-number")


def count(programme: Programme, wanted: Wanted) -> int:
    """How many, up to a limit: counting on would take longer than the page."""
    return found(programme, wanted).order_by()[: MOST_COUNTED + 1].count()


def _needing(rows: QuerySet[Registration], programme: Programme, needs: str) -> QuerySet[Registration]:
    if needs == "pair":
        return rows.filter(listed_twice(programme))
    if needs == "held":
        return rows.filter(cooling_down(programme))
    if needs == "phone":
        return rows.filter(phone_index=None, erased_at=None)
    return rows.filter(status=Status.REGISTERED, first_verified_by__isnull=False)


def _searched(programme: Programme, search: str) -> Q:
    """A number of the list, a receipt, a telephone, or words of a name in whichever script."""
    if receipt := normalise_receipt(search):
        organisation = programme.centre.organisation_id
        return Q(receipt_index=indexes.receipt_index(organisation, receipt))
    if number := _NUMBER.fullmatch(search):
        return Q(number=int(number[1]))
    if phone := phones.normalise(search, programme.centre.region):
        return Q(phone_index=indexes.phone_index(programme.centre_id, phone))
    return _named(programme, search)


def _named(programme: Programme, search: str) -> Q:
    heard = names.read(search)
    exact = Q(name_index=indexes.name_index(programme.centre_id, search))
    if not heard.words:
        return exact
    wanted = Q()
    for word in heard.words:
        wanted &= Q(pk__in=_with_word(programme, word))
    return exact | wanted


def _with_word(programme: Programme, word: str) -> "QuerySet[NameKey, UUID]":
    key = hashed(programme.centre_id, names.word_key(word))
    return NameKey.objects.filter(programme_id=programme.pk, key=key).values_list(
        "registration_id", flat=True
    )


def partners_in(programme: Programme) -> QuerySet[Partner]:
    return Partner.objects.filter(places__programme=programme).order_by("name")


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
