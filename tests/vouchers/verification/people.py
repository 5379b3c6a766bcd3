"""People put on a list through the service that makes registrations."""

from aidline.vouchers import registrations
from aidline.vouchers.models import Programme, Registration
from aidline.vouchers.registrations import NewPerson
from aidline.vouchers.states import Status
from aidline.vouchers.verification import comparing


def listed(
    programme: Programme, *people: tuple[str, str], status: Status = Status.REGISTERED
) -> list[Registration]:
    rows = [NewPerson(name=name, phone=phone, status=status) for name, phone in people]
    made = registrations.make(by=None, programme=programme, partner=None, rows=rows, why="upload")
    found = Registration.objects.select_related("programme__centre", "centre").in_bulk(made.added)
    return [found[pk] for pk in made.added]


def compared(programme: Programme, *people: tuple[str, str], **more: Status) -> list[Registration]:
    rows = listed(programme, *people, **more)
    comparing.compare_waiting()
    return rows
