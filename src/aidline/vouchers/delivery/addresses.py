"""The address at which a registration is reached, made from its number where nobody has made one yet."""

from collections.abc import Sequence

from django.db import transaction

from aidline.channels.contract import Scheme
from aidline.people.arrivals import Arrival, resolve
from aidline.people.models import Address
from aidline.vouchers.models import Registration


@transaction.atomic
def find(registrations: Sequence[Registration]) -> None:
    """Where somebody wrote from this number before, it is theirs; else a person is made for it."""
    without = [row for row in registrations if row.address_id is None and row.phone_sealed is not None]
    arrivals = [
        Arrival(row.centre_id, ((Scheme.PHONE.value, row.phone),), row.language)
        for row in without
        if row.phone
    ]
    known = resolve(arrivals)
    rows = {row.pk: row for row in Address.objects.filter(pk__in=[one.id for one in known])}
    for registration, one in zip([row for row in without if row.phone], known, strict=True):
        registration.address = rows[one.id]
        registration.person_id = registration.person_id or one.person_id
        ours = Registration.objects.filter(pk=registration.pk, address=None)
        ours.update(address=one.id, person=registration.person_id)
