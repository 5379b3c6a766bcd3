"""The doors to centres, members and staff: 404 for what one may not know exists."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import Http404

from aidline.centres.models import Centre, Invitation, Membership, Staff, StaffSession
from aidline.centres.states import RIGHTS, Can, Role
from aidline.kernel.clock import now

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


def centres_with(staff: Staff, right: Can) -> QuerySet[Centre]:
    """Where this member holds a right, by name."""
    if staff.organisation_admin and right in _OF_ORGANISATION_ADMINS:
        return centres_of(staff)
    return Centre.objects.filter(pk__in=centre_ids_with(staff, right)).order_by("name")


def all_members_of(centre: Centre) -> QuerySet[Membership]:
    """For the set-up pages: those who left, too."""
    return Membership.objects.filter(centre=centre).select_related("staff").order_by("-is_active", "pk")


def access_any_member(seat: Seat, membership_id: UUID) -> Membership:
    row = all_members_of(seat.centre).filter(pk=membership_id).first()
    if row is None:
        raise Http404
    return row


def may_let_in(by: Staff, staff: Staff) -> bool:
    """A link signs in with all rights of a member, so only who has no less may make one."""
    if by.organisation_admin or staff.pk == by.pk:
        return by.organisation_admin
    theirs = Membership.objects.filter(staff=staff, is_active=True).values_list("centre_id", flat=True)
    return not staff.organisation_admin and set(theirs) <= centre_ids_with(by, Can.SET_UP)


def open_invitations(organisation_id: UUID, centre: Centre | None) -> QuerySet[Invitation]:
    """Of a centre; without one, those of the organisation itself."""
    rows = Invitation.objects.filter(organisation_id=organisation_id, centre=centre)
    return rows.filter(accepted_at=None, revoked_at=None, expires_at__gt=now()).order_by("-created_at")


def access_invitation(organisation_id: UUID, centre: Centre | None, invitation_id: UUID) -> Invitation:
    row = open_invitations(organisation_id, centre).filter(pk=invitation_id).first()
    if row is None:
        raise Http404
    return row


def sessions_of(staff: Staff) -> QuerySet[StaffSession]:
    """Browsers that are signed in; a session that ran out leaves its row until the next clean-up."""
    alive = Session.objects.filter(expire_date__gt=now()).values("session_key")
    return StaffSession.objects.filter(staff=staff, session_key__in=alive).order_by("-seen_at")


def access_session(staff: Staff, session_id: UUID) -> StaffSession:
    row = StaffSession.objects.filter(staff=staff, pk=session_id).first()
    if row is None:
        raise Http404
    return row


def staff_of_organisation(organisation_id: UUID) -> QuerySet[Staff]:
    rows = Staff.objects.filter(organisation_id=organisation_id)
    return rows.prefetch_related("memberships__centre").order_by("-is_active", "created_at")


def access_staff(organisation_id: UUID, staff_id: UUID) -> Staff:
    row = Staff.objects.filter(organisation_id=organisation_id, pk=staff_id).first()
    if row is None:
        raise Http404
    return row
