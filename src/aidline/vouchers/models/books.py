"""The books. A posting moves cents from one account to another, so that they balance by construction.

Postings are only ever added: triggers in both databases refuse to change or delete one.
"""

from django.db import models
from django.db.models import F, Q

from aidline.centres.models import Centre
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.vouchers.models.payments import Payment, Voucher
from aidline.vouchers.models.programmes import Programme
from aidline.vouchers.models.shops import Shop
from aidline.vouchers.states import AccountKind, PostingKind


class Account(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="+")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="accounts")
    kind = models.CharField(max_length=10, choices=AccountKind.choices)
    shop = models.ForeignKey(Shop, null=True, on_delete=models.PROTECT, related_name="accounts")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "kind"], condition=Q(shop=None), name="account_of_programme"
            ),
            models.UniqueConstraint(fields=["programme", "kind", "shop"], name="account_of_shop"),
        ]


class Posting(models.Model):
    """`cents` leave `source` and arrive in `target`. `key` names the act: the same act posts once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="postings")
    key = models.UUIDField()
    kind = models.CharField(max_length=12, choices=PostingKind.choices)
    source = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    cents = models.PositiveBigIntegerField()
    voucher = models.ForeignKey(Voucher, null=True, on_delete=models.PROTECT, related_name="postings")
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="postings")
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "kind"], name="posting_once"),
            models.CheckConstraint(name="posting_some", condition=Q(cents__gt=0)),
            models.CheckConstraint(name="posting_moves", condition=~Q(source=F("target"))),
        ]
        indexes = [
            models.Index(fields=["programme", "at"], name="posting_time"),
            models.Index(fields=["voucher"], name="posting_voucher"),
        ]
