"""Flows as they are kept: drafts and published versions, who runs through one, where one begins."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from aidline.centres.models import Centre, Staff
from aidline.channels.models import Channel
from aidline.conversations.models import Conversation
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.vault.fields import Sealed, SealedJSON


class Flow(models.Model):
    """A flow of a centre. What is being written is `draft`; what runs is the published version."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="flows")
    slug = models.SlugField(max_length=40)
    title = models.CharField(max_length=120)
    draft = models.TextField(blank=True)  # YAML, also while it is not valid
    tests = models.TextField(blank=True)  # transcripts that run before publishing, YAML
    published = models.ForeignKey("Version", null=True, on_delete=models.SET_NULL, related_name="+")
    changed_by = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["centre", "slug"], name="flow_slug")]
        ordering = ["title", "slug"]


class Version(models.Model):
    """A published state; never changed. A run stays in the version it began in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    source = models.TextField()
    published_by = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL, related_name="+")
    published_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["flow", "number"], name="flow_version")]
        ordering = ["-number"]


class Entrance(models.Model):
    """Which flow a channel begins with: in its messages, and in its calls."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, related_name="entrance")
    messages = models.ForeignKey(Flow, null=True, on_delete=models.SET_NULL, related_name="+")
    calls = models.ForeignKey(Flow, null=True, on_delete=models.SET_NULL, related_name="+")


class Run(models.Model):
    """One person in one flow, in a conversation. `seen_seq`: what was said up to there has been answered."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="runs")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    centre_id = models.UUIDField()
    key_id = models.UUIDField()
    state_sealed = models.BinaryField(null=True, editable=False)
    seen_seq = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0)
    began_at = models.DateTimeField(default=now)
    heard_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=12, blank=True)  # person, goodbye, silence, taken, stopped, lost

    state = SealedJSON("state_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(ended_at__isnull=True), name="one_live_run"
            )
        ]

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    @property
    def seal_key(self) -> UUID:
        return self.key_id


class Prompt(models.Model):
    """A recording for the phone, in one language, uploaded or spoken into the browser. Its media is the centre's."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="prompts")
    name = models.SlugField(max_length=60)
    language = models.CharField(max_length=8)
    words = models.TextField(blank=True)  # what is said in it, for staff and for the preview
    media_id = models.UUIDField()  # WAV, 8 kHz, mono, 16 bit
    seconds = models.PositiveIntegerField(default=0)
    made_by = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["centre", "name", "language"], name="prompt_once")]


class Sound(models.Model):
    """Words that a telephone was told to fetch as speech; made when they are fetched. The id is the address: a
    keyed hash of the words, so that the same words are one sound and nobody can guess it."""

    id = models.UUIDField(primary_key=True, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=8)
    text_sealed = models.BinaryField(editable=False)
    used_at = models.DateTimeField(default=now, db_index=True)

    text = Sealed("text_sealed")

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    seal_key = seal_scope
