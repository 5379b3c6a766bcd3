"""The doors to lists: an officer sees those of the centre, a partner's member those of the partner."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from aidline.centres.queries import Seat
from aidline.centres.states import Can
from aidline.vouchers.models import Partner, PartnerPlace, Programme, Registration, Upload
from aidline.vouchers.queries import own_partner
from aidline.vouchers.states import LineKind, Status

S = Status
_ON_THE_WAY = (S.IMPORTED, S.INVITED, S.STARTED)
_IN = (S.REGISTERED, S.VERIFIED, S.INCLUDED, S.PAUSED)


def uploads_of(seat: Seat) -> QuerySet[Upload]:
    if not seat.can(Can.RUN_PROGRAMMES):
        return Upload.objects.none()
    return _listed(Upload.objects.filter(centre=seat.centre))


def access_upload(seat: Seat, upload_id: UUID) -> Upload:
    return _one(uploads_of(seat), upload_id)


def own_uploads(seat: Seat) -> QuerySet[Upload]:
    partner = own_partner(seat)
    if partner is None:
        return Upload.objects.none()
    return _listed(Upload.objects.filter(centre=seat.centre, partner=partner))


def access_own_upload(seat: Seat, upload_id: UUID) -> Upload:
    return _one(own_uploads(seat), upload_id)


@dataclass(frozen=True, slots=True)
class Progress:
    """One programme, with the partner's own counts."""

    programme: Programme
    quota: int
    added: int = 0
    on_the_way: int = 0
    registered: int = 0
    included: int = 0

    @property
    def left(self) -> int:
        """Places, where there is a quota."""
        return max(0, self.quota - self.added)


def progress_of(partner: Partner) -> list[Progress]:
    places = PartnerPlace.objects.filter(partner=partner).select_related("programme")
    added = Registration.objects.filter(partner=partner).values("programme").order_by()
    counted = added.annotate(
        _added=Count("pk"),
        _on_the_way=Count("pk", filter=Q(status__in=_ON_THE_WAY)),
        _registered=Count("pk", filter=Q(status__in=_IN)),
        _included=Count("pk", filter=Q(status=S.INCLUDED)),
    )
    columns = ("programme", "_added", "_on_the_way", "_registered", "_included")
    counts: dict[UUID, tuple[int, ...]] = {row[0]: row[1:] for row in counted.values_list(*columns)}
    return [
        Progress(place.programme, place.quota, *counts.get(place.programme_id, ()))
        for place in places.order_by("programme__name", "pk")
    ]


def lines_of(programmes: Iterable[Programme]) -> list[tuple[Programme, list[tuple[str, int]]]]:
    """What carriers said of the numbers, in counts; programmes of which nothing was said are left out."""
    rows = Registration.objects.filter(programme__in=[one.pk for one in programmes]).exclude(line="")
    counted: dict[UUID, list[tuple[str, int]]] = {}
    for programme, line, count in rows.values_list("programme", "line").order_by().annotate(Count("pk")):
        counted.setdefault(programme, []).append((str(LineKind(line).label), count))
    return [(one, sorted(counted[one.pk], key=_most)) for one in programmes if one.pk in counted]


def _most(line: tuple[str, int]) -> int:
    return -line[1]


def _listed(rows: QuerySet[Upload]) -> QuerySet[Upload]:
    return rows.select_related("programme__centre", "partner", "by").order_by("-created_at", "-pk")


def _one(rows: QuerySet[Upload], upload_id: UUID) -> Upload:
    row = rows.filter(pk=upload_id).first()
    if row is None:
        raise Http404
    return row
