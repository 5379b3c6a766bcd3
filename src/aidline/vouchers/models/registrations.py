"""People in a programme: what they told us, where they stand, how that came about."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from aidline.centres.models import Centre, Staff
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.people.models import Address, Person
from aidline.vault.fields import Sealed, SealedJSON
from aidline.vouchers.models.programmes import ConsentText, Partner, Programme
from aidline.vouchers.states import LineKind, Status, UploadState


class Registration(models.Model):
    """One person in one programme. Sealed with a key of its own: destroying the key erases it, the books stay.

    `phone_index` and `name_index` are blind indexes in the centre's scope; `elsewhere_index` is one in the scope of
    the organisation, so that the same person is found across programmes and centres without a readable trace.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="+")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="registrations")
    partner = models.ForeignKey(Partner, null=True, on_delete=models.PROTECT, related_name="registrations")
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="registrations")
    address = models.ForeignKey(Address, null=True, on_delete=models.SET_NULL, related_name="+")
    channel_id = models.UUIDField(null=True)  # where the vouchers go; empty: none, printed
    number = models.PositiveIntegerField()  # counts within the programme; said aloud, tells nothing
    status = models.CharField(max_length=2, choices=Status.choices, default=Status.IMPORTED)
    language = models.CharField(max_length=8, blank=True)
    line = models.CharField(max_length=2, choices=LineKind.choices, blank=True)  # empty: nobody was asked
    household = models.PositiveSmallIntegerField(default=1)

    name_sealed = models.BinaryField(null=True, editable=False)
    phone_sealed = models.BinaryField(null=True, editable=False)
    answers_sealed = models.BinaryField(null=True, editable=False)
    receipt_sealed = models.BinaryField(null=True, editable=False)
    phone_index = models.BinaryField(max_length=16, null=True)
    name_index = models.BinaryField(max_length=16, null=True)
    elsewhere_index = models.BinaryField(max_length=16, null=True)
    receipt_index = models.BinaryField(max_length=16, null=True)
    row_index = models.BinaryField(
        max_length=16, null=True
    )  # phone and name as a list gave them: a second upload

    consent = models.ForeignKey(ConsentText, null=True, on_delete=models.PROTECT, related_name="+")
    consent_language = models.CharField(max_length=8, blank=True)
    consent_at = models.DateTimeField(null=True)
    number_changed_at = models.DateTimeField(null=True)
    compared_at = models.DateTimeField(null=True)  # with others, for duplicates; empty: still to be
    payments_made = models.PositiveSmallIntegerField(default=0)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="absorbed")
    first_verified_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    verified_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=now)
    changed_at = models.DateTimeField(default=now)  # of the status
    erased_at = models.DateTimeField(null=True)

    name = Sealed("name_sealed")
    phone = Sealed("phone_sealed")
    answers = SealedJSON("answers_sealed")
    receipt = Sealed("receipt_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="registration_number"),
            models.UniqueConstraint(fields=["receipt_index"], name="registration_receipt"),
            models.UniqueConstraint(fields=["programme", "row_index"], name="registration_row"),
            models.CheckConstraint(
                name="registration_four_eyes",
                condition=Q(first_verified_by=None)
                | Q(verified_by=None)
                | ~Q(first_verified_by=F("verified_by")),
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "status", "-number"], name="registration_list"),
            models.Index(fields=["centre", "phone_index"], name="registration_phone"),
            models.Index(fields=["centre", "name_index"], name="registration_name"),
            models.Index(fields=["elsewhere_index"], name="registration_elsewhere"),
            models.Index(fields=["person"], name="registration_person"),
            models.Index(fields=["status", "changed_at"], name="registration_retention"),
            models.Index(
                fields=["programme", "id"], name="registration_uncompared", condition=Q(compared_at=None)
            ),
        ]

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    @property
    def seal_key(self) -> UUID:
        return self.pk


class StatusChange(models.Model):
    """Each change of a registration's status, with who and why. Rows are only ever added."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="changes")
    centre_id = models.UUIDField()
    before = models.CharField(max_length=2, choices=Status.choices, blank=True)
    after = models.CharField(max_length=2, choices=Status.choices)
    why = models.CharField(
        max_length=20, blank=True
    )  # a code: upload, form, desk, duplicate, retention, bulk…
    reason_sealed = models.BinaryField(null=True, editable=False)
    bulk_id = models.UUIDField(null=True)  # of one act on many, which is undone as one
    by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now)

    reason = Sealed("reason_sealed")

    class Meta:
        indexes = [
            models.Index(fields=["registration", "at"], name="status_change_of"),
            models.Index(fields=["bulk_id"], name="status_change_bulk", condition=Q(bulk_id__isnull=False)),
        ]

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    @property
    def seal_key(self) -> UUID:
        return self.registration_id


class Invite(models.Model):
    """A link to the form, for one registration. Only a hash of it is kept; used means registered.

    `next_at`: when something is to be sent again, the invitation or a reminder; empty: nothing. `draft` is what they
    have answered so far: the registration itself stays as it was until they hand it in.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="invites")
    token_hash = models.BinaryField(max_length=32, unique=True)
    token_sealed = models.BinaryField(null=True, editable=False)  # for reminders; gone once used or over
    draft_sealed = models.BinaryField(null=True, editable=False)
    expires_at = models.DateTimeField()
    channel_id = models.UUIDField(null=True)  # by which it is sent; empty: given by hand
    message_id = models.UUIDField(null=True)  # sent last
    next_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=20, blank=True)  # why it was not sent: a code
    reminders = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=now)

    token = Sealed("token_sealed")
    draft = SealedJSON("draft_sealed")

    class Meta:
        indexes = [
            models.Index(fields=["expires_at"], name="invite_open", condition=Q(token_sealed__isnull=False)),
            models.Index(fields=["next_at"], name="invite_due", condition=Q(next_at__isnull=False)),
        ]

    @property
    def seal_scope(self) -> UUID:
        return self.registration.centre_id

    @property
    def seal_key(self) -> UUID:
        return self.registration_id


class Guess(models.Model):
    """Wrong receipt codes of one asker, under a keyed hash of who asks; forgotten when the time is over."""

    id = models.BigAutoField(primary_key=True)
    who = models.BinaryField(max_length=16, unique=True)
    wrong = models.PositiveIntegerField(default=0)
    until = models.DateTimeField()


class Upload(models.Model):
    """One list of a partner or an officer, and what became of its rows. `mapping`: number of the column to field.

    `shape` says how the file is to be read: {"encoding": "utf-8", "delimiter": ","} or {"sheet": "…"}. `report` holds
    row numbers and codes of faults, never what stood there.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="+")
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="uploads")
    partner = models.ForeignKey(Partner, null=True, on_delete=models.PROTECT, related_name="uploads")
    by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    media_id = models.UUIDField(null=True)  # the file, until it is read
    kind = models.CharField(max_length=5)  # csv, xlsx, api
    state = models.CharField(max_length=2, choices=UploadState.choices, default=UploadState.MAPPING)
    shape = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    rows = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    faulty = models.PositiveIntegerField(default=0)
    beyond = models.PositiveIntegerField(default=0)  # the partner's quota left them out
    why = models.CharField(max_length=20, blank=True)  # failed: a code
    report = models.JSONField(default=list)  # [[row number, code, column], …], the first 1,000
    created_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["programme", "-created_at"], name="upload_list")]


class NameKey(models.Model):
    """Keyed hashes under which names that sound or look alike meet, across scripts; alone they tell nothing."""

    id = models.BigAutoField(primary_key=True)
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="name_keys")
    programme_id = models.UUIDField()
    key = models.BinaryField(max_length=8)

    class Meta:
        indexes = [models.Index(fields=["programme_id", "key"], name="name_key")]


class Pair(models.Model):
    """Two registrations that may be one person. What was decided is remembered and not asked again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="+")
    first = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField()  # 0 to 100
    reasons = models.JSONField(default=list)  # phone, name, similar, elsewhere
    found_at = models.DateTimeField(default=now)
    decided = models.CharField(max_length=1, blank=True)  # s the same, n not the same
    decided_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    moved = models.JSONField(default=dict)  # what a merge changed, to undo it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="pair_once")]
        indexes = [models.Index(fields=["centre", "-score"], name="pair_open", condition=Q(decided=""))]
