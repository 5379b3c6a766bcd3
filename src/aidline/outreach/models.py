"""Broadcasts, and who gets one."""

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from aidline.centres.models import Centre, Staff
from aidline.channels.models import Channel
from aidline.conversations.models import Message
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.outreach.states import NEEDS_APPROVAL, BroadcastState, RecipientState, Why
from aidline.people.models import Address, Person
from aidline.people.states import Purpose
from aidline.vault.fields import Sealed, SealedJSON


def _staff(**more: Any) -> Any:
    """Who did what to a broadcast must not fade: members leave, their rows stay."""
    return models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+", **more)


class Broadcast(models.Model):
    """One text to many people who agreed to get it. What is said and to whom is the sealed `plan`.

    `plan_hash` is what was approved; a plan that is another one is not sent.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="broadcasts")
    purpose = models.CharField(max_length=20, choices=Purpose.choices, default=Purpose.OUTREACH)
    state = models.CharField(max_length=2, choices=BroadcastState.choices, default=BroadcastState.DRAFT)
    title_sealed = models.BinaryField(editable=False)
    plan_sealed = models.BinaryField(editable=False)
    plan_hash = models.CharField(max_length=64, blank=True)
    refusal_sealed = models.BinaryField(null=True, editable=False)  # why it was sent back
    start_at = models.DateTimeField(null=True)  # empty: by hand
    next_release_at = models.DateTimeField(default=now)
    audience = models.PositiveIntegerField(default=0)  # frozen at the start
    tests = models.PositiveSmallIntegerField(default=0)

    created_by = _staff()
    created_at = models.DateTimeField(default=now)
    changed_by = _staff()
    changed_at = models.DateTimeField(default=now)
    approved_by = _staff()
    approved_at = models.DateTimeField(null=True)
    started_by = _staff()  # empty where the clock started it
    started_at = models.DateTimeField(null=True)
    stopped_by = _staff()
    stopped_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    title = Sealed("title_sealed")
    plan_json = SealedJSON("plan_sealed")
    refusal = Sealed("refusal_sealed")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="broadcast_four_eyes",
                condition=Q(approved_by=None)
                | (~Q(approved_by=F("created_by")) & ~Q(approved_by=F("changed_by"))),
            ),
            models.CheckConstraint(
                name="broadcast_approved_first",
                condition=~Q(state__in=NEEDS_APPROVAL)
                | (Q(approved_by__isnull=False) & Q(approved_at__isnull=False) & ~Q(plan_hash="")),
            ),
        ]
        indexes = [
            models.Index(fields=["centre", "-created_at"], name="broadcast_list"),
            models.Index(fields=["next_release_at"], name="broadcast_running", condition=Q(state="ru")),
            models.Index(fields=["start_at"], name="broadcast_waiting", condition=Q(state="ap")),
        ]

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    seal_key = seal_scope


class TestAllowance(models.Model):
    """How many tests a member has sent since the first of this day of theirs."""

    staff = models.OneToOneField(Staff, on_delete=models.CASCADE, primary_key=True, related_name="+")
    since = models.DateTimeField(default=now)
    used = models.PositiveSmallIntegerField(default=0)


class Recipient(models.Model):
    """One of the audience. Its message has the same id: there can be no second one, whoever releases it again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="recipients")
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    address = models.ForeignKey(Address, null=True, on_delete=models.SET_NULL, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveIntegerField()
    language = models.CharField(max_length=8, blank=True)
    state = models.CharField(max_length=1, choices=RecipientState.choices, default=RecipientState.PENDING)
    why = models.CharField(max_length=20, choices=Why.choices, blank=True)
    message = models.OneToOneField(Message, null=True, on_delete=models.SET_NULL, related_name="recipient")
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "address"], name="recipient_address"),
            models.UniqueConstraint(fields=["broadcast", "person"], name="recipient_person"),
        ]
        indexes = [
            models.Index(
                fields=["broadcast", "channel", "place"], name="recipient_pending", condition=Q(state="p")
            )
        ]
