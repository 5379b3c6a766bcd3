"""What exactly is approved: payees, amounts, validity. Anything else has another hash."""

import hashlib
from collections.abc import Iterable
from uuid import UUID

from aidline import vault
from aidline.vouchers.models import ApprovalBand, Payment, Payout, Programme
from aidline.vouchers.states import PayoutState


def plan_hash(payment: Payment, rows: Iterable[tuple[UUID, int]]) -> str:
    """Of (registration, cents) of all who are paid; keyed, so that it cannot be made outside.

    Handed in again, the same list has another hash: an approval that was given before is none now.
    """
    digest = hashlib.sha256()
    for registration, cents in sorted((row[0].hex, row[1]) for row in rows):
        digest.update(f"{registration} {cents}\n".encode())
    programme = payment.programme
    head = (
        f"{payment.pk} {programme.currency} {programme.issuer_id} {payment.valid_from} {payment.valid_until}"
    )
    content = f"{head} {payment.start_at} {payment.submitted_at} {digest.hexdigest()}"
    return vault.blind_index(content, scope=programme.centre_id, purpose="payment").hex()


def frozen_hash(payment: Payment) -> str:
    """Of what stands in the rows now."""
    rows = Payout.objects.filter(payment=payment).exclude(state=PayoutState.LEFT_OUT)
    return plan_hash(payment, rows.values_list("registration_id", "cents").iterator(chunk_size=5000))


def approvals_needed(programme: Programme, cents: int) -> int:
    """By the highest band that the total reaches; one where there is none."""
    bands = ApprovalBand.objects.filter(programme=programme, from_cents__lte=cents)
    found: int | None = bands.order_by("-from_cents").values_list("approvals", flat=True).first()
    return found or 1
