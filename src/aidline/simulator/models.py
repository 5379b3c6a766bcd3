"""Fictional people's phones, and what is on them.

Nothing here is about anybody, but people play with real habits: so words, numbers and files are sealed like
everywhere else, with the key of the centre.
"""

from typing import TypedDict
from uuid import UUID

from django.db import models

from aidline import vault
from aidline.channels.models import Channel
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.simulator.states import Tick
from aidline.vault.fields import Sealed, SealedJSON


class _OfCentre(models.Model):
    """Sealed with the centre's key; `centre_id` is copied so that a list opens without a join."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre_id = models.UUIDField()

    class Meta:
        abstract = True

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    seal_key = seal_scope


class Phone(_OfCentre):
    """A fictional person's phone on one channel. `index` finds it by its number or business-scoped id."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    label_sealed = models.BinaryField(editable=False)
    address_sealed = models.BinaryField(editable=False)
    index = models.BinaryField(max_length=16)
    language = models.CharField(max_length=8, blank=True)
    online = models.BooleanField(default=True)
    shown = models.BooleanField(default=False)  # on the page; the others are kept in a list
    opted_out = models.BooleanField(default=False)
    place = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(default=now)

    label = Sealed("label_sealed")
    address = Sealed("address_sealed")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "index"], name="phone_once")]


class _Place(TypedDict):
    scope: UUID
    table: str
    column: str
    row: UUID


_FILES = "simulator_phonefile"
_MAILS = "simulator_practicemail"


class PhoneFile(_OfCentre):
    """A file that a look-alike holds: uploaded by us, or sent by a person."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    content_sealed = models.BinaryField(editable=False)
    mime = models.CharField(max_length=80)
    name_sealed = models.BinaryField(null=True, editable=False)

    name = Sealed("name_sealed")

    @property
    def content(self) -> bytes:
        return vault.open(bytes(self.content_sealed), **self._content_place)

    @content.setter
    def content(self, plain: bytes) -> None:
        self.content_sealed = vault.seal(plain, key=self.seal_key, **self._content_place)

    @property
    def _content_place(self) -> "_Place":
        return {"scope": self.seal_scope, "table": _FILES, "column": "content_sealed", "row": self.pk}


class PhoneMessage(_OfCentre):
    """A line on a phone. `detail`: options, place, card, what it answers, the handle for its webhooks."""

    phone = models.ForeignKey(Phone, on_delete=models.CASCADE, related_name="messages")
    own = models.BooleanField()  # said by the phone's owner
    kind = models.CharField(max_length=12)
    tick = models.CharField(max_length=1, choices=Tick.choices)
    text_sealed = models.BinaryField(null=True, editable=False)
    detail_sealed = models.BinaryField(null=True, editable=False)
    external_sealed = models.BinaryField(editable=False)
    external_index = models.BinaryField(max_length=16)
    file = models.ForeignKey(PhoneFile, null=True, on_delete=models.SET_NULL, related_name="+")
    reaction = models.CharField(max_length=16, blank=True)  # of the other side
    deleted = models.BooleanField(default=False)
    at = models.DateTimeField(default=now)

    text = Sealed("text_sealed")
    detail = SealedJSON("detail_sealed")
    external_id = Sealed("external_sealed")

    class Meta:
        indexes = [
            models.Index(fields=["phone", "at"], name="phone_thread"),
            models.Index(fields=["external_index"], name="phone_external"),
        ]


class PracticeMail(_OfCentre):
    """A mail in the practice mailbox of a channel, where our side finds it by looking. `number` is its UID."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    content_sealed = models.BinaryField(editable=False)
    size = models.PositiveIntegerField()
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "number"], name="practice_mail_once")]

    @property
    def content(self) -> bytes:
        return vault.open(bytes(self.content_sealed), **self._content_place)

    @content.setter
    def content(self, plain: bytes) -> None:
        self.content_sealed = vault.seal(plain, key=self.seal_key, **self._content_place)
        self.size = len(plain)

    @property
    def _content_place(self) -> "_Place":
        return {"scope": self.seal_scope, "table": _MAILS, "column": "content_sealed", "row": self.pk}


class FaultOrder(models.Model):
    """The next calls of a channel that shall go wrong, and how."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    fault = models.CharField(max_length=10)
    detail = models.CharField(max_length=20, blank=True)
    left = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "fault"], name="fault_once")]


class VendorForm(models.Model):
    """A template, or another prepared content, that a look-alike was given. No person is in it.

    One of those that are approved from the start is deleted by a row that says so.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    form_id = models.CharField(max_length=64)
    name = models.CharField(max_length=512)
    language = models.CharField(max_length=15)
    status = models.CharField(max_length=20)  # in Meta's words, or unsubmitted or deleted
    parts = models.JSONField(default=dict)  # the other fields of `shapes.Form`
    changed_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "form_id"], name="vendor_form_once")]
