"""Who read or changed what, when and why. Names of fields, never values; rows are only ever added."""

from django.db import models

from aidline.kernel.clock import now


class Entry(models.Model):
    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=now)
    centre_id = models.UUIDField(null=True)
    actor_id = models.UUIDField(null=True)  # null: the program itself
    action = models.CharField(max_length=40)
    object_type = models.CharField(max_length=30)
    object_id = models.UUIDField(null=True)
    fields = models.CharField(max_length=200, blank=True)
    reason_sealed = models.BinaryField(null=True, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["object_id", "id"], name="audit_object"),
            models.Index(fields=["centre_id", "id"], name="audit_centre"),
        ]


class Link(models.Model):
    """The place of an entry in the chain. `digest` is keyed, and covers the entry and all that stand before it."""

    position = models.PositiveBigIntegerField(primary_key=True)  # 1, 2, 3 …
    entry = (
        models.OneToOneField(  # without a constraint and nullable, so that a missing entry shows in a join
            Entry, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="link"
        )
    )
    digest = models.BinaryField(max_length=16)
    at = models.DateTimeField(default=now)
