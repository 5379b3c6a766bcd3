"""Prepared words: canned replies in every language of a centre."""

from uuid import UUID

from django.db import models

from aidline.centres.models import Centre, Staff
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.vault.fields import Sealed


class CannedReply(models.Model):
    """A reply agents insert with "/" and its code."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="canned_replies")
    code = models.SlugField(max_length=40)
    changed_by = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL)
    changed_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["centre", "code"], name="canned_code")]
        ordering = ["code"]


class CannedText(models.Model):
    """The words of a canned reply in one language. Variables: {alias} {agent} {centre} {date}."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reply = models.ForeignKey(CannedReply, on_delete=models.CASCADE, related_name="texts")
    centre_id = models.UUIDField()
    language = models.CharField(max_length=8)
    text_sealed = models.BinaryField(editable=False)

    text = Sealed("text_sealed")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reply", "language"], name="canned_language")]

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    seal_key = seal_scope
