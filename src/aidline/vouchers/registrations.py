"""The one place that makes registrations, moves their status and erases them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from aidline import vault
from aidline.audit.services import record
from aidline.centres.models import Centre, Staff
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.kernel.rows import insert
from aidline.vouchers import indexes
from aidline.vouchers.models import NameKey, Partner, PartnerPlace, Programme, Registration, StatusChange
from aidline.vouchers.receipt_codes import new_receipt
from aidline.vouchers.states import NEXT, ProgrammeState, Status

AT_ONCE = 500  # looked up or moved by one statement


class Closed(Exception):
    """The programme takes nobody in any more."""


class NotAllowed(Exception):
    """This status does not follow the one the registration has."""


class Overtaken(Exception):
    """Somebody else moved one of these at the same moment. Nothing was changed; look again."""


@dataclass(frozen=True, slots=True)
class NewPerson:
    """`phone` in E.164 or empty. The same `key` is the same registration: a row of a list, a submission of a form."""

    name: str
    phone: str = ""
    language: str = ""
    household: int = 1
    answers: dict[str, Any] | None = None
    key: str = ""
    status: Status = Status.IMPORTED
    channel_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """For each row in order the registration it is, or None where the partner may add no more people."""

    ids: tuple[UUID | None, ...]
    added: tuple[UUID, ...]
    known: int
    beyond: int  # rows that the partner's quota left out

    @property
    def id(self) -> UUID | None:
        """Of the first row."""
        return self.ids[0] if self.ids else None


# --- making ----------------------------------------------------------------------------------------------


@transaction.atomic
def make(
    *, by: Staff | None, programme: Programme, partner: Partner | None, rows: Sequence[NewPerson], why: str
) -> Made:
    """Two that make the same key at once meet at a constraint: the later one raises IntegrityError, and finds the
    row when it tries again. A list of any size goes in as several calls."""
    batch = _Batch(programme, partner, by, why, now())
    places = [batch.place(row) for row in rows]
    batch.known = _known(programme, [index for index in places if index])
    fresh = batch.fresh(rows, places)
    added = _write(batch, fresh[: _room(programme, partner, len(fresh))]) if fresh else []
    return batch.told(places, added)


@dataclass(slots=True)
class _Batch:
    programme: Programme
    partner: Partner | None
    by: Staff | None
    why: str
    at: datetime
    known: dict[bytes, UUID] = field(default_factory=dict)
    ids: dict[int, UUID] = field(default_factory=dict)  # of fresh rows, by place in the list

    def place(self, row: NewPerson) -> bytes | None:
        return indexes.row_index(self.programme.pk, self.programme.centre_id, row.key)

    def fresh(
        self, rows: Sequence[NewPerson], places: Sequence[bytes | None]
    ) -> list[tuple[int, NewPerson, bytes | None]]:
        """Rows that are neither registered nor further up in the same list."""
        seen = set(self.known)
        found = []
        for at, (row, index) in enumerate(zip(rows, places, strict=True)):
            if index is None or index not in seen:
                found.append((at, row, index))
                seen.update({index} if index else ())
        return found

    def told(self, places: Sequence[bytes | None], added: list[Registration]) -> Made:
        self.known |= {bytes(row.row_index): row.pk for row in added if row.row_index}
        ids = tuple(
            self.ids.get(at) or (self.known.get(index) if index else None) for at, index in enumerate(places)
        )
        beyond = sum(one is None for one in ids)
        known = len(ids) - len(added) - beyond
        return Made(ids, tuple(row.pk for row in added), known, beyond)


def _known(programme: Programme, wanted: Sequence[bytes]) -> dict[bytes, UUID]:
    found: dict[bytes, UUID] = {}
    for start in range(0, len(wanted), AT_ONCE):
        rows = Registration.objects.filter(programme=programme, row_index__in=wanted[start : start + AT_ONCE])
        found |= {bytes(index or b""): pk for index, pk in rows.values_list("row_index", "pk")}
    return found


def _room(programme: Programme, partner: Partner | None, wanted: int) -> int:
    """Takes the numbers for this many. The programme's row, once written, makes others wait, so that two lists of
    one partner cannot both fill the last places."""
    open_one = Programme.objects.filter(pk=programme.pk).exclude(state=ProgrammeState.CLOSED)
    if not open_one.update(numbers=F("numbers") + wanted):
        raise Closed
    if partner is None:
        return wanted
    place = PartnerPlace.objects.filter(partner=partner, programme=programme).first()
    if place is None:
        return 0
    if not place.quota:
        return wanted
    used = Registration.objects.filter(programme=programme, partner=partner).count()
    return max(0, min(wanted, place.quota - used))


_COLUMNS = tuple(field.attname for field in Registration._meta.concrete_fields)
_CHANGE_COLUMNS = ("id", "registration_id", "centre_id", "before", "after", "why", "bulk_id", "by_id", "at")


def _write(batch: _Batch, fresh: list[tuple[int, NewPerson, bytes | None]]) -> list[Registration]:
    if not fresh:
        return []
    programme = batch.programme
    centre = programme.centre
    last = Programme.objects.values_list("numbers", flat=True).get(pk=programme.pk)
    receipts = _receipts(centre, len(fresh))
    batch.ids = {at: new_id() for at, _, _ in fresh}
    vault.new_person_keys([(pk, centre.pk) for pk in batch.ids.values()])
    made = [
        _sealed(batch, batch.ids[at], row, index, number, receipt)
        for (at, row, index), number, receipt in zip(
            fresh, range(last - len(fresh) + 1, last + 1), receipts, strict=True
        )
    ]
    insert(Registration, _COLUMNS, [[getattr(row, name) for name in _COLUMNS] for row in made])
    _remember(made, before={}, by=batch.by, why=batch.why, at=batch.at)
    _audit_made(batch, made)
    return made


def _sealed(
    batch: _Batch, pk: UUID, new: NewPerson, index: bytes | None, number: int, receipt: str
) -> Registration:
    programme = batch.programme
    organisation = programme.centre.organisation_id
    row = Registration(
        id=pk,
        centre_id=programme.centre_id,
        programme_id=programme.pk,
        partner=batch.partner,
        channel_id=new.channel_id,
        number=number,
        status=new.status,
        language=new.language,
        household=max(1, new.household),
        phone_index=indexes.phone_index(programme.centre_id, new.phone),
        name_index=indexes.name_index(programme.centre_id, new.name),
        elsewhere_index=indexes.elsewhere_index(organisation, phone=new.phone, name=new.name),
        receipt_index=indexes.receipt_index(organisation, receipt),
        row_index=index,
        created_by=batch.by,
        created_at=batch.at,
        changed_at=batch.at,
    )
    row.name, row.phone, row.answers, row.receipt = new.name, new.phone, new.answers or None, receipt
    return row


def _receipts(centre: Centre, count: int) -> list[str]:
    """Codes that nobody has: of a trillion, but a list of a hundred thousand asks often."""
    found: dict[bytes, str] = {}
    while len(found) < count:
        drawn = (new_receipt() for _ in range(min(AT_ONCE, count - len(found))))
        fresh = {indexes.receipt_index(centre.organisation_id, code): code for code in drawn}
        taken = Registration.objects.filter(receipt_index__in=list(fresh)).values_list(
            "receipt_index", flat=True
        )
        for index in taken:
            fresh.pop(bytes(index or b""), None)
        found |= fresh
    return list(found.values())


def _audit_made(batch: _Batch, made: Sequence[Registration]) -> None:
    one = made[0] if len(made) == 1 else None
    record(
        by=batch.by,
        action="registration.add",
        object_type="registration" if one else "programme",
        object_id=one.pk if one else batch.programme.pk,
        centre=batch.programme.centre_id,
        fields=f"{batch.why}:{len(made)}",
    )


# --- moving ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moved:
    ids: tuple[UUID, ...]
    not_allowed: tuple[UUID, ...]  # the new status does not follow the one they have


@transaction.atomic
def move(
    *,
    by: Staff | None,
    registrations: Iterable[Registration | UUID],
    to: Status,
    why: str,
    reason: str = "",
    bulk_id: UUID | None = None,
) -> Moved:
    """Whoever may not be moved stays as they are and is named. Statuses are read anew, whatever the objects say."""
    rows = _current(registrations)
    may = [row for row in rows if to in NEXT[Status(row.status)]]
    at = now()
    for before in sorted({row.status for row in may}):
        _change([row.pk for row in may if row.status == before], Status(before), to, at)
    before_of = {row.pk: row.status for row in may}
    for row in may:
        row.status = to
    _remember(may, before=before_of, by=by, why=why, at=at, reason=reason, bulk_id=bulk_id)
    _audit_moved(may, by=by, to=to, reason=reason)
    moved = set(before_of)
    return Moved(tuple(before_of), tuple(row.pk for row in rows if row.pk not in moved))


def move_one(
    *, by: Staff | None, registration: Registration, to: Status, why: str, reason: str = ""
) -> Registration:
    """Raises `NotAllowed`; the object given has the new status afterwards."""
    if not move(by=by, registrations=[registration], to=to, why=why, reason=reason).ids:
        raise NotAllowed
    registration.refresh_from_db(fields=["status", "changed_at"])
    return registration


def _current(registrations: Iterable[Registration | UUID]) -> list[Registration]:
    """Taken in one order, so that two bulk acts wait for each other and do not lock each other out."""
    wanted = sorted({row if isinstance(row, UUID) else row.pk for row in registrations})
    found: list[Registration] = []
    for start in range(0, len(wanted), AT_ONCE):
        rows = Registration.objects.select_for_update().filter(pk__in=wanted[start : start + AT_ONCE])
        found += rows.only("pk", "centre_id", "programme_id", "status").order_by("pk")
    return found


def _change(ids: list[UUID], before: Status, to: Status, at: datetime) -> None:
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        rows = Registration.objects.filter(pk__in=some, status=before)
        if rows.update(status=to, changed_at=at) != len(some):
            raise Overtaken


def _remember(
    rows: Sequence[Registration],
    *,
    before: dict[UUID, str],
    by: Staff | None,
    why: str,
    at: datetime,
    reason: str = "",
    bulk_id: UUID | None = None,
) -> None:
    changes = [
        StatusChange(
            registration=row,
            centre_id=row.centre_id,
            before=before.get(row.pk, ""),
            after=row.status,
            why=why,
            bulk_id=bulk_id,
            by=by,
            at=at,
        )
        for row in rows
    ]
    columns: tuple[str, ...] = _CHANGE_COLUMNS
    if reason:
        vault.prefetch_person_keys(row.pk for row in rows)
        columns = (*columns, "reason_sealed")
        for change in changes:
            change.reason = reason
    insert(StatusChange, columns, [[getattr(change, name) for name in columns] for change in changes])


def _audit_moved(rows: Sequence[Registration], *, by: Staff | None, to: Status, reason: str) -> None:
    if not rows:
        return
    one = rows[0] if len(rows) == 1 else None
    record(
        by=by,
        action="registration.move",
        object_type="registration" if one else "programme",
        object_id=one.pk if one else rows[0].programme_id,
        centre=rows[0].centre_id,
        fields=f"status:{to.value}:{len(rows)}",
        reason=reason,
    )


# --- erasing ---------------------------------------------------------------------------------------------

_GONE: dict[str, Any] = {
    **dict.fromkeys(("name_sealed", "phone_sealed", "answers_sealed", "receipt_sealed"), None),
    **dict.fromkeys(("phone_index", "name_index", "elsewhere_index", "receipt_index", "row_index"), None),
    "person": None,
    "address": None,
    "channel_id": None,
}


@transaction.atomic
def erase(
    *, by: Staff | None, registrations: Iterable[Registration | UUID], why: str, bulk_id: UUID | None = None
) -> Moved:
    """For good: what was sealed for them is beyond anybody's reading. Numbers, statuses and the books stay. No reason
    is kept, as it would be sealed with the key that is destroyed."""
    moved = move(by=by, registrations=registrations, to=Status.ERASED, why=why, bulk_id=bulk_id)
    for start in range(0, len(moved.ids), AT_ONCE):
        some = moved.ids[start : start + AT_ONCE]
        Registration.objects.filter(pk__in=some).update(**_GONE, erased_at=now())
        NameKey.objects.filter(registration__in=some).delete()
    for pk in moved.ids:
        vault.destroy_person_key(pk)
    return moved
