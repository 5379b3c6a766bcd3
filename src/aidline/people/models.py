"""People who ask for help, the ways to reach them, and what they allowed."""

from uuid import UUID

from django.db import models

from aidline.centres.models import Centre, Staff
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.people.aliases import alias
from aidline.people.states import Evidence, Purpose
from aidline.vault.fields import Sealed


class Person(models.Model):
    """Someone who asks for help. Shown by an alias; the name, if known, is sealed with their own key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="people")
    alias_word = models.PositiveSmallIntegerField()
    alias_number = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=8, blank=True)
    name_sealed = models.BinaryField(null=True, editable=False)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="absorbed")
    blocked_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)

    name = Sealed("name_sealed")

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    @property
    def seal_key(self) -> UUID:
        return self.pk

    def alias(self, language: str) -> str:
        return alias(self.alias_word, self.alias_number, language)

    @property
    def picture(self) -> int:
        """Which of the eight geometric pictures stands for this person."""
        return (self.alias_word * 7 + self.alias_number) % 8 + 1

    @property
    def tint(self) -> int:
        return (self.alias_word + self.alias_number) % 6 + 1


class Address(models.Model):
    """One way to reach a person. Found by its blind index only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="addresses")
    centre_id = models.UUIDField()
    scheme = models.CharField(max_length=20)
    index = models.BinaryField(max_length=16)
    value_sealed = models.BinaryField(editable=False)
    created_at = models.DateTimeField(default=now)

    value = Sealed("value_sealed")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["centre_id", "scheme", "index"], name="address_once")]

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    @property
    def seal_key(self) -> UUID:
        return self.person_id


class OptOut(models.Model):
    """This address asked one channel not to write. Replies to what the person writes stay possible."""

    id = models.BigAutoField(primary_key=True)
    address = models.ForeignKey(Address, on_delete=models.CASCADE, related_name="opt_outs")
    channel_id = models.UUIDField()
    source = models.CharField(max_length=20)  # word, provider, staff
    since = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address", "channel_id"], name="opt_out_once")]


class Wording(models.Model):
    """What people are asked to agree to, in one version. A change is a new version; old ones stay as they were."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="wordings")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    version = models.PositiveIntegerField()
    texts = models.JSONField(default=dict)  # public by purpose: language to text
    by = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["centre", "purpose", "version"], name="wording_version")
        ]


class Consent(models.Model):
    """One word on one purpose: yes, or no. Rows are only ever added; the last one counts.

    `wording` and `language` say what was agreed to; both are empty where it was said without our asking.
    """

    id = models.BigAutoField(primary_key=True)
    address = models.ForeignKey(Address, on_delete=models.CASCADE, related_name="consents")
    centre_id = models.UUIDField()
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    given = models.BooleanField()
    wording = models.ForeignKey(Wording, null=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=8, blank=True)
    source = models.CharField(max_length=10, choices=Evidence.choices)
    by = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["address", "purpose", "-id"], name="consent_last")]


class ConsentInvitation(models.Model):
    """Somebody was asked in a message whether they agree. A yes to that message that comes in time is a consent."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    address = models.ForeignKey(Address, on_delete=models.CASCADE, related_name="invitations")
    channel_id = models.UUIDField()
    message_id = models.UUIDField(null=True)  # the one that asks
    wording = models.ForeignKey(Wording, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=8)
    at = models.DateTimeField(default=now)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["address"], name="consent_invitation_open", condition=models.Q(answered_at=None)
            )
        ]


class Merge(models.Model):
    """Two files found to be one person. `moved` lists what was moved, so that it can be undone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre_id = models.UUIDField()
    kept = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="merges")
    gone = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="merged")
    moved = models.JSONField(default=dict)
    by = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField(default=now)
    undone_at = models.DateTimeField(null=True)


class Likeness(models.Model):
    """Two files that may be one person: staff are asked, nothing is guessed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre_id = models.UUIDField()
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="likenesses")
    other = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=20)  # variant, two_addresses
    created_at = models.DateTimeField(default=now)
    answered_at = models.DateTimeField(null=True)
    same = models.BooleanField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "other"], name="likeness_once")]


class Block(models.Model):
    """A time during which messages of a person are kept but not shown in the queues."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="blocks")
    centre_id = models.UUIDField()
    until = models.DateTimeField()
    reason_sealed = models.BinaryField(null=True, editable=False)
    by = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)

    reason = Sealed("reason_sealed")

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    @property
    def seal_key(self) -> UUID:
        return self.person_id
