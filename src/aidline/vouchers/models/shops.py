"""Where vouchers are used: shops, tills, devices, and each use. Never what was bought."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from aidline.centres.models import Centre, Membership, Staff
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.vault.fields import Sealed
from aidline.vouchers.models.payments import Voucher
from aidline.vouchers.models.programmes import Programme


class Shop(models.Model):
    """`guarantee_cents`: what we pay the shop, between two settlements, for vouchers that turn out overdrawn."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="shops")
    name = models.CharField(max_length=80)
    place = models.CharField(max_length=120, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    opens = models.CharField(max_length=5, default="06:00")  # usual hours, for the review list only
    closes = models.CharField(max_length=5, default="23:00")
    guarantee_cents = models.PositiveIntegerField(default=50_000)
    programmes = models.ManyToManyField(Programme, related_name="shops")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.name


class Till(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="tills")
    name = models.CharField(max_length=40)
    is_active = models.BooleanField(default=True)
    receipts = models.PositiveIntegerField(default=0)  # the last receipt number given
    created_at = models.DateTimeField(default=now)


class Cashier(models.Model):
    """A member with the role of a cashier works in exactly one shop."""

    membership = models.OneToOneField(
        Membership, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="cashiers")


class Miss(models.Model):
    """A well-made code that no voucher has: a till that has several of these is guessing."""

    id = models.BigAutoField(primary_key=True)
    till = models.ForeignKey(Till, on_delete=models.CASCADE, related_name="+")
    cashier = models.ForeignKey(Staff, null=True, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        indexes = [
            models.Index(fields=["till", "at"], name="miss_of_till"),
            models.Index(fields=["cashier", "at"], name="miss_of_cashier"),
        ]


class ApiKey(models.Model):
    """A retailer's till, or a tool that adds people. Only a hash of the key is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    till = models.ForeignKey(Till, null=True, on_delete=models.CASCADE, related_name="api_keys")
    programme = models.ForeignKey(Programme, null=True, on_delete=models.CASCADE, related_name="api_keys")
    partner_id = models.UUIDField(null=True)
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=now)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="api_key_for_one",
                condition=Q(till__isnull=True, programme__isnull=False)
                | Q(till__isnull=False, programme__isnull=True),
            )
        ]


class Device(models.Model):
    """A phone or computer paired with a till; signs what it took without a network with its own key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    till = models.ForeignKey(Till, on_delete=models.CASCADE, related_name="devices")
    pairing_hash = models.BinaryField(max_length=32, null=True, unique=True)
    pairing_until = models.DateTimeField(null=True)
    algorithm = models.CharField(
        max_length=8, default="ed25519"
    )  # or p256, where a browser has nothing better
    public = models.BinaryField(max_length=100, null=True)
    counter = models.PositiveIntegerField(default=0)  # of the last record taken in
    chain = models.BinaryField(max_length=32, default=bytes)  # its hash
    clock_offset = models.IntegerField(default=0)  # seconds that its clock is ahead of ours
    paired_at = models.DateTimeField(null=True)
    synced_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    paired_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")


class Hold(models.Model):
    """Cents of one voucher lent to one device: only it can spend them, with or without a network."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="holds")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="holds")
    cents = models.PositiveIntegerField()
    left_cents = models.PositiveIntegerField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["voucher", "device"], condition=Q(ended_at=None), name="hold_once"
            )
        ]


class Redemption(models.Model):
    """One use: amount, place, time. `key` is the till's own; the same key with another body is refused.

    `overdrawn_cents` was not on the voucher any more: taken without a network, paid to the shop up to its guarantee.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="+")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="redemptions")
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="redemptions")
    till = models.ForeignKey(Till, on_delete=models.PROTECT, related_name="+")
    cashier = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    key = models.UUIDField()
    body_hash = models.BinaryField(max_length=32)
    cents = models.PositiveIntegerField()
    overdrawn_cents = models.PositiveIntegerField(default=0)
    unpaid_cents = models.PositiveIntegerField(default=0)  # of these, beyond the guarantee
    left_cents = models.PositiveIntegerField(default=0)  # on the voucher after it
    receipt = models.PositiveIntegerField()
    at = models.DateTimeField(default=now)  # when it was taken in the shop
    received_at = models.DateTimeField(default=now)
    offline = models.BooleanField(default=False)
    device = models.ForeignKey(Device, null=True, on_delete=models.PROTECT, related_name="+")
    hold = models.ForeignKey(Hold, null=True, on_delete=models.PROTECT, related_name="+")
    reversed_at = models.DateTimeField(null=True)
    reversed_key = models.UUIDField(null=True, unique=True)
    reversed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    settlement = models.ForeignKey(
        "Settlement", null=True, on_delete=models.PROTECT, related_name="redemptions"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["till", "key"], name="redemption_once"),
            models.CheckConstraint(name="redemption_some", condition=Q(cents__gt=0)),
        ]
        indexes = [
            models.Index(fields=["voucher", "-at"], name="redemption_of"),
            models.Index(fields=["shop", "-at"], name="redemption_shop"),
            models.Index(fields=["shop", "programme"], name="redemption_open", condition=Q(settlement=None)),
        ]


class DeviceRecord(models.Model):
    """What a device signed, exactly as it came, whatever became of it. Never dropped."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="records")
    counter = models.PositiveIntegerField()
    body = models.BinaryField()
    signature = models.BinaryField(max_length=80)
    digest = models.BinaryField(max_length=32)
    outcome = models.CharField(max_length=20)  # a code
    redemption = models.ForeignKey(Redemption, null=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "digest"], name="device_record_once")]


class Trouble(models.Model):
    """Something at a till that a human must look at: overdrawn, forged, a chain with a gap, an unknown voucher."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    shop = models.ForeignKey(Shop, null=True, on_delete=models.CASCADE, related_name="troubles")
    device = models.ForeignKey(Device, null=True, on_delete=models.CASCADE, related_name="+")
    voucher = models.ForeignKey(Voucher, null=True, on_delete=models.CASCADE, related_name="troubles")
    redemption = models.ForeignKey(Redemption, null=True, on_delete=models.CASCADE, related_name="troubles")
    cents = models.PositiveIntegerField(default=0)
    facts = models.JSONField(default=dict)  # figures only
    found_at = models.DateTimeField(default=now)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    note_sealed = models.BinaryField(null=True, editable=False)

    note = Sealed("note_sealed")

    class Meta:
        indexes = [
            models.Index(fields=["centre", "-found_at"], name="trouble_open", condition=Q(closed_at=None))
        ]

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    seal_key = seal_scope


class Settlement(models.Model):
    """What we owe a shop for a time, as it was paid."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="settlements")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="settlements")
    number = models.PositiveIntegerField()
    since = models.DateTimeField(null=True)
    until = models.DateTimeField()
    uses = models.PositiveIntegerField(default=0)
    cents = models.PositiveBigIntegerField(default=0)
    by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "programme", "number"], name="settlement_number")
        ]
