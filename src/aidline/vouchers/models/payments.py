"""Payments: who gets how much, who agreed to it, and the vouchers that come of it."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from aidline.centres.models import Centre, Staff
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.vault.fields import Sealed, SealedJSON
from aidline.vouchers.models.programmes import Programme
from aidline.vouchers.models.registrations import Registration
from aidline.vouchers.states import (
    PAYMENT_NEEDS_APPROVAL,
    DeliveryState,
    PaymentState,
    PayoutState,
    VoucherState,
)


class Payment(models.Model):
    """One cycle: a voucher for everyone included. Its list is frozen when it is handed in for approval.

    `plan_hash` covers payees and amounts; what is approved is this hash. `given` counts rows of `Approval`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="payments")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=2, choices=PaymentState.choices, default=PaymentState.DRAFT)
    plan_hash = models.CharField(max_length=64, blank=True)
    people = models.PositiveIntegerField(default=0)
    total_cents = models.PositiveBigIntegerField(default=0)
    reserved_cents = models.PositiveBigIntegerField(
        default=0
    )  # of the budget, not yet a voucher nor given back
    needed = models.PositiveSmallIntegerField(default=1)
    given = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateTimeField(default=now)
    valid_until = models.DateTimeField(null=True)
    start_at = models.DateTimeField(null=True)  # empty: by hand
    refusal_sealed = models.BinaryField(null=True, editable=False)
    trouble = models.CharField(max_length=20, blank=True)  # why it stopped by itself: a code of the issuer's

    created_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=now)
    submitted_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    started_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True)
    stopped_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True)

    refusal = Sealed("refusal_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="payment_number"),
            models.CheckConstraint(
                name="payment_approved_first",
                condition=~Q(state__in=PAYMENT_NEEDS_APPROVAL)
                | (Q(given__gte=F("needed")) & ~Q(plan_hash="")),
            ),
            models.CheckConstraint(name="payment_needs_somebody", condition=Q(needed__gte=1)),
        ]

    @property
    def seal_scope(self) -> UUID:
        return self.programme.centre_id

    seal_key = seal_scope


class Approval(models.Model):
    """One yes to one list. The database refuses the yes of whoever made or handed in the payment."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="approvals")
    plan_hash = models.CharField(max_length=64)
    made_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    submitted_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now)
    comment_sealed = models.BinaryField(null=True, editable=False)

    comment = Sealed("comment_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "plan_hash", "by"], name="approval_once"),
            models.CheckConstraint(
                name="approval_four_eyes", condition=~Q(by=F("made_by")) & ~Q(by=F("submitted_by"))
            ),
        ]

    @property
    def seal_scope(self) -> UUID:
        return self.payment.programme.centre_id

    seal_key = seal_scope


class Payout(models.Model):
    """One person in a payment. Its id is the reference under which the issuer is asked, however often."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="payouts")
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="payouts")
    cents = models.PositiveIntegerField()
    state = models.CharField(max_length=2, choices=PayoutState.choices, default=PayoutState.PENDING)
    why = models.CharField(max_length=20, blank=True)  # left out or failed: a code
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=now)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["payment", "registration"], name="payout_once")]
        indexes = [
            models.Index(fields=["payment", "state", "next_at"], name="payout_due"),
            models.Index(fields=["registration"], name="payout_of"),
            models.Index(fields=["payment"], name="payout_unsettled", condition=Q(state__in=("is", "un"))),
        ]


class Voucher(models.Model):
    """Value in a person's hand. Its id is that of the payout; a replacement has an id of its own.

    `balance_cents` is what is left and not held; `held_cents` is lent to tills that may be offline. Both are guarded:
    every change is one conditional UPDATE beside its posting. For a gift card the balance is what the issuer said
    last, at `polled_at`, and `card` is {"number": "…", "pin": "…"}.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="+")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="vouchers")
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="vouchers")
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="vouchers")
    state = models.CharField(max_length=2, choices=VoucherState.choices, default=VoucherState.OPEN)
    serial = models.BinaryField(max_length=10, unique=True)  # in the signed token; random
    code_index = models.BinaryField(max_length=16, unique=True)
    code_sealed = models.BinaryField(editable=False)
    card_sealed = models.BinaryField(null=True, editable=False)
    amount_cents = models.PositiveIntegerField()
    balance_cents = models.PositiveIntegerField()
    held_cents = models.PositiveIntegerField(default=0)
    uses = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateTimeField(default=now)
    valid_until = models.DateTimeField()
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replacement")
    polled_at = models.DateTimeField(null=True)

    delivery = models.CharField(max_length=2, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    delivery_at = models.DateTimeField(default=now)
    channel_id = models.UUIDField(null=True)  # tried last
    message_id = models.UUIDField(null=True)  # asked or sent last
    reminders = models.PositiveSmallIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)  # ways to the person that were given up
    claimed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)

    code = Sealed("code_sealed")
    card = SealedJSON("card_sealed")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="voucher_never_more",
                condition=Q(balance_cents__gte=0, held_cents__gte=0)
                & Q(amount_cents__gte=F("balance_cents") + F("held_cents")),
            )
        ]
        indexes = [
            models.Index(fields=["registration", "-created_at"], name="voucher_of"),
            models.Index(fields=["programme", "state"], name="voucher_list"),
            models.Index(
                fields=["valid_until"], name="voucher_expiring", condition=Q(state__in=("op", "bl"))
            ),
            models.Index(
                fields=["delivery", "delivery_at"], name="voucher_delivery", condition=Q(state="op")
            ),
            models.Index(fields=["message_id"], name="voucher_message"),
            models.Index(
                fields=["polled_at"],
                name="voucher_polled",
                condition=Q(state__in=("op", "bl"), polled_at__isnull=False),
            ),
        ]

    @property
    def seal_scope(self) -> UUID:
        return self.centre_id

    @property
    def seal_key(self) -> UUID:
        return self.registration_id
