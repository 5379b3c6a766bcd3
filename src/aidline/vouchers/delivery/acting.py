"""What people at the helpdesk do about a voucher that did not arrive."""

from django.db import transaction

from aidline.audit.services import record
from aidline.centres.models import Staff
from aidline.kernel.clock import now
from aidline.vouchers.models import Voucher
from aidline.vouchers.states import DeliveryState, VoucherState


@transaction.atomic
def send_again(*, by: Staff, voucher: Voucher) -> bool:
    """From the first way on, as if it were new. False where there is nothing to send any more."""
    anew = {"delivery": DeliveryState.WAITING, "delivery_at": now(), "failures": 0, "reminders": 0}
    if not Voucher.objects.filter(pk=voucher.pk, state=VoucherState.OPEN).update(**anew):
        return False
    record(
        by=by,
        action="voucher.send_again",
        object_type="voucher",
        object_id=voucher.pk,
        centre=voucher.centre_id,
    )
    return True
