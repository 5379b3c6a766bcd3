"""What a human says of a pair: one person, or two; and takes back again."""

from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from aidline import vault
from aidline.audit.services import record
from aidline.centres.models import Staff
from aidline.kernel.clock import now
from aidline.vouchers.models import Invite, Pair, Programme, Registration
from aidline.vouchers.registrations import move
from aidline.vouchers.states import NEXT, Status
from aidline.vouchers.verification.judging import PHONE_ONLY
from aidline.vouchers.verification.undoing import put_back

SAME, OTHER = "s", "n"
_PHONE = ("phone_sealed", "phone_index", "elsewhere_index", "number_changed_at")


class AlreadyDecided(Exception):
    """Somebody else was quicker, or this one is merged already."""


class CannotMerge(Exception):
    """They are of two programmes, or one of them is erased."""


@transaction.atomic
def tell_apart(*, by: Staff, pair: Pair) -> None:
    """Two people. It is remembered, whatever list brings them together again."""
    _decide(pair, OTHER, by)
    _audit(by, pair, "pair.other")


def families(programme: Programme) -> QuerySet[Pair]:
    """Open pairs of which nothing is alike but the telephone."""
    both = Pair.objects.filter(first__programme=programme, second__programme=programme, decided="")
    return both.filter(score=PHONE_ONLY)


@transaction.atomic
def leave_families(*, by: Staff, programme: Programme) -> int:
    """Many families have one phone: all of these are two people, said at once."""
    count = families(programme).update(decided=OTHER, decided_by=by, decided_at=now())
    record(
        by=by,
        action="pair.families",
        object_type="programme",
        object_id=programme.pk,
        centre=programme.centre_id,
        fields=f"pairs:{count}",
    )
    return count


@transaction.atomic
def merge(*, by: Staff, pair: Pair, keep: Registration) -> Registration:
    """One person: `keep` goes on, the other ends and points to it. Its vouchers stay its own, so that the books do.

    What `keep` lacks it gets: a number, an account on a channel. What the two were paid counts together.
    """
    gone = pair.second if keep.pk == pair.first_id else pair.first
    _check(keep, gone)
    _decide(pair, SAME, by)
    vault.prefetch_person_keys([keep.pk, gone.pk])
    pair.moved = {
        "kept": str(keep.pk),
        "gone": str(gone.pk),
        "status": gone.status,
        "payments": gone.payments_made,
        "before": _given(keep, gone),
    }
    won = Registration.objects.filter(pk=gone.pk, merged_into=None).update(merged_into=keep)
    if not won:
        raise AlreadyDecided
    if Status.ENDED in NEXT[Status(gone.status)]:
        move(by=by, registrations=[gone], to=Status.ENDED, why="duplicate")
    Registration.objects.filter(pk=keep.pk).update(payments_made=F("payments_made") + gone.payments_made)
    Invite.objects.filter(registration=gone, used_at=None, revoked_at=None).update(revoked_at=now())
    pair.save(update_fields=["moved"])
    _audit(by, pair, "pair.merge")
    return keep


@transaction.atomic
def undo(*, by: Staff, pair: Pair) -> None:
    """The pair is open again. What was merged stands apart as before, but for invitations: those were withdrawn."""
    before = pair.decided
    won = Pair.objects.filter(pk=pair.pk, decided=before).exclude(decided="")
    moved = pair.moved
    if not won.update(decided="", decided_by=None, decided_at=None, moved={}):
        raise AlreadyDecided
    if before == SAME:
        _take_apart(by, moved)
    pair.refresh_from_db()
    _audit(by, pair, "pair.undo")


def _check(keep: Registration, gone: Registration) -> None:
    if keep.pk == gone.pk or keep.programme_id != gone.programme_id:
        raise CannotMerge
    if keep.merged_into_id or gone.merged_into_id or keep.erased_at or gone.erased_at:
        raise CannotMerge


def _decide(pair: Pair, what: str, by: Staff) -> None:
    open_one = Pair.objects.filter(pk=pair.pk, decided="")
    if not open_one.update(decided=what, decided_by=by, decided_at=now()):
        raise AlreadyDecided
    pair.refresh_from_db(fields=["decided", "decided_by", "decided_at"])


def _given(keep: Registration, gone: Registration) -> list[str]:
    """Names of what `keep` had not, and has now."""
    given: list[str] = []
    if not keep.phone_index and gone.phone_index:
        keep.phone, keep.phone_index, keep.elsewhere_index = (
            gone.phone,
            gone.phone_index,
            gone.elsewhere_index,
        )
        keep.number_changed_at = now()
        given += _PHONE
    if not keep.person_id and gone.person_id:
        keep.person_id, keep.address_id, keep.channel_id = gone.person_id, gone.address_id, gone.channel_id
        given += ["person", "address", "channel_id"]
    if given:
        keep.save(update_fields=given)
    return given


def _take_apart(by: Staff, moved: dict[str, Any]) -> None:
    keep = Registration.objects.get(pk=moved["kept"])
    gone = Registration.objects.get(pk=moved["gone"])
    Registration.objects.filter(pk=gone.pk).update(merged_into=None)
    put_back(by=by, registration=gone, to=Status(moved["status"]))
    paid = max(0, keep.payments_made - int(moved["payments"]))
    cleared: dict[str, Any] = dict.fromkeys(_still_lent(keep, gone, moved["before"]), None)
    Registration.objects.filter(pk=keep.pk).update(payments_made=paid, compared_at=None, **cleared)


def _still_lent(keep: Registration, gone: Registration, given: list[str]) -> list[str]:
    """What was changed since is its own, and stays."""
    phone = keep.phone_index and gone.phone_index and bytes(keep.phone_index) == bytes(gone.phone_index)
    person = keep.person_id == gone.person_id
    return [name for name in given if (phone if name in _PHONE else person)]


def _audit(by: Staff, pair: Pair, action: str) -> None:
    record(
        by=by,
        action=action,
        object_type="pair",
        object_id=pair.pk,
        centre=pair.centre_id,
        fields=f"{pair.first_id},{pair.second_id}",
    )
