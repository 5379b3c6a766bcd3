"""Inviting people to register: links are made here, messages are written by `gateway.vouchers.inviting`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from aidline import vault
from aidline.audit.services import record
from aidline.centres.models import Staff
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.kernel.rows import insert
from aidline.vouchers.models import Invite, Programme, Registration
from aidline.vouchers.registering import links
from aidline.vouchers.states import ProgrammeState, Status

AT_ONCE = 500
# Whoever has not handed in the form may be asked to.
WAITING = (Status.IMPORTED, Status.INVITED, Status.STARTED)
_COLUMNS = (
    *("id", "registration_id", "token_hash", "token_sealed", "expires_at", "channel_id", "next_at"),
    *("fault", "reminders", "by_id", "created_at"),
)


class NotOpen(Exception):
    """The programme takes nobody in now."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How far the invitations of a programme have come."""

    not_invited: int  # could be
    without_phone: int  # of these
    waiting: int  # to be sent
    sent: int  # and not answered
    opened: int
    registered: int
    expired: int
    faulty: int


def open_invites() -> QuerySet[Invite]:
    return Invite.objects.filter(used_at=None, revoked_at=None, expires_at__gt=now())


def uninvited(programme: Programme) -> QuerySet[Registration]:
    """Who waits for an invitation: on the list, or whose link has run out unused."""
    asked = open_invites().filter(registration__programme=programme).values("registration")
    rows = Registration.objects.filter(programme=programme, status__in=WAITING)
    return rows.exclude(pk__in=asked)


def counts(programme: Programme) -> Counts:
    """One look at the registrations, one at the invitations."""
    left = uninvited(programme).aggregate(all=Count("pk"), none=Count("pk", filter=Q(phone_sealed=None)))
    at = now()
    is_open = Q(used_at=None, revoked_at=None, expires_at__gt=at)
    rows = Invite.objects.filter(registration__programme=programme).aggregate(
        waiting=Count("pk", filter=is_open & Q(message_id=None, fault="", channel_id__isnull=False)),
        sent=Count("pk", filter=is_open & Q(message_id__isnull=False, opened_at=None)),
        opened=Count("pk", filter=is_open & Q(opened_at__isnull=False)),
        registered=Count("pk", filter=Q(used_at__isnull=False)),
        expired=Count("pk", filter=Q(used_at=None, revoked_at=None, expires_at__lte=at)),
        faulty=Count("pk", filter=is_open & ~Q(fault="")),
    )
    return Counts(not_invited=left["all"], without_phone=left["none"], **rows)


def invite(
    *,
    by: Staff | None,
    programme: Programme,
    registrations: Iterable[UUID] | None = None,
    channel_id: UUID | None,
) -> int:
    """How many are invited now; without a list everybody who waits for it. Who has an open link keeps that one.

    The worker sends them by this channel, at its pace. Without one nothing is sent: `link_for` gives it by hand.
    """
    if programme.state != ProgrammeState.OPEN:
        raise NotOpen
    rows = uninvited(programme).filter(phone_sealed__isnull=False)
    if registrations is not None:
        rows = rows.filter(pk__in=list(registrations))
    ids = list(rows.order_by("number").values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        _invite(by, programme, ids[start : start + AT_ONCE], channel_id)
    return len(ids)


def link_for(*, by: Staff | None, registration: Registration) -> str:
    """A fresh link that is given by hand: shown on a screen, printed. An older one of theirs is dead from now on."""
    programme = registration.programme
    if programme.state != ProgrammeState.OPEN or registration.status not in WAITING:
        raise NotOpen
    with transaction.atomic():
        revoke(by=by, registration=registration)
        (token,) = _invite(by, programme, [registration.pk], None)
    return links.url(token)


@transaction.atomic
def revoke(*, by: Staff | None, registration: Registration) -> bool:
    """Their links open nothing any more; False when there was none."""
    rows = open_invites().filter(registration=registration)
    gone = rows.update(revoked_at=now(), token_sealed=None, draft_sealed=None, next_at=None)
    if gone:
        _record(by, registration.programme, "invitation.revoke", registration.pk)
    return bool(gone)


def expire() -> int:
    """What nobody can use any more holds no secret and no half-filled form."""
    old = Invite.objects.filter(expires_at__lte=now(), token_sealed__isnull=False)
    return old.update(token_sealed=None, draft_sealed=None, next_at=None)


def opened(invite: Invite) -> None:
    Invite.objects.filter(pk=invite.pk, opened_at=None).update(opened_at=now())


def next_reminder(invite: Invite, programme: Programme) -> timedelta | None:
    """How long after the message that goes out now the next one does; None when it is the last."""
    reminded = invite.reminders + (invite.message_id is not None)
    if reminded >= programme.reminders:
        return None
    return timedelta(hours=max(1, programme.reminder_hours))


@transaction.atomic
def _invite(
    by: Staff | None, programme: Programme, ids: Sequence[UUID], channel_id: UUID | None
) -> list[str]:
    at = now()
    Programme.objects.filter(pk=programme.pk).update(
        numbers=F("numbers")
    )  # two who invite at once take turns
    busy = set(open_invites().filter(registration__in=ids).values_list("registration", flat=True))
    wanted = [pk for pk in ids if pk not in busy]
    vault.prefetch_person_keys(set(wanted))
    tokens = [links.new_token() for _ in wanted]
    expires_at = at + timedelta(days=max(1, programme.invitation_days))
    rows = [
        (
            *_secret(new_id(), pk, programme.centre_id, token),
            *(expires_at, channel_id, at if channel_id else None, "", 0, by.pk if by else None, at),
        )
        for pk, token in zip(wanted, tokens, strict=True)
    ]
    insert(Invite, _COLUMNS, rows)
    if wanted:
        only = wanted[0] if len(wanted) == 1 else None
        _record(by, programme, "invitation.make", only, f"invitations:{len(wanted)}")
    return tokens


def _secret(pk: UUID, registration: UUID, centre: UUID, token: str) -> tuple[object, ...]:
    table = Invite._meta.db_table
    sealed = vault.seal(token, key=registration, scope=centre, table=table, column="token_sealed", row=pk)
    return pk, registration, links.hash_of(token), sealed


def _record(
    by: Staff | None, programme: Programme, action: str, registration: UUID | None, fields: str = ""
) -> None:
    record(
        by=by,
        action=action,
        object_type="registration" if registration else "programme",
        object_id=registration or programme.pk,
        centre=programme.centre_id,
        fields=fields,
    )
