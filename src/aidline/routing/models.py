"""Who is there, and who has taken what."""

from django.db import models
from django.db.models import Q

from aidline.centres.models import Membership
from aidline.conversations.models import Conversation
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.routing.states import How, PresenceState


class Presence(models.Model):
    """Whether a member takes conversations now. `seen_at` is the last sign of an open desk."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    membership = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="presence")
    state = models.CharField(max_length=10, choices=PresenceState.choices, default=PresenceState.OFFLINE)
    seen_at = models.DateTimeField(default=now)
    phone_at = models.DateTimeField(null=True)  # the last sign of an open telephone; null once it was closed
    idle_since = models.DateTimeField(default=now)  # since the last assignment was given or ended


class Assignment(models.Model):
    """One conversation in the hands of one member, from when to when."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="assignments")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="assignments")
    how = models.CharField(max_length=10, choices=How.choices)
    since = models.DateTimeField(default=now)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(until__isnull=True), name="one_assignment"
            )
        ]
        indexes = [
            models.Index(fields=["membership"], name="assignment_open", condition=Q(until__isnull=True))
        ]
