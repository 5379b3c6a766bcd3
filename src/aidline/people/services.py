"""What staff do with a person's file."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from aidline.audit.services import record
from aidline.centres.models import Staff
from aidline.kernel.clock import now
from aidline.people.consents import take_up_again, withdraw_all
from aidline.people.models import Address, Block, Likeness, Merge, OptOut, Person


@transaction.atomic
def unmask(*, by: Staff, address: Address, reason: str) -> str:
    """The address in clear; every look is recorded."""
    record(
        by=by,
        action="address.show",
        object_type="person",
        object_id=address.person_id,
        centre=address.centre_id,
        fields="address.value",
        reason=reason,
    )
    return address.value


@transaction.atomic
def show_name(*, by: Staff, person: Person, reason: str) -> str:
    """The name, if one is known; every look is recorded."""
    record(
        by=by,
        action="person.show",
        object_type="person",
        object_id=person.pk,
        centre=person.centre_id,
        fields="person.name",
        reason=reason,
    )
    return person.name


@transaction.atomic
def change_person(
    *, by: Staff, person: Person, name: str | None = None, language: str | None = None
) -> Person:
    changed = []
    if name is not None:
        person.name = name
        changed.append("name_sealed")
    if language is not None:
        person.language = language
        changed.append("language")
    person.save(update_fields=changed)
    record(
        by=by,
        action="person.change",
        object_type="person",
        object_id=person.pk,
        centre=person.centre_id,
        fields=",".join(changed),
    )
    return person


class CannotMerge(Exception):
    """The two files are one already, or belong to two centres."""


@transaction.atomic
def merge(*, by: Staff, kept: Person, gone: Person) -> Merge:
    """Addresses move to the kept file; messages stay sealed with the key they were sealed with.

    Conversations are moved by the caller (they are a package above), with `merge.moved` to undo it.
    """
    if kept.pk == gone.pk or kept.centre_id != gone.centre_id or gone.merged_into_id or kept.merged_into_id:
        raise CannotMerge
    moved = [str(pk) for pk in Address.objects.filter(person=gone).values_list("pk", flat=True)]
    Address.objects.filter(person=gone).update(person=kept)
    Person.objects.filter(pk=gone.pk).update(merged_into=kept)
    _answer_likeness(kept.pk, gone.pk, same=True)
    row = Merge.objects.create(
        centre_id=kept.centre_id, kept=kept, gone=gone, by=by, moved={"addresses": moved}
    )
    record(by=by, action="person.merge", object_type="person", object_id=kept.pk, centre=kept.centre_id)
    return row


@transaction.atomic
def undo_merge(*, by: Staff, merge: Merge) -> None:
    claimed = Merge.objects.filter(pk=merge.pk, undone_at=None).update(undone_at=now())
    if not claimed:
        return
    Address.objects.filter(pk__in=merge.moved.get("addresses", []), person_id=merge.kept_id).update(
        person_id=merge.gone_id
    )
    Person.objects.filter(pk=merge.gone_id).update(merged_into=None)
    record(
        by=by, action="person.unmerge", object_type="person", object_id=merge.kept_id, centre=merge.centre_id
    )


@transaction.atomic
def answer_likeness(*, by: Staff, likeness: Likeness, same: bool) -> None:
    _answer_likeness(likeness.person_id, likeness.other_id, same=same)
    record(
        by=by,
        action="person.likeness",
        object_type="person",
        object_id=likeness.person_id,
        centre=likeness.centre_id,
    )


def _answer_likeness(one: UUID, two: UUID, *, same: bool) -> None:
    pair = Q(person_id=one, other_id=two) | Q(person_id=two, other_id=one)
    Likeness.objects.filter(pair, answered_at=None).update(answered_at=now(), same=same)


@transaction.atomic
def block(*, by: Staff, person: Person, until: datetime, reason: str) -> Block:
    row = Block(person=person, centre_id=person.centre_id, until=until, by=by)
    row.reason = reason
    row.save()
    Person.objects.filter(pk=person.pk).update(blocked_until=until)
    record(by=by, action="person.block", object_type="person", object_id=person.pk, centre=person.centre_id)
    return row


@transaction.atomic
def unblock(*, by: Staff, person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(blocked_until=None)
    Block.objects.filter(person=person, ended_at=None).update(ended_at=now())
    record(by=by, action="person.unblock", object_type="person", object_id=person.pk, centre=person.centre_id)


def opt_out(*, address_id: UUID, channel_id: UUID, source: str) -> bool:
    """STOP: nothing but replies on this channel, and a no to every purpose. False when it was so already."""
    _, new = OptOut.objects.get_or_create(
        address_id=address_id, channel_id=channel_id, defaults={"source": source}
    )
    withdraw_all(address_id=address_id, source=source)
    return new


def opt_in(*, address_id: UUID, channel_id: UUID) -> bool:
    """START takes the stop away. It is no yes to news: that was not asked."""
    lifted = bool(OptOut.objects.filter(address_id=address_id, channel_id=channel_id).delete()[0])
    if lifted:
        take_up_again(address_id=address_id)
    return lifted
