"""Vouchers of a cancelled payment that nobody has used are taken back: at their issuer first, then in our books."""

import logging
from typing import Any
from uuid import UUID

from aidline.centres.models import Staff
from aidline.gateway.vouchers.issuing import client_for
from aidline.vouchers.issuers.contract import NotCancellable
from aidline.vouchers.issuers.kinds import issuer_of
from aidline.vouchers.models import Payment, Voucher
from aidline.vouchers.paying.running import unused_vouchers
from aidline.vouchers.redeeming.changing import cancel
from aidline.vouchers.redeeming.refusals import Refused

log = logging.getLogger(__name__)


def take_back(payload: dict[str, Any]) -> None:
    """Again after a death: who is done is not unused any more, and issuers cancel twice without a word."""
    payment = Payment.objects.select_related("programme__issuer").get(pk=UUID(payload["payment"]))
    by = Staff.objects.filter(pk=payload["by"]).first()
    row = payment.programme.issuer
    issuer = issuer_of(row) if row else None
    with client_for(row.base_url if row else "") as http:
        for voucher in unused_vouchers(payment).iterator(chunk_size=500):
            _take_back(issuer, http, voucher, by)


def _take_back(issuer: Any, http: Any, voucher: Voucher, by: Staff | None) -> None:
    try:
        if issuer and voucher.card_sealed:
            issuer.cancel(http, voucher.pk)
        cancel(by=by, voucher=voucher, reason="")
    except (NotCancellable, Refused):
        log.info("voucher %s was used in this moment and stays", voucher.pk)
