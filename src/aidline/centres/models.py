"""The organisation, its centres and the people who work there."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from aidline.centres.states import Role
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.vault.fields import Sealed


class Organisation(models.Model):
    """The one organisation of this installation."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=now)


class Centre(models.Model):
    """A contact centre: the border of access, of settings and of encryption keys.

    `texts`: {"greeting": {"en": "…"}, "offline": {…}, "privacy": {…}}. `hours`: {"mon": [["08:00", "20:00"]], …}
    in the centre's time zone; an empty mapping means always open.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=60, default="UTC")
    languages = models.JSONField(default=list)
    default_language = models.CharField(max_length=8, default="en")
    asks_language = models.BooleanField(default=True)  # by a menu, where a first message does not tell
    region = models.CharField(max_length=2, blank=True)  # for phone numbers in national form
    texts = models.JSONField(default=dict)
    hours = models.JSONField(default=dict)
    holidays = models.CharField(max_length=12, blank=True)  # country, or country-subdivision, of `holidays`
    answer_promise = models.CharField(
        max_length=12, default="next_day"
    )  # or "hours"; for messages left by phone
    answer_hours = models.PositiveSmallIntegerField(default=24)
    logo_id = models.UUIDField(null=True)
    undo_seconds = models.PositiveSmallIntegerField(default=6)
    reopen_hours = models.PositiveSmallIntegerField(default=24)
    away_minutes = models.PositiveSmallIntegerField(default=3)
    quick_exit_url = models.URLField(default="https://www.wikipedia.org/")
    silence_minutes = models.PositiveIntegerField(default=0)  # 0: learn the usual gap
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.name


class StaffManager(BaseUserManager["Staff"]):
    def get_by_natural_key(self, username: str | None) -> "Staff":
        return self.get(username=username)


class Staff(AbstractBaseUser):
    """Someone who works with Aidline. `username` is the blind index of the e-mail address, never the address."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    username = models.CharField(max_length=64, unique=True)
    email_sealed = models.BinaryField(null=True, editable=False)
    name_sealed = models.BinaryField(null=True, editable=False)
    language = models.CharField(max_length=8, default="en")
    theme = models.CharField(max_length=8, blank=True)
    shortcuts = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    organisation_admin = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now)

    email = Sealed("email_sealed")
    name = Sealed("name_sealed")

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[StaffManager] = StaffManager()

    @property
    def seal_scope(self) -> UUID:
        return self.organisation_id

    seal_key = seal_scope

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_staff(self) -> bool:
        return False

    @property
    def initials(self) -> str:
        return "".join(part[0] for part in self.name.replace(".", " ").split()[:2]).upper()


class Membership(models.Model):
    """What one staff member may do in one centre, and how much they can carry."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="memberships")
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    languages = models.JSONField(default=list)
    skills = models.JSONField(default=list)  # words of the centre, as a flow names them: ["legal"]
    capacity = models.PositiveSmallIntegerField(default=6)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "centre"], name="one_role_per_centre")]


class Invitation(models.Model):
    """A link that makes someone a member. Only a hash of it is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE)
    centre = models.ForeignKey(Centre, null=True, on_delete=models.CASCADE)
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    organisation_admin = models.BooleanField(default=False)
    languages = models.JSONField(default=list)
    email_sealed = models.BinaryField(null=True, editable=False)
    token_hash = models.BinaryField(max_length=32, unique=True)
    invited_by = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)

    email = Sealed("email_sealed")

    @property
    def seal_scope(self) -> UUID:
        return self.organisation_id

    seal_key = seal_scope

    def is_open(self, at: datetime) -> bool:
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > at


class SignInLink(models.Model):
    """A link that signs a member in once; how the demo and `aidline init` let the first person in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE)
    token_hash = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class StaffSession(models.Model):
    """A signed-in browser, so that a member can see and end it. No address and no browser string is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="sessions")
    session_key = models.CharField(max_length=64, unique=True)
    device = models.CharField(max_length=20, blank=True)  # "phone" or "computer", nothing finer
    created_at = models.DateTimeField(default=now)
    seen_at = models.DateTimeField(default=now)


def texts_in(mapping: dict[str, dict[str, str]], key: str, language: str, fallback: str) -> str:
    """The centre's own words in a language, else in its default language, else nothing."""
    texts: dict[str, Any] = mapping.get(key, {})
    return str(texts.get(language) or texts.get(fallback) or "")


class HoursException(models.Model):
    """Dated hours that replace the usual ones: a holiday, a half day, an extra one. No intervals: closed.

    For one channel, or for the whole centre where there is none (channels are above: it is known by its id).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="hours_exceptions")
    channel_id = models.UUIDField(null=True)
    day = models.DateField()
    intervals = models.JSONField(default=list)  # [["10:00", "14:00"]], wall clock; may run into the next day
    label = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "day"], condition=models.Q(channel_id=None), name="hours_exception_once"
            ),
            models.UniqueConstraint(fields=["channel_id", "day"], name="hours_exception_of_channel"),
        ]
        ordering = ["day"]


class ChannelHours(models.Model):
    """Hours of one channel where they are not the centre's, and until when it is closed for now."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="channel_hours")
    channel_id = models.UUIDField(unique=True)
    own = models.BooleanField(default=False)  # False: those of the centre
    hours = models.JSONField(default=dict)
    on_special_days = models.BooleanField(default=True)  # own hours give way to the centre's special days
    closed_until = models.DateTimeField(null=True)
    closed_texts = models.JSONField(default=dict)  # by language, told while closed
