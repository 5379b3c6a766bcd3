"""Another number: nothing is paid to it before the programme's cool-down is over."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from aidline.audit.services import record
from aidline.centres.models import Staff
from aidline.channels.contract import Scheme
from aidline.kernel import phones
from aidline.kernel.clock import now
from aidline.vouchers import indexes
from aidline.vouchers.models import Invite, Programme, Registration


class NotANumber(Exception):
    """No phone has this."""


class SameNumber(Exception):
    """It is the one we have."""


@transaction.atomic
def change_number(
    *, by: Staff | None, registration: Registration, phone: str, region: str = ""
) -> Registration:
    """The old one is no longer written to at once, and open links sent to it are dead."""
    number = phones.normalise(phone, region)
    if number is None:
        raise NotANumber
    index = indexes.phone_index(registration.centre_id, number)
    if index == (bytes(registration.phone_index) if registration.phone_index else None):
        raise SameNumber
    _write(registration, number, index)
    Invite.objects.filter(registration=registration, used_at=None, revoked_at=None).update(revoked_at=now())
    record(
        by=by,
        action="registration.number",
        object_type="registration",
        object_id=registration.pk,
        centre=registration.centre_id,
        fields="registration.phone",
    )
    return registration


def _write(registration: Registration, number: str, index: bytes | None) -> None:
    organisation = registration.centre.organisation_id
    registration.phone, registration.phone_index = number, index
    registration.elsewhere_index = indexes.elsewhere_index(organisation, phone=number, name="")
    if registration.address and registration.address.scheme != Scheme.PHONE:
        registration.channel_id = None  # a chat of the old one; a number is reached by the same channel again
    registration.address = None
    registration.number_changed_at, registration.compared_at = now(), None
    registration.save(
        update_fields=[
            *("phone_sealed", "phone_index", "elsewhere_index", "address", "channel_id"),
            *("number_changed_at", "compared_at"),
        ]
    )


def held_until(registration: Registration) -> datetime | None:
    """When money may flow again; None if it may now."""
    changed = registration.number_changed_at
    until = changed and changed + timedelta(hours=registration.programme.cooldown_hours)
    return until if until and until > now() else None


def cooling_down(programme: Programme) -> Q:
    """For a list of its registrations: those that wait because of their number."""
    return Q(number_changed_at__gt=now() - timedelta(hours=programme.cooldown_hours))
