"""The doors to registrations and pairs: 404 for what one may not know exists."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.http import Http404

from aidline.centres.queries import Seat
from aidline.centres.states import Can
from aidline.vouchers.models import Pair, Programme, Registration, StatusChange
from aidline.vouchers.states import Status

GONE = (Status.ERASED, Status.DECLINED, Status.ENDED)


def registrations_of(seat: Seat, programme: Programme | None = None) -> QuerySet[Registration]:
    if not seat.can(Can.SEE_REGISTRATIONS):
        return Registration.objects.none()
    rows = Registration.objects.filter(centre=seat.centre)
    return rows.filter(programme=programme) if programme else rows


def access_registration(seat: Seat, registration_id: UUID, right: Can | None = None) -> Registration:
    rows = registrations_of(seat).select_related("programme", "partner", "centre")
    row = rows.filter(pk=registration_id).first()
    if row is None or (right and not seat.can(right)):
        raise Http404
    return row


def history_of(registration: Registration) -> QuerySet[StatusChange]:
    return StatusChange.objects.filter(registration=registration).select_related("by").order_by("-at", "-pk")


def pairs_of(seat: Seat, programme: Programme | None = None) -> QuerySet[Pair]:
    """Open ones, the surest first; not those of whom one is gone already."""
    if not seat.can(Can.RUN_PROGRAMMES):
        return Pair.objects.none()
    rows = (
        Pair.objects.filter(centre=seat.centre, decided="").exclude(_gone("first")).exclude(_gone("second"))
    )
    if programme:
        rows = rows.filter(Q(first__programme=programme) | Q(second__programme=programme))
    return rows.select_related("first__programme", "second__programme").order_by("-score", "pk")


def _gone(side: str) -> Q:
    return Q(**{f"{side}__status__in": GONE}) | Q(**{f"{side}__merged_into__isnull": False})


def access_pair(seat: Seat, pair_id: UUID) -> Pair:
    """Decided ones as well, so that they can be undone."""
    if not seat.can(Can.RUN_PROGRAMMES):
        raise Http404
    rows = Pair.objects.filter(centre=seat.centre).select_related("first__programme", "second__programme")
    row = rows.filter(pk=pair_id).first()
    if row is None:
        raise Http404
    return row


def pairs_with(registration: Registration) -> QuerySet[Pair]:
    rows = Pair.objects.filter(Q(first=registration) | Q(second=registration))
    return rows.select_related("first__programme", "second__programme").order_by("decided", "-score")


def with_open_pair() -> Q:
    """For a list of registrations: those who may be somebody who is on it as well, and nobody has decided.

    Another programme's person is no reason to wait. Two questions, as each has an index; one with "or" has none.
    """
    return Q(Exists(_open("first", "second"))) | Q(Exists(_open("second", "first")))


def open_pair() -> "ExpressionWrapper[Any]":
    """The same as a column."""
    return ExpressionWrapper(with_open_pair(), output_field=BooleanField())


def in_open_pairs(rows: Sequence[Registration]) -> frozenset[UUID]:
    """The same for those on one page. As a column of the list, PostgreSQL would first pair the whole programme."""
    some = Registration.objects.filter(with_open_pair(), pk__in=[row.pk for row in rows])
    return frozenset(some.values_list("pk", flat=True))


def _open(mine: str, other: str) -> QuerySet[Pair]:
    rows = Pair.objects.filter(**{mine: OuterRef("pk"), f"{other}__merged_into": None}, decided="")
    same = rows.filter(first__programme=F("second__programme"))
    return same.exclude(**{f"{other}__status__in": GONE})


def doubles_in(programme: Programme) -> QuerySet[Registration, UUID]:
    """Ids of those who wait for a decision: what a payment holds back."""
    rows = Registration.objects.filter(listed_twice(programme), programme=programme)
    return rows.values_list("pk", flat=True)


def listed_twice(programme: Programme) -> Q:
    """For a filter of this programme's people: from the pairs, of which there are fewer. Whether one is gone
    stands in the row itself, so that only the other is looked up."""
    here = ~Q(status__in=GONE) & Q(merged_into=None)
    return here & (_with_other(programme, "first", "second") | _with_other(programme, "second", "first"))


def _with_other(programme: Programme, mine: str, other: str) -> Q:
    rows = Pair.objects.filter(**{f"{other}__programme": programme}, decided="").exclude(_gone(other))
    return Q(pk__in=rows.values(mine))


def is_elsewhere(registration: Registration) -> bool:
    """In another centre of the organisation; which one is not told."""
    if registration.elsewhere_index is None:
        return False
    rows = Registration.objects.filter(elsewhere_index=registration.elsewhere_index)
    return rows.exclude(centre=registration.centre_id).exclude(status__in=GONE).exists()
