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
from aidline.simulator.states import CallState, Doing, Tick, Way
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


# --- calls -----------------------------------------------------------------------------------------------


class PracticeRoom(_OfCentre):
    """A conference at the look-alike. `place` counts what was told of it."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=128)
    state = models.CharField(max_length=12, default="init")  # Twilio's: init, in-progress, completed
    told_sealed = models.BinaryField(null=True, editable=False)  # where its news go, and which
    place = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)

    told = SealedJSON("told_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "name"], condition=~models.Q(state="completed"), name="practice_room_once"
            )
        ]

    @property
    def sid(self) -> str:
        return f"CF{self.pk.hex}"


class PracticeCall(_OfCentre):
    """One leg at the look-alike: a phone of the page, or an agent's browser (`phone` is empty).

    What was answered last is followed verb by verb: `program` holds what is left of it. Every step is one
    conditional UPDATE of `turn`, so that a key, a redirect and a clock that come at once do not all win.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    phone = models.ForeignKey(Phone, null=True, on_delete=models.CASCADE, related_name="calls")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children")
    way = models.CharField(max_length=8, choices=[(way.value, way.value) for way in Way])
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in CallState])
    doing = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Doing], blank=True)
    turn = models.PositiveIntegerField(default=0)
    place = models.PositiveIntegerField(default=0)  # of the next status that is told
    other_sealed = models.BinaryField(editable=False)  # who is called, or calls: a number or client:…
    program_sealed = models.BinaryField(null=True, editable=False)
    heard_sealed = models.BinaryField(null=True, editable=False)
    room = models.ForeignKey(PracticeRoom, null=True, on_delete=models.SET_NULL, related_name="participants")
    label = models.CharField(max_length=128, blank=True)
    muted = models.BooleanField(default=False)
    held = models.BooleanField(default=False)
    starts_room = models.BooleanField(default=True)
    ends_room = models.BooleanField(default=False)
    coached = models.CharField(max_length=34, blank=True)
    put_away = models.BooleanField(default=False)  # its end was seen on the phone
    due_at = models.DateTimeField(null=True)  # when it goes on by itself
    began_at = models.DateTimeField(default=now)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    other = Sealed("other_sealed")
    program = SealedJSON("program_sealed")
    heard = SealedJSON("heard_sealed")

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="practice_call_due", condition=models.Q(ended_at=None)),
            models.Index(fields=["phone", "-began_at"], name="practice_call_of_phone"),
        ]

    @property
    def sid(self) -> str:
        return f"CA{self.pk.hex}"


class PracticeRecording(_OfCentre):
    """What the look-alike recorded, until it is deleted there."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    call = models.ForeignKey(PracticeCall, null=True, on_delete=models.CASCADE, related_name="recordings")
    room = models.ForeignKey(PracticeRoom, null=True, on_delete=models.CASCADE, related_name="recordings")
    file = models.ForeignKey(PhoneFile, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=12)  # Twilio's: in-progress, paused, stopped, completed, absent
    told_sealed = models.BinaryField(null=True, editable=False)
    seconds = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(default=now)

    told = SealedJSON("told_sealed")

    @property
    def sid(self) -> str:
        return f"RE{self.pk.hex}"


# --- vouchers --------------------------------------------------------------------------------------------


class PracticeCard(models.Model):
    """A gift card in the books of the issuer's look-alike. Number and PIN follow from the reference."""

    reference = models.CharField(max_length=64, primary_key=True)
    number_hash = models.BinaryField(max_length=32, unique=True)
    cents = models.PositiveIntegerField()
    balance = models.PositiveIntegerField()
    cancelled_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(default=now)
