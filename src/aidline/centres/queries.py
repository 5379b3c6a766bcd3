"""The doors to centres, members and staff: 404 for what one may not know exists."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from aidline.centres.models import Centre, Membership, Staff
from aidline.centres.states import RIGHTS, Can, Role

_OF_ORGANISATION_ADMINS = frozenset({Can.SET_UP, Can.SEE_HEALTH, Can.RUN_ORGANISATION, Can.SIGNED_IN})


@dataclass(frozen=True, slots=True)
class Seat:
    """A staff member in one centre, with what they may do there."""

    staff: Staff
    centre: Centre
    membership: Membership | None
    rights: frozenset[Can]

    def can(self, right: Can) -> bool:
        return right in self.rights


def access_seat(staff: Staff, slug: str, right: Can) -> Seat:
    centre = Centre.objects.filter(slug=slug, organisation_id=staff.organisation_id).first()
    if centre is None:
        raise Http404
    seat = seat_in(staff, centre)
    if not seat.can(right):
        raise Http404
    return seat


def seat_in(staff: Staff, centre: Centre) -> Seat:
    membership = Membership.objects.filter(staff=staff, centre=centre, is_active=True).first()
    return Seat(staff, centre, membership, _rights(staff, membership))


def _rights(staff: Staff, membership: Membership | None) -> frozenset[Can]:
    rights: frozenset[Can] = frozenset()
    if staff.is_active and membership:
        rights = RIGHTS[Role(membership.role)]
    if staff.is_active and staff.organisation_admin:
        rights = rights | _OF_ORGANISATION_ADMINS
    return rights


def centres_of(staff: Staff) -> QuerySet[Centre]:
    """The centres this member works in; all of them for an organisation admin."""
    if staff.organisation_admin:
        return Centre.objects.filter(organisation_id=staff.organisation_id).order_by("name")
    return Centre.objects.filter(memberships__staff=staff, memberships__is_active=True).order_by("name")


def centre_ids_with(staff: Staff, right: Can) -> frozenset[UUID]:
    """Where this member holds a right; what a live stream may tell them of."""
    roles = [role for role, rights in RIGHTS.items() if right in rights]
    rows = Membership.objects.filter(staff=staff, is_active=True, role__in=roles)
    return frozenset(rows.values_list("centre_id", flat=True))


def members_of(centre: Centre, roles: Iterable[Role] = ()) -> QuerySet[Membership]:
    rows = Membership.objects.filter(centre=centre, is_active=True, staff__is_active=True)
    if roles:
        rows = rows.filter(role__in=list(roles))
    return rows.select_related("staff")


def access_member(seat: Seat, membership_id: UUID) -> Membership:
    row = members_of(seat.centre).filter(pk=membership_id).first()
    if row is None:
        raise Http404
    return row
