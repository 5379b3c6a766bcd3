"""Making the organisation, its centres and their members."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.text import slugify

from aidline import vault
from aidline.audit.services import record
from aidline.centres.models import (
    Centre,
    Invitation,
    Membership,
    Organisation,
    SignInLink,
    Staff,
    StaffSession,
)
from aidline.centres.states import Role
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id

INVITATION_DAYS = 7
SIGN_IN_LINK_HOURS = 24


class LinkClosed(Exception):
    """The link was used, revoked or has run out."""


@transaction.atomic
def create_organisation(*, name: str) -> Organisation:
    organisation = Organisation.objects.create(name=name)
    vault.new_scope_key(organisation.pk)
    return organisation


@transaction.atomic
def create_centre(
    *,
    by: Staff | None,
    organisation: Organisation,
    name: str,
    slug: str = "",
    time_zone: str = "UTC",
    languages: list[str],
    default_language: str = "",
    region: str = "",
    **settings: Any,
) -> Centre:
    centre = Centre.objects.create(
        organisation=organisation,
        name=name,
        slug=slug or slugify(name),
        time_zone=time_zone,
        languages=languages,
        default_language=default_language or languages[0],
        region=region,
        **settings,
    )
    vault.new_scope_key(centre.pk)
    record(by=by, action="centre.create", object_type="centre", object_id=centre.pk, centre=centre.pk)
    return centre


@transaction.atomic
def change_centre(*, by: Staff, centre: Centre, changes: dict[str, Any]) -> Centre:
    for field, value in changes.items():
        setattr(centre, field, value)
    centre.save(update_fields=list(changes))
    record(
        by=by,
        action="centre.change",
        object_type="centre",
        object_id=centre.pk,
        centre=centre.pk,
        fields=",".join(sorted(changes))[:200],
    )
    return centre


def username_for(organisation_id: UUID, email: str) -> str:
    """What the database knows of an e-mail address: its keyed hash."""
    return vault.blind_index(email.strip().casefold(), scope=organisation_id, purpose="staff").hex()


@transaction.atomic
def create_staff(
    *,
    organisation: Organisation,
    email: str,
    name: str,
    language: str = "en",
    password: str | None = None,
    organisation_admin: bool = False,
) -> Staff:
    staff = Staff(
        id=new_id(),
        organisation=organisation,
        username=username_for(organisation.pk, email),
        language=language,
        organisation_admin=organisation_admin,
    )
    staff.email = email.strip()
    staff.name = name.strip()
    if password:
        staff.set_password(password)
    else:
        staff.set_unusable_password()
    staff.save()
    return staff


@transaction.atomic
def add_member(
    *,
    by: Staff | None,
    staff: Staff,
    centre: Centre,
    role: Role,
    languages: list[str],
    capacity: int = 6,
) -> Membership:
    membership, _ = Membership.objects.update_or_create(
        staff=staff,
        centre=centre,
        defaults={"role": role, "languages": languages, "capacity": capacity, "is_active": True},
    )
    record(by=by, action="member.add", object_type="staff", object_id=staff.pk, centre=centre.pk, fields=role)
    return membership


@transaction.atomic
def change_member(
    *,
    by: Staff,
    membership: Membership,
    role: Role,
    languages: list[str],
    capacity: int,
    is_active: bool,
    skills: list[str] | None = None,
) -> Membership:
    membership.role, membership.languages = role, languages
    membership.skills = membership.skills if skills is None else skills
    membership.capacity, membership.is_active = capacity, is_active
    membership.save()
    record(
        by=by,
        action="member.change",
        object_type="staff",
        object_id=membership.staff_id,
        centre=membership.centre_id,
        fields="role,languages,skills,capacity,is_active",
    )
    return membership


@transaction.atomic
def invite(
    *,
    by: Staff | None,
    organisation: Organisation,
    email: str,
    centre: Centre | None = None,
    role: Role | None = None,
    languages: list[str] | None = None,
    organisation_admin: bool = False,
) -> tuple[Invitation, str]:
    """The invitation and its secret, which is shown once and never stored."""
    token = secrets.token_urlsafe(24)
    invitation = Invitation(
        id=new_id(),
        organisation=organisation,
        centre=centre,
        role=role or "",
        organisation_admin=organisation_admin,
        languages=languages or [],
        token_hash=_hash(token),
        invited_by=by,
        expires_at=now() + timedelta(days=INVITATION_DAYS),
    )
    invitation.email = email.strip()
    invitation.save()
    record(
        by=by,
        action="staff.invite",
        object_type="invitation",
        object_id=invitation.pk,
        centre=centre.pk if centre else None,
    )
    return invitation, token


def open_invitation(token: str) -> Invitation:
    invitation = Invitation.objects.filter(token_hash=_hash(token)).first()
    if invitation is None or not invitation.is_open(now()):
        raise LinkClosed
    return invitation


@transaction.atomic
def accept_invitation(*, token: str, name: str, password: str, language: str) -> Staff:
    invitation = open_invitation(token)
    taken = Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(accepted_at=now())
    if not taken:
        raise LinkClosed
    staff = _staff_of(invitation, name, password, language)
    if invitation.organisation_admin and not staff.organisation_admin:
        staff.organisation_admin = True
        staff.save(update_fields=["organisation_admin"])
    if invitation.centre and invitation.role:
        add_member(
            by=invitation.invited_by,
            staff=staff,
            centre=invitation.centre,
            role=Role(invitation.role),
            languages=invitation.languages or invitation.centre.languages,
        )
    return staff


def invited_staff(invitation: Invitation) -> Staff | None:
    """Who is invited, if they have an account already."""
    username = username_for(invitation.organisation_id, invitation.email)
    return Staff.objects.filter(username=username).first()


def _staff_of(invitation: Invitation, name: str, password: str, language: str) -> Staff:
    """A member who is invited again keeps the account; the link does not change its password."""
    known = invited_staff(invitation)
    if known:
        return known
    return create_staff(
        organisation=invitation.organisation,
        email=invitation.email,
        name=name,
        language=language,
        password=password,
    )


@transaction.atomic
def revoke_invitation(*, by: Staff, invitation: Invitation) -> None:
    Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(revoked_at=now())
    record(
        by=by,
        action="staff.uninvite",
        object_type="invitation",
        object_id=invitation.pk,
        centre=invitation.centre_id,
    )


@transaction.atomic
def set_working(*, by: Staff, staff: Staff, is_active: bool) -> None:
    """Shuts an account, everywhere and at once, or opens it again. What the member did stays."""
    staff.is_active = is_active
    staff.save(update_fields=["is_active"])
    if not is_active:
        end_all_sessions(by=by, staff=staff)
    action = "staff.return" if is_active else "staff.leave"
    record(by=by, action=action, object_type="staff", object_id=staff.pk, centre=None)


def create_sign_in_link(*, staff: Staff) -> str:
    """The secret of a link that signs this member in once."""
    token = secrets.token_urlsafe(24)
    SignInLink.objects.create(
        staff=staff, token_hash=_hash(token), expires_at=now() + timedelta(hours=SIGN_IN_LINK_HOURS)
    )
    return token


@transaction.atomic
def let_in_again(*, by: Staff, staff: Staff) -> str:
    """For who lost the password: it is taken away, all browsers are signed out, and a one-time link is made.

    The member notices, whoever made the link: the old password no longer works.
    """
    staff.set_unusable_password()
    staff.save(update_fields=["password"])
    end_all_sessions(by=by, staff=staff)
    record(by=by, action="staff.let_in_again", object_type="staff", object_id=staff.pk, centre=None)
    return create_sign_in_link(staff=staff)


@transaction.atomic
def use_sign_in_link(token: str) -> Staff:
    """Raises LinkClosed for a link that was used or has run out: the row is claimed by one UPDATE."""
    at = now()
    claimed = SignInLink.objects.filter(
        token_hash=_hash(token), used_at=None, expires_at__gt=at, staff__is_active=True
    ).update(used_at=at)
    if not claimed:
        raise LinkClosed
    staff = SignInLink.objects.get(token_hash=_hash(token)).staff
    record(by=staff, action="staff.link_used", object_type="staff", object_id=staff.pk, centre=None)
    return staff


@transaction.atomic
def end_session(*, by: Staff, session: StaffSession) -> None:
    """The browser is signed out at its next step, wherever it is."""
    Session.objects.filter(session_key=session.session_key).delete()
    session.delete()
    record(by=by, action="session.end", object_type="staff", object_id=session.staff_id, centre=None)


@transaction.atomic
def end_all_sessions(*, by: Staff, staff: Staff, but: str = "") -> None:
    rows = StaffSession.objects.filter(staff=staff).exclude(session_key=but)
    Session.objects.filter(session_key__in=rows.values("session_key")).delete()
    rows.delete()
    record(by=by, action="session.end_all", object_type="staff", object_id=staff.pk, centre=None)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
