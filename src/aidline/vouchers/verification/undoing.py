"""A status taken back: the one change against the direction in which statuses go, and only right after it."""

from collections import defaultdict
from uuid import UUID

from django.db import transaction

from aidline.audit.services import record
from aidline.centres.models import Staff
from aidline.kernel.clock import now
from aidline.vouchers.models import Registration, StatusChange
from aidline.vouchers.states import Status
from aidline.vouchers.verification.comparing import bites


@transaction.atomic
def put_back(*, by: Staff, registration: Registration, to: Status) -> bool:
    """After a merge that was none."""
    after = Status(registration.status)
    return after != to and bool(_put_back(by, [registration.pk], after, to))


@transaction.atomic
def undo_bulk(*, by: Staff, bulk_id: UUID, centre_id: UUID) -> int:
    """How many stand again where they stood. Whoever has been moved since stays, and so does whoever is erased."""
    changes = StatusChange.objects.filter(bulk_id=bulk_id, centre_id=centre_id).exclude(after=Status.ERASED)
    steps: dict[tuple[str, str], list[UUID]] = defaultdict(list)
    for pk, before, after in changes.values_list("registration_id", "before", "after"):
        steps[before, after].append(pk)
    count = sum(
        len(_put_back(by, ids, Status(after), Status(before)))
        for (before, after), ids in steps.items()
        if before
    )
    record(
        by=by,
        action="registration.undo",
        object_type="bulk",
        object_id=bulk_id,
        centre=centre_id,
        fields=f"status:{count}",
    )
    return count


def _put_back(by: Staff, ids: list[UUID], after: Status, to: Status) -> list[UUID]:
    """Who still stands where the act had put them."""
    done: list[UUID] = []
    for some in bites(ids):
        rows = Registration.objects.filter(pk__in=some, status=after, merged_into=None)
        mine = list(rows.select_for_update())
        signed = {"verified_by": None} if after is Status.VERIFIED else {}
        Registration.objects.filter(pk__in=[row.pk for row in mine]).update(
            status=to, changed_at=now(), **signed
        )
        StatusChange.objects.bulk_create(_told(row, by, to) for row in mine)
        done += [row.pk for row in mine]
    return done


def _told(row: Registration, by: Staff, to: Status) -> StatusChange:
    return StatusChange(
        registration=row, centre_id=row.centre_id, before=row.status, after=to, why="undo", by=by
    )
