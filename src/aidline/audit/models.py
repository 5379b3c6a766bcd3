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
