"""The doors to people."""

from uuid import UUID

from django.http import Http404

from aidline.centres.queries import Seat
from aidline.centres.states import Can
from aidline.people.models import Address, Likeness, Person


def access_person(seat: Seat, person_id: UUID) -> Person:
    person = Person.objects.filter(pk=person_id, centre=seat.centre).first()
    if person is None or not seat.can(Can.ANSWER):
        raise Http404
    return person


def access_address(seat: Seat, address_id: UUID) -> Address:
    address = Address.objects.filter(pk=address_id, centre_id=seat.centre.pk).select_related("person").first()
    if address is None or not seat.can(Can.ANSWER):
        raise Http404
    return address


def open_likenesses(person: Person) -> list[Likeness]:
    rows = Likeness.objects.filter(answered_at=None).select_related("person", "other")
    return list(rows.filter(person=person) | rows.filter(other=person))
