"""Translations and transcriptions of what was said, servers and glossary of a centre, doubts about a language."""

from uuid import UUID

from django.db import models

from aidline.centres.models import Centre, Staff
from aidline.conversations.models import Attachment, Message
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.language.states import State, Way
from aidline.people.models import Person
from aidline.vault.fields import Sealed, SealedJSON


class Server(models.Model):
    """A machine of a centre that does something with words. `config`: {"url": …, "key": …}."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    config_sealed = models.BinaryField(null=True, editable=False)
    is_on = models.BooleanField(default=False)

    # Written when it is called only
    failures = models.PositiveIntegerField(default=0)  # in a row
    open_until = models.DateTimeField(null=True)  # nothing is tried before
    error_code = models.CharField(max_length=40, blank=True)
    error_at = models.DateTimeField(null=True)

    config = SealedJSON("config_sealed")
    centre_id: UUID

    class Meta:
        abstract = True

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    seal_key = seal_scope


class Engine(Server):
    """The translation server of a centre. `pairs` as it last listed them."""

    centre = models.OneToOneField(Centre, on_delete=models.CASCADE, related_name="engine")
    seconds = models.PositiveSmallIntegerField(default=5)
    into = models.CharField(max_length=8)  # what people write is translated into this language
    pairs = models.JSONField(default=dict)
    pairs_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "translation server"

    def offers(self, source: str, target: str) -> bool:
        """A server whose list was never had is tried all the same."""
        return not self.pairs or target in self.pairs.get(source, ())


class Transcriber(Server):
    """The speech server of a centre. `heard`: what it made of our sample when it was tested."""

    centre = models.OneToOneField(Centre, on_delete=models.CASCADE, related_name="transcriber")
    model = models.CharField(max_length=120)
    seconds = models.PositiveSmallIntegerField(default=60)
    heard = models.CharField(max_length=200, blank=True)
    heard_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "speech server"


class GlossaryTerm(models.Model):
    """`content`: {"word": …, "forms": {language: …}}; sealed, as a name may be in it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="glossary")
    content_sealed = models.BinaryField(editable=False)
    changed_at = models.DateTimeField(default=now)

    content = SealedJSON("content_sealed")

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    seal_key = seal_scope


class Translation(models.Model):
    """A message in another language, made by an engine or a translator. It goes when the message goes.

    A translator is shown `shown`, in which numbers and addresses may be covered (`covered` holds them), and the
    note of who asked; nothing else.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="translations")
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="+")
    key_id = models.UUIDField()  # that of the message
    way = models.CharField(max_length=1, choices=Way.choices)
    state = models.CharField(max_length=1, choices=State.choices, default=State.WAITING)
    source = models.CharField(max_length=8, blank=True)
    language = models.CharField(max_length=8)
    text_sealed = models.BinaryField(null=True, editable=False)
    engine = models.CharField(max_length=40, blank=True)
    flagged = models.BooleanField(default=False)  # names and terms made it rough
    error_code = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_by = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(default=now)
    by = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(null=True)
    shown_sealed = models.BinaryField(null=True, editable=False)
    covered_sealed = models.BinaryField(null=True, editable=False)
    note_sealed = models.BinaryField(null=True, editable=False)

    text = Sealed("text_sealed")
    shown = Sealed("shown_sealed")
    covered = SealedJSON("covered_sealed")
    note = Sealed("note_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "way", "language"], name="translation_once")
        ]
        indexes = [
            models.Index(
                fields=["centre", "way", "asked_at"],
                name="translation_waiting",
                condition=models.Q(state="w"),
            ),
            models.Index(fields=["asked_at"], name="translation_failed", condition=models.Q(state="f")),
        ]

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    @property
    def seal_key(self) -> UUID:
        return self.key_id

    @property
    def by_engine(self) -> bool:
        return self.way == Way.ENGINE


class Transcription(models.Model):
    """A recording as a machine wrote it down: a draft beside the recording, never instead of it, and never read by
    anything that decides. It goes when the recording goes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    attachment = models.OneToOneField(Attachment, on_delete=models.CASCADE, related_name="transcription")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="transcriptions")
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="+")
    key_id = models.UUIDField()  # that of the message
    state = models.CharField(max_length=1, choices=State.choices, default=State.WAITING)
    language = models.CharField(max_length=8, blank=True)  # that the server was told
    text_sealed = models.BinaryField(null=True, editable=False)
    model = models.CharField(max_length=120, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(default=now)
    at = models.DateTimeField(null=True)

    text = Sealed("text_sealed")

    class Meta:
        indexes = [
            models.Index(fields=["asked_at"], name="transcription_failed", condition=models.Q(state="f")),
        ]

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    @property
    def seal_key(self) -> UUID:
        return self.key_id


class LanguageDoubt(models.Model):
    """What is open about a person's language: when they were last asked, and what they seem to write."""

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(null=True)
    seems = models.CharField(max_length=8, blank=True)
    times = models.PositiveSmallIntegerField(default=0)
    turned_down = models.CharField(max_length=8, blank=True)  # an agent said that it is not this one
