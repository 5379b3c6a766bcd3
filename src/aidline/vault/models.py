"""Wrapped keys. These tables hold nothing readable without the root key, which is never in the database."""

from django.db import models
from django.db.models import Q, UniqueConstraint

from aidline.vault.root import Derivation


class RootKeyInfo(models.Model):
    """Which root key this database belongs to. The id is the key's fingerprint."""

    id = models.UUIDField(primary_key=True)
    salt = models.BinaryField(default=b"", editable=False)
    recipe = models.CharField(max_length=40, default="", editable=False)
    current = models.BooleanField(default=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["current"], condition=Q(current=True), name="vault_one_current_root")
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def derivation(self) -> Derivation | None:
        return Derivation.from_record(bytes(self.salt), self.recipe)


class ScopeKey(models.Model):
    """The key of a centre or of the organisation, wrapped by the root key."""

    id = models.UUIDField(primary_key=True)
    root_id = models.UUIDField(db_index=True)
    wrapped = models.BinaryField(editable=False)

    def __str__(self) -> str:
        return str(self.id)


class PersonKey(models.Model):
    """The key of one person, wrapped by the key of the centre. Once destroyed, the row stays, empty."""

    id = models.UUIDField(primary_key=True)
    scope_id = models.UUIDField(db_index=True)
    wrapped = models.BinaryField(editable=False)
    destroyed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.id)
