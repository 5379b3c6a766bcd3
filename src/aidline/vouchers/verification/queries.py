"""The doors to registrations and pairs: 404 for what one may not know exists."""

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


def _open(mine: str, other: str) -> QuerySet[Pair]:
    rows = Pair.objects.filter(**{mine: OuterRef("pk"), f"{other}__merged_into": None}, decided="")
    same = rows.filter(first__programme=F("second__programme"))
    return same.exclude(**{f"{other}__status__in": GONE})


def doubles_in(programme: Programme) -> QuerySet[Registration, UUID]:
    """Ids of those who wait for a decision: what a payment holds back."""
    rows = Registration.objects.filter(listed_twice(programme), programme=programme)
    return rows.values_list("pk", flat=True)


def listed_twice(programme: Programme) -> Q:
    """For a filter: the other way round, from the pairs, of which there are fewer."""
    both = Pair.objects.filter(first__programme=programme, second__programme=programme, decided="")
    alive = both.exclude(_gone("first")).exclude(_gone("second"))
    return Q(pk__in=alive.values("first")) | Q(pk__in=alive.values("second"))


def is_elsewhere(registration: Registration) -> bool:
    """In another centre of the organisation; which one is not told."""
    if registration.elsewhere_index is None:
        return False
    rows = Registration.objects.filter(elsewhere_index=registration.elsewhere_index)
    return rows.exclude(centre=registration.centre_id).exclude(status__in=GONE).exists()
