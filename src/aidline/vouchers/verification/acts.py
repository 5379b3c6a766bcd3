"""What officers do with registrations, one or many: first seen, then done, then undone if it was wrong."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from aidline.audit.services import record
from aidline.centres.models import Staff
from aidline.kernel.ids import new_id
from aidline.vouchers import registrations
from aidline.vouchers.models import Programme, Registration
from aidline.vouchers.retention import has_money
from aidline.vouchers.states import NEXT, Status
from aidline.vouchers.verification.comparing import bites
from aidline.vouchers.verification.queries import open_pair


class Act(StrEnum):
    VERIFY = "verify"
    INCLUDE = "include"
    PAUSE = "pause"
    END = "end"
    DECLINE = "decline"
    ERASE = "erase"


TO = {
    Act.VERIFY: Status.VERIFIED,
    Act.INCLUDE: Status.INCLUDED,
    Act.PAUSE: Status.PAUSED,
    Act.END: Status.ENDED,
    Act.DECLINE: Status.DECLINED,
    Act.ERASE: Status.ERASED,
}
NO_WAY_BACK = frozenset({Act.ERASE})
WITH_REASON = frozenset({Act.PAUSE, Act.END, Act.DECLINE})

NOT_NOW, OPEN_PAIR, OWN_CHECK, UNCOMPARED, MONEY = "status", "pair", "own", "uncompared", "money"
REASONS = {
    NOT_NOW: _("Their status does not allow it"),
    OPEN_PAIR: _("They may be on the list twice: decide that first"),
    OWN_CHECK: _("You made the first check; somebody else makes the second"),
    MONEY: _("A voucher of theirs still has money on it, or a payment is under way"),
    UNCOMPARED: _("They have not been compared with others yet: wait a minute"),
}


@dataclass(frozen=True, slots=True)
class Outlook:
    """What an act would do. `first`: checked for the first time, where the programme asks for two."""

    able: tuple[UUID, ...] = ()
    first: tuple[UUID, ...] = ()
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        return len(self.able) + len(self.first)


@dataclass(frozen=True, slots=True)
class Done:
    bulk_id: UUID
    moved: int
    first: int
    left_out: Counter[str]


def outlook(*, by: Staff, act: Act, programme: Programme, rows: QuerySet[Registration]) -> Outlook:
    able, first, left_out = [], [], Counter[str]()
    if act is Act.ERASE:
        rows, left_out = _without_money(rows.filter(programme=programme))
    slim = rows.filter(programme=programme).annotate(open_pair=open_pair()).order_by("pk")
    columns: Any = slim.values_list("pk", "status", "first_verified_by", "open_pair", "compared_at")
    barred = _barred(act, rows.filter(programme=programme))
    for pk, status, checked_by, pair, compared in columns.iterator():
        why = NOT_NOW if pk in barred else None
        why = why or _hindrance(act, Status(status), pair=pair, compared=compared is not None)
        two = act is Act.VERIFY and programme.four_eyes
        if why is None and two and checked_by == by.pk:
            why = OWN_CHECK
        if why:
            left_out[why] += 1
        elif two and checked_by is None:
            first.append(pk)
        else:
            able.append(pk)
    return Outlook(tuple(able), tuple(first), left_out)


def _without_money(rows: QuerySet[Registration]) -> tuple[QuerySet[Registration], Counter[str]]:
    held = rows.filter(has_money()).count()
    return rows.exclude(has_money()), Counter({MONEY: held} if held else {})


def _barred(act: Act, rows: QuerySet[Registration]) -> frozenset[UUID]:
    """Who left comes back only if they were verified before, else leaving would be a way around the check; and nobody
    who goes on under another number, or one person would be paid as two."""
    if act is not Act.INCLUDE:
        return frozenset()
    left = rows.filter(status__in=(Status.ENDED, Status.DECLINED))
    return frozenset(left.exclude(verified_by__isnull=False, merged_into=None).values_list("pk", flat=True))


def _hindrance(act: Act, status: Status, *, pair: bool, compared: bool) -> str | None:
    if TO[act] not in NEXT[status]:
        return NOT_NOW
    if act in (Act.VERIFY, Act.INCLUDE) and status is not Status.PAUSED:
        if pair:
            return OPEN_PAIR
        if not compared:
            return UNCOMPARED
    return None


@transaction.atomic
def do(*, by: Staff, act: Act, programme: Programme, rows: QuerySet[Registration], reason: str = "") -> Done:
    """Looked at anew: what has changed since the preview counts."""
    seen, bulk_id = outlook(by=by, act=act, programme=programme, rows=rows), new_id()
    if act is Act.ERASE:
        moved: Sequence[UUID] = registrations.erase(
            by=by, registrations=seen.able, why="desk", bulk_id=bulk_id
        ).ids
    else:
        moved = registrations.move(
            by=by, registrations=seen.able, to=TO[act], why="desk", reason=reason, bulk_id=bulk_id
        ).ids
    if act is Act.VERIFY:
        _sign(by, programme, moved, seen.first)
    return Done(bulk_id, len(moved), len(seen.first), seen.left_out)


def do_one(*, by: Staff, act: Act, registration: Registration, reason: str = "") -> Done:
    rows = Registration.objects.filter(pk=registration.pk)
    return do(by=by, act=act, programme=registration.programme, rows=rows, reason=reason)


def _sign(by: Staff, programme: Programme, verified: Iterable[UUID], first: Iterable[UUID]) -> None:
    for some in bites(verified):
        Registration.objects.filter(pk__in=some).update(verified_by=by)
    count = 0
    for some in bites(first):
        count += Registration.objects.filter(pk__in=some, first_verified_by=None).update(first_verified_by=by)
    if count:
        record(
            by=by,
            action="registration.first_check",
            object_type="programme",
            object_id=programme.pk,
            centre=programme.centre_id,
            fields=f"first_verified_by:{count}",
        )


@transaction.atomic
def show(*, by: Staff, rows: Sequence[Registration], why: str = "") -> None:
    """Names and numbers are looked at; every look is recorded."""
    for row in rows:
        record(
            by=by,
            action="registration.show",
            object_type="registration",
            object_id=row.pk,
            centre=row.centre_id,
            fields="registration.name,registration.phone,registration.answers",
            reason=why,
        )
