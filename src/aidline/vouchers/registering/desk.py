"""Registering somebody who is there: an officer types what they say, after reading to them what they agree to."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from aidline.audit.services import record
from aidline.centres.models import Staff
from aidline.kernel.clock import now
from aidline.vouchers.models import Programme, Registration, Voucher
from aidline.vouchers.registering.filling import Said, write_down
from aidline.vouchers.registering.invitations import NotOpen, revoke
from aidline.vouchers.registrations import NewPerson, make, move_one
from aidline.vouchers.states import NEXT, ProgrammeState, Status, VoucherState

WHY = "desk"


@dataclass(frozen=True, slots=True)
class AtDesk:
    """`channel_id`: where the vouchers go; empty: they are printed. `key`: of the form, which may be sent twice."""

    said: Said
    channel_id: UUID | None
    key: str


@transaction.atomic
def register(*, by: Staff, programme: Programme, person: AtDesk) -> Registration:
    """Somebody new. The same form twice is one registration."""
    if programme.state != ProgrammeState.OPEN:
        raise NotOpen
    new = NewPerson(
        name=person.said.name,
        phone=person.said.phone,
        language=person.said.language,
        key=f"desk {person.key}",
        status=Status.REGISTERED,
        channel_id=person.channel_id,
    )
    made = make(by=by, programme=programme, partner=None, rows=[new], why=WHY)
    (registration,) = Registration.objects.select_related("programme__centre").filter(pk__in=made.ids)
    if made.added:
        write_down(registration, person.said, cool_down=False)
    return registration


def may_complete(registration: Registration) -> bool:
    """On the list, and has not registered."""
    waiting = registration.status in (Status.IMPORTED, Status.INVITED, Status.STARTED, Status.DECLINED)
    return waiting and Status.REGISTERED in NEXT[Status(registration.status)]


@transaction.atomic
def complete(*, by: Staff, registration: Registration, person: AtDesk) -> Registration:
    """Somebody of a list, who could not or would not use the link. It is dead from now on.

    Another number than the list had cools down here too: an officer's word alone moves no money.
    """
    if registration.programme.state != ProgrammeState.OPEN or not may_complete(registration):
        raise NotOpen
    revoke(by=by, registration=registration)
    write_down(registration, person.said, cool_down=True)
    Registration.objects.filter(pk=registration.pk).update(channel_id=person.channel_id)
    return move_one(by=by, registration=registration, to=Status.REGISTERED, why=WHY)


@transaction.atomic
def show_receipt(*, by: Staff, registration: Registration) -> str:
    """To give it to the person; each look is recorded."""
    record(
        by=by,
        action="registration.receipt_shown",
        object_type="registration",
        object_id=registration.pk,
        centre=registration.centre_id,
        fields="receipt",
    )
    return registration.receipt


def open_vouchers(registration: Registration) -> list[UUID]:
    rows = Voucher.objects.filter(registration=registration, state=VoucherState.OPEN, valid_until__gt=now())
    return list(rows.values_list("pk", flat=True))
