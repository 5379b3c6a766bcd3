"""What a programme is: money, rules, words, and who takes part."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from aidline.centres.models import Centre, Membership, Staff
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.vault.fields import Sealed, SealedJSON
from aidline.vouchers.states import IssuerKind, ProgrammeState, Rhythm, Rule


class Issuer(models.Model):
    """Whoever makes the voucher's value: we ourselves, or a company with an API."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="issuers")
    kind = models.CharField(max_length=12, choices=IssuerKind.choices, default=IssuerKind.OWN)
    name = models.CharField(max_length=80)
    base_url = models.CharField(max_length=300, blank=True)
    config_sealed = models.BinaryField(null=True, editable=False)
    most_at_once = models.PositiveSmallIntegerField(default=32)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now)

    config = SealedJSON("config_sealed")

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    seal_key = seal_scope


class Programme(models.Model):
    """Vouchers of one kind for one group of people, paid from one budget.

    `available_cents` is what is neither reserved nor spent; every change of it is one conditional UPDATE, and the
    database refuses less than nothing. `form` is a list of fields as `registering.form` reads them. `texts`:
    {"invitation": {"en": "…"}, "ready": {…}, "why": {…}}. `brand`: {"colour": "…", "name": {"en": "…"}}.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="programmes")
    slug = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    titles = models.JSONField(default=dict)  # what people are told, by language
    state = models.CharField(max_length=2, choices=ProgrammeState.choices, default=ProgrammeState.DRAFT)
    issuer = models.ForeignKey(Issuer, null=True, on_delete=models.PROTECT, related_name="programmes")

    currency = models.CharField(max_length=3, default="EUR")
    rule = models.CharField(max_length=8, choices=Rule.choices, default=Rule.PERSON)
    amount_cents = models.PositiveIntegerField(default=0)
    most_cents = models.PositiveIntegerField(default=0)  # of one voucher; 0: no limit
    rhythm = models.CharField(max_length=8, choices=Rhythm.choices, default=Rhythm.WEEKLY)
    payments_planned = models.PositiveSmallIntegerField(default=0)  # for each person; 0: no limit
    valid_days = models.PositiveSmallIntegerField(default=60)
    budget_cents = models.PositiveBigIntegerField(default=0)
    available_cents = models.BigIntegerField(default=0)

    numbers = models.PositiveIntegerField(default=0)  # the last number given to a registration
    languages = models.JSONField(default=list)
    form = models.JSONField(default=list)
    texts = models.JSONField(default=dict)
    brand = models.JSONField(default=dict)
    ean_prefix = models.CharField(max_length=8, blank=True)  # digits a retailer assigned; empty: Code 128

    lookup_channel_id = models.UUIDField(null=True)  # whose provider is asked about numbers; empty: nobody is
    four_eyes = models.BooleanField(default=False)  # two members verify each registration
    cooldown_hours = models.PositiveSmallIntegerField(default=24)  # after a change of number, before money
    invitation_days = models.PositiveSmallIntegerField(default=14)
    reminders = models.PositiveSmallIntegerField(default=2)
    reminder_hours = models.PositiveSmallIntegerField(default=48)
    keep_unanswered_days = models.PositiveSmallIntegerField(default=30)
    keep_declined_days = models.PositiveSmallIntegerField(default=90)
    keep_ended_days = models.PositiveSmallIntegerField(default=180)

    reversal_minutes = models.PositiveSmallIntegerField(default=10)
    offline_use_cents = models.PositiveIntegerField(default=2000)  # of one use without a network; 0: none
    offline_voucher_cents = models.PositiveIntegerField(default=2000)
    offline_device_cents = models.PositiveIntegerField(
        default=50_000
    )  # taken without a network until the next sync
    offline_hours = models.PositiveSmallIntegerField(default=24)  # since the last sync
    offline_records = models.PositiveSmallIntegerField(default=500)

    created_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["centre", "slug"], name="programme_slug"),
            models.CheckConstraint(
                name="programme_budget_kept",
                condition=Q(available_cents__gte=0) & Q(available_cents__lte=F("budget_cents")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ConsentText(models.Model):
    """What people agree to when they register, in one version. A change is a new version."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="consent_texts")
    version = models.PositiveIntegerField()
    texts = models.JSONField(default=dict)
    by = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "version"], name="voucher_consent_version")
        ]


class Partner(models.Model):
    """An organisation that knows people and puts them on a list. It sees its own counts, nobody else's."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="partners")
    name = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now)


class PartnerPlace(models.Model):
    """A partner in a programme, and how many people it may add (0: no limit)."""

    id = models.BigAutoField(primary_key=True)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="places")
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="partner_places")
    quota = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "programme"], name="partner_place_once")]


class PartnerMember(models.Model):
    """A member with the role of a partner works for exactly one."""

    membership = models.OneToOneField(
        Membership, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="members")


class ApprovalBand(models.Model):
    """From this total on, a payment needs this many approvals. Without a band: one."""

    id = models.BigAutoField(primary_key=True)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="bands")
    from_cents = models.PositiveBigIntegerField()
    approvals = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "from_cents"], name="approval_band_once"),
            models.CheckConstraint(name="approval_band_some", condition=Q(approvals__gte=1)),
        ]


class SigningKey(models.Model):
    """The Ed25519 key that signs the tokens in the QR codes of a centre. Devices hold the public half."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField()  # stands in the token
    public = models.BinaryField(max_length=32)
    private_sealed = models.BinaryField(editable=False)
    since = models.DateTimeField(default=now)
    until = models.DateTimeField(null=True)  # signs no more after this; old tokens stay good

    private = Sealed("private_sealed")  # hex

    class Meta:
        constraints = [models.UniqueConstraint(fields=["centre", "number"], name="signing_key_number")]

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    seal_key = seal_scope
