"""A status taken back: the one change against the direction in which statuses go, and only right after it."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from aidline.audit.services import record
from aidline.centres.models import Staff
from aidline.kernel.clock import now
from aidline.vouchers.models import Registration, StatusChange
from aidline.vouchers.states import Status


@transaction.atomic
def put_back(*, by: Staff, registration: Registration, to: Status) -> bool:
    """After a merge that was none."""
    return bool(_put_back(by, [(registration.pk, registration.status)], to))


@transaction.atomic
def undo_bulk(*, by: Staff, bulk_id: UUID, centre_id: UUID) -> int:
    """How many stand again where they stood. Whoever has been moved since stays, and so does whoever is erased."""
    changes = StatusChange.objects.filter(bulk_id=bulk_id, centre_id=centre_id).exclude(after=Status.ERASED)
    steps: dict[str, list[tuple[UUID, str]]] = {}
    for change in changes:
        steps.setdefault(change.before, []).append((change.registration_id, change.after))
    ids = [pk for before, some in steps.items() if before for pk in _put_back(by, some, Status(before))]
    Registration.objects.filter(pk__in=ids, status=Status.REGISTERED).update(verified_by=None)
    record(
        by=by,
        action="registration.undo",
        object_type="bulk",
        object_id=bulk_id,
        centre=centre_id,
        fields=f"status:{len(ids)}",
    )
    return len(ids)


def _put_back(by: Staff, steps: Sequence[tuple[UUID, str]], to: Status) -> list[UUID]:
    at = now()
    done = []
    for pk, after in steps:
        row = Registration.objects.filter(pk=pk, status=after, merged_into=None)
        if after != to and row.update(status=to, changed_at=at):
            done.append((pk, after))
    rows = {row.pk: row for row in Registration.objects.filter(pk__in=[pk for pk, _ in done])}
    StatusChange.objects.bulk_create(
        StatusChange(
            registration=rows[pk],
            centre_id=rows[pk].centre_id,
            before=after,
            after=to,
            why="undo",
            by=by,
            at=at,
        )
        for pk, after in done
    )
    return [pk for pk, _ in done]
