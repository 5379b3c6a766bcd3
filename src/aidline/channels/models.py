"""Accounts at providers, and every call that came from them, kept before it is understood."""

from typing import Any
from uuid import UUID

from django.db import models

from aidline.centres.models import Centre
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.vault.fields import Sealed, SealedJSON


class Channel(models.Model):
    """One account at a provider, owned by a centre."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="channels")
    provider = models.CharField(max_length=30)
    name = models.CharField(max_length=80)
    config_sealed = models.BinaryField(null=True, editable=False)
    is_open = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now)

    # Health, written by the pipeline only
    last_in_at = models.DateTimeField(null=True)
    last_out_at = models.DateTimeField(null=True)
    last_refused_at = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=40, blank=True)
    error_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # in a row; the breaker opens on them
    open_until = models.DateTimeField(null=True)  # breaker: nothing is tried before
    silent_since = models.DateTimeField(null=True)
    reconciled_at = models.DateTimeField(null=True)
    next_out_at = models.DateTimeField(
        null=True
    )  # pace: where the next message stands in the provider's line
    hook = models.JSONField(default=dict)  # what the vendor knows of our address; see `gateway.vendors`
    error_words = models.CharField(max_length=200, blank=True)  # the provider's own, long numbers taken out

    # Where nobody calls us and we look: how far we have read, and what keeps us from reading on
    poll_cursor = models.CharField(max_length=200, blank=True)
    polled_at = models.DateTimeField(null=True)  # the last look that went well
    poll_next_at = models.DateTimeField(null=True)
    poll_failures = models.PositiveIntegerField(default=0)  # in a row
    poll_error = models.CharField(max_length=40, blank=True)
    poll_error_at = models.DateTimeField(null=True)
    poll_words_sealed = models.BinaryField(null=True, editable=False)

    config = SealedJSON("config_sealed")
    poll_words = Sealed("poll_words_sealed")  # the provider's own, without addresses and numbers

    class Meta:
        constraints = [models.UniqueConstraint(fields=["centre", "name"], name="channel_name")]

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    seal_key = seal_scope

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One raw webhook call, sealed. `key` is a keyed hash: the same call twice is one row."""

    class State(models.TextChoices):
        PENDING = "p"
        DONE = "d"
        QUARANTINED = "q"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE)
    centre_id = models.UUIDField()
    shard = models.PositiveSmallIntegerField()
    key = models.BinaryField(max_length=16)
    sealed = models.BinaryField(null=True)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=1, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "key"], name="delivery_once")]
        indexes = [
            models.Index(fields=["id", "shard"], name="delivery_pending", condition=models.Q(state="p")),
            models.Index(fields=["channel", "id"], name="delivery_quarantine", condition=models.Q(state="q")),
            models.Index(fields=["received_at"], name="delivery_age"),
        ]


class Piece(models.Model):
    """A piece of a long message that waits for the others. `index` is the keyed hash of their common name."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE)
    centre_id = models.UUIDField()
    index = models.BinaryField(max_length=16)
    place = models.PositiveSmallIntegerField()
    total = models.PositiveSmallIntegerField()
    said_sealed = models.BinaryField(editable=False)
    received_at = models.DateTimeField()
    joined = models.BooleanField(default=False)

    said = SealedJSON("said_sealed")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "index", "place"], name="piece_once")]
        indexes = [
            models.Index(fields=["received_at"], name="piece_waiting", condition=models.Q(joined=False))
        ]

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    seal_key = seal_scope


class Template(models.Model):
    """A message the provider approves for use outside the reply window, in one language.

    What one language is to another is the `family`; `name` is what the provider sends it by.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        SENDING = "sending"  # being handed in
        UNKNOWN = "unknown"  # handed in, and no answer came
        APPROVED = "approved"
        PENDING = "pending"
        REJECTED = "rejected"
        PAUSED = "paused"
        DISABLED = "disabled"
        REMOVING = "removing"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="templates")
    family = models.CharField(max_length=512)
    name = models.CharField(max_length=512)
    language = models.CharField(max_length=15)  # as the provider writes it
    state = models.CharField(max_length=12, choices=State.choices)
    category = models.CharField(max_length=30, blank=True)
    header = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    footer = models.CharField(max_length=200, blank=True)
    buttons = models.JSONField(default=list)  # what stands on them
    parameters = models.JSONField(default=list)
    examples = models.JSONField(default=dict)  # by parameter
    fields = models.JSONField(default=dict)  # by parameter: {"label": for staff, "fill": what is suggested}
    external_id = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    refusal = models.TextField(blank=True)  # the provider's own words
    quality = models.CharField(max_length=10, blank=True)
    synced_at = models.DateTimeField(default=now)
    submitted_at = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)  # the call that hands it in has begun
    told_at = models.DateTimeField(null=True)  # the provider's time of its latest word
    heard_at = models.DateTimeField(null=True)  # when we heard it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "name", "language"], name="template_once")]

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.header, self.body, self.footer)))

    def filled(self, values: dict[str, Any]) -> str:
        """The text a person will read, for preview and for the thread."""
        text = "\n\n".join(self.texts)
        for parameter in self.parameters:
            text = text.replace("{{" + parameter + "}}", str(values.get(parameter, "")))
        return text
