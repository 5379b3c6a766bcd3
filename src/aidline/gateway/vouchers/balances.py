"""Asking issuers what is left on their cards: in a steady trickle, so that issuing never waits for it."""

import logging
from time import monotonic, sleep
from typing import Any
from uuid import UUID

from aidline.gateway.vouchers.issuing import client_for
from aidline.jobs.services import enqueue
from aidline.vouchers.issuers.balances import due_for_look, issuers_due, looked_at, note
from aidline.vouchers.issuers.contract import IssuerError, UnknownCard
from aidline.vouchers.issuers.kinds import issuer_of
from aidline.vouchers.models import Issuer, Voucher

log = logging.getLogger(__name__)

LOOK = "voucher-balances"
EACH_SECOND = 10  # calls of one issuer
AT_ONCE = 200  # cards in one job
TOO_MANY_ERRORS = 10  # on end: it is left alone until the next job


def wake() -> None:
    """A job for every issuer whose cards are due, unless one is under way."""
    for issuer_id in issuers_due():
        enqueue(LOOK, {"issuer": str(issuer_id)}, unique_key=f"{LOOK} {issuer_id}")


def look(payload: dict[str, Any]) -> None:
    row = Issuer.objects.get(pk=UUID(payload["issuer"]))
    issuer = issuer_of(row)
    if issuer is None:
        return
    errors = 0
    with client_for(row.base_url) as http:
        for voucher in due_for_look(row.pk, AT_ONCE):
            began = monotonic()
            errors = 0 if _look_at(issuer, http, voucher) else errors + 1
            if errors >= TOO_MANY_ERRORS:
                log.warning("issuer %s does not tell balances", row.pk)
                return
            sleep(max(0.0, 1 / EACH_SECOND - (monotonic() - began)))


def _look_at(issuer: Any, http: Any, voucher: Voucher) -> bool:
    """A card that is not known there is looked at again later; somebody finds it in the reconciliation."""
    card = voucher.card or {}
    try:
        note(voucher, issuer.balance(http, card.get("number", ""), card.get("pin", "")))
    except UnknownCard:
        looked_at([voucher])
        log.warning("voucher %s is not known to its issuer", voucher.pk)
    except IssuerError:
        return False
    return True
