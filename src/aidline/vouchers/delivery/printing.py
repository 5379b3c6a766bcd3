"""Vouchers handed over on paper, at a desk."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from aidline.audit.services import record
from aidline.centres.models import Staff
from aidline.kernel.clock import now
from aidline.vouchers.codes.paper import sheets
from aidline.vouchers.delivery.faces import face_of, with_everything
from aidline.vouchers.delivery.wording import name_of
from aidline.vouchers.models import Voucher
from aidline.vouchers.states import DeliveryState, VoucherState


@transaction.atomic
def print_vouchers(*, by: Staff, voucher_ids: Sequence[UUID]) -> bytes:
    """A PDF of those that are open, which count as delivered from now on. Empty where none is."""
    rows = with_everything(Voucher.objects.filter(pk__in=voucher_ids, state=VoucherState.OPEN))
    vouchers = list(rows.order_by("registration__number", "pk"))
    if not vouchers:
        return b""
    at = now()
    open_ones = Voucher.objects.filter(pk__in=[one.pk for one in vouchers], state=VoucherState.OPEN)
    open_ones.update(delivery=DeliveryState.PRINTED, delivery_at=at)
    open_ones.filter(claimed_at=None).update(claimed_at=at)
    for voucher in vouchers:
        record(
            by=by,
            action="voucher.print",
            object_type="voucher",
            object_id=voucher.pk,
            centre=voucher.centre_id,
        )
    first = vouchers[0].programme
    title = name_of(first, vouchers[0].registration.language)
    return sheets([face_of(voucher) for voucher in vouchers], title=title)
