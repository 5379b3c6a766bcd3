"""Faults planted into paying, to show that the checks see them. Nothing here is reachable from the product."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4


def asks_under_a_new_reference() -> None:
    """Each call to the issuer has a name of its own: what was lost is made once more."""
    from aidline.vouchers.issuers import gift_card

    really = gift_card.GiftCards.issue

    def issue(self: Any, http: Any, order: Any) -> Any:
        card = really(self, http, replace(order, reference=uuid4()))
        return replace(card, reference=order.reference)

    gift_card.GiftCards.issue = issue  # type: ignore[method-assign]
    gift_card.GiftCards.find = lambda *_given, **_more: None  # type: ignore[assignment,method-assign]


def believes_that_silence_is_no() -> None:
    """Who was asked for and not heard of counts as failed."""
    from aidline.gateway.vouchers import asking
    from aidline.vouchers.states import PayoutState

    def unknown(claimed: Any, code: str) -> Any:
        return asking.Heard(claimed, state=PayoutState.FAILED, why=code)

    asking._unknown = unknown


def pays_without_writing_down() -> None:
    """A claim that ended with its worker counts as paid."""
    from aidline.vouchers.models import Payout
    from aidline.vouchers.paying import claims
    from aidline.vouchers.states import PayoutState

    really = claims._due

    def due(payment: Any, at: Any) -> Any:
        lost = Payout.objects.filter(payment=payment, state=PayoutState.ISSUING, lease_until__lt=at)
        lost.update(state=PayoutState.ISSUED)
        return really(payment, at)

    claims._due = due


MUTANTS: Mapping[str, Callable[[], None]] = {
    one.__name__: one
    for one in (asks_under_a_new_reference, believes_that_silence_is_no, pays_without_writing_down)
}
